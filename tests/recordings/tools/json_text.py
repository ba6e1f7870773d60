"""JSON files that are read and compared line by line: what fits on a line is on one."""

import json

WIDTH = 140


def text(value, indent=""):
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + " "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {text(part, inner)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [text(part, inner) for part in value]
        opening, closing = "[", "]"
    return opening + "\n" + inner + f",\n{inner}".join(parts) + "\n" + indent + closing


def write(path, value):
    path.write_text(text(value) + "\n")
