"""JSON in the studio's formatting, so that the first save by an agent changes only the agent's edits."""

import json

# Maximum length of a container on one line, in bytes without white space.
LINE = 110


def laid_out(value):
    """Returns the text of a value, with a trailing newline."""
    return _text(value, 0) + "\n"


def _text(value, depth):
    if not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    is_plain = isinstance(value, list) and not any(isinstance(member, (dict, list)) for member in value)
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if is_plain or len(compact.encode()) <= LINE:
        return json.dumps(value, ensure_ascii=False)
    line = "\n" + " " * (depth + 1)
    if isinstance(value, dict):
        members = [f"{json.dumps(key, ensure_ascii=False)}: {_text(member, depth + 1)}" for key, member in value.items()]
        return "{" + line + f",{line}".join(members) + line[:-1] + "}"
    return "[" + line + f",{line}".join(_text(member, depth + 1) for member in value) + line[:-1] + "]"
