"""Records `roundtrip.json`: the changes that the Python SDK makes when it reads a label row and saves it without an edit.

    record_roundtrip.py

Compares the rows in `rows/` with what the SDK saves for them. In paths, `*` stands for a hash or a space, `N` for a frame and
`[]` for an index. `count` is the number of places; `from` and `to` are the values at the first.
"""

import json
import re
from pathlib import Path

from json_text import write
from sdk_rows import NOW

RECORDINGS = Path(__file__).parents[1]
NOW_TEXT = NOW.strftime("%a, %d %b %Y %H:%M:%S UTC")
# Objects whose keys are hashes or frames.
KEYED = ("object_answers", "object_actions", "classification_answers", "data_units", "spaces", "labels", "skeleton")
IDENTITY = ("objectHash", "classificationHash")
TIME = re.compile(r"\w{3}, \d\d \w{3} \d{4} .* UTC")
ABSENT = object()


class Changes(dict):
    """Changes by kind and path."""

    def add(self, kind, path, before, after):
        entry = self.setdefault((kind, path), {"kind": kind, "path": path, "count": 0, "from": before, "to": after})
        entry["count"] += 1

    def compare(self, before, after, path, parent):
        if isinstance(before, dict) and isinstance(after, dict):
            self.compare_objects(before, after, path, parent)
        elif isinstance(before, list) and isinstance(after, list):
            self.compare_lists(before, after, path)
        elif before != after or isinstance(before, bool) != isinstance(after, bool):
            is_time = isinstance(before, str) and isinstance(after, str) and TIME.fullmatch(after)
            self.add("timestamp-reformatted" if is_time else "changed", path, before, after)
        elif isinstance(before, int) != isinstance(after, int):
            self.add("number-rewritten", path, before, after)

    def compare_objects(self, before, after, path, parent):
        for key in {**before, **after}:
            inner = join(path, name(key, parent))
            one, other = before.get(key, ABSENT), after.get(key, ABSENT)
            if other is ABSENT:
                self.add("dropped", inner, one, None)
            elif one is ABSENT:
                self.add("added-NOW" if other == NOW_TEXT else "added", inner, None, other)
            else:
                self.compare(one, other, inner, key if parent not in KEYED or key in KEYED else None)
        shared = [key for key in before if key in after]
        if parent in KEYED and shared != [key for key in after if key in before]:
            self.add("reordered-keys", path, f"{len(before)} keys", f"{len(after)} keys")

    def compare_lists(self, before, after, path):
        if sorted(map(ordered, before)) == sorted(map(ordered, after)):
            if before != after:
                self.add("reordered", path, f"{len(before)} entries", f"{len(after)} entries")
            return
        if len(before) != len(after):
            self.add("rewritten-list", path, f"{len(before)} entries", f"{len(after)} entries")
            return
        known = {identity(entry): entry for entry in after}
        by_identity = len(known) == len(after) and all(identity(entry) in known for entry in before)
        for index, entry in enumerate(before):
            self.compare(entry, known[identity(entry)] if by_identity else after[index], f"{path}.[]", None)


def ordered(entry):
    return json.dumps(entry, sort_keys=True)


def identity(entry):
    """What tells an entry of a list from others, apart from its position."""
    if not isinstance(entry, dict):
        return ordered(entry)
    found = [entry[key] for key in (*IDENTITY, "featureHash") if key in entry]
    return ordered([*found, entry.get("range")]) if found else ordered(entry)


def name(key, parent):
    if parent in ("labels", "skeleton") and key.isdigit():
        return "N"
    is_hash = parent in KEYED and key not in ("objects", "classifications")
    return "*" if is_hash else key


def join(path, key):
    return f"{path}.{key}" if path else key


def shortened(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 110 else text[:107] + "..."


def main():
    index = json.loads((RECORDINGS / "rows" / "index.json").read_text())["rows"]
    recorded = {}
    for row, entry in index.items():
        before, after = (json.loads((RECORDINGS / "rows" / entry[key]).read_text()) for key in ("row", "sdk_save"))
        changes = Changes()
        changes.compare(before, after, "", None)
        found = list(changes.values())
        for change in found:
            change["from"], change["to"] = shortened(change["from"]), shortened(change["to"])
        recorded[row] = found
    write(RECORDINGS / "roundtrip.json", recorded)
    print(len(recorded), "rows,", sum(map(len, recorded.values())), "changes")


if __name__ == "__main__":
    main()
