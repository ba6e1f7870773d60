"""Differences between two label rows, whatever the order of their objects, answers and keys."""

import json

from encord.common.bitmask_operations import _string_to_rle

# Lists without an order, and the members that identify their elements.
UNORDERED = ("objects", "classifications", "actions")
IDENTITY = ("objectHash", "classificationHash")


class Number(str):
    """A number as it is written: 1 and 1.0 differ."""


def read(path, exact=False):
    """Reads a JSON file. With `exact`, numbers are compared as they are written."""
    numbers = {"parse_int": Number, "parse_float": Number} if exact else {}
    return json.loads(path.read_text(), **numbers)


def identity(entry):
    for key in IDENTITY:
        if entry.get(key):
            return entry[key]
    return json.dumps([entry.get(key) for key in ("featureHash", "range", "answers")], sort_keys=True)


def runs(mask):
    """The runs of a mask: zeros and ones in turn, without empty runs inside and zeros at the end."""
    found, value = [], 0
    for length in _string_to_rle(mask):
        if length > 0 and found and found[-1][0] == value:
            found[-1][1] += length
        elif length > 0:
            found.append([value, length])
        value = 1 - value
    return found[:-1] if found and found[-1][0] == 0 else found


def normalized(value, key=None, masks=False):
    """Returns lists without an order as objects. With `masks`, masks of the same pixels are equal."""
    if isinstance(value, dict):
        made = {name: normalized(part, name, masks) for name, part in value.items()}
        mask = made.get("bitmask")
        if masks and isinstance(mask, dict) and "rleString" in mask:
            mask["rleString"] = runs(mask["rleString"])
        return made
    if not isinstance(value, list):
        return value
    parts = [normalized(part, None, masks) for part in value]
    if key not in UNORDERED or not all(isinstance(part, dict) for part in parts):
        return parts
    named = {}
    for part in parts:
        name = identity(part)
        count = sum(other.split("#")[0] == name for other in named)
        named[f"{name}#{count}"] = part
    return named


def shortened(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 160 else text[:157] + "..."


def differences(one, other, path=""):
    """Returns the paths at which two normalized values differ, with both values."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in other:
                found.append(f"{path}/{key}: {shortened(one[key])} is missing")
            elif key not in one:
                found.append(f"{path}/{key}: {shortened(other[key])} is new")
            else:
                found += differences(one[key], other[key], f"{path}/{key}")
        return found
    is_equal = one is other if isinstance(one, bool) or isinstance(other, bool) else one == other
    return [] if is_equal else [f"{path}: {shortened(one)} became {shortened(other)}"]
