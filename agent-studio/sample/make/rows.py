"""Label rows (contract: `docs/contract/label-format.md#label-row`), with member order and time format of the Python
SDK, so that a save by the SDK changes only edited labels."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from names import DATASET, data_hash, image_hash, label_hash, short_hash
from ontology import ontology

ANNOTATOR = "annotator@example.test"
BEGAN = datetime(2026, 5, 4, 9, 0, 0)
STRUCTURE = ontology()


@dataclass
class Unit:
    """A file of a data unit: title, MIME type and displayed size in pixels."""

    title: str
    mime: str
    size: tuple
    objects: dict = field(default_factory=dict)


@dataclass
class Row:
    """The label row of a data unit: data type and units; for a video also frames and frames per second."""

    title: str
    data_type: str
    units: list
    frames: int = 1
    fps: float | None = None
    answers: dict = field(default_factory=dict)
    actions: dict = field(default_factory=dict)
    classifications: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)

    def add(self, name, key, **answers):
        """Adds an object of a class. `key` is unique among the objects of the class in the row."""
        entry = next(each for each in STRUCTURE["objects"] if each["name"] == name)
        found = Object(self, entry, short_hash(f"{self.title}/{name}/{key}"), self._next_time())
        self.numbers[name] = self.numbers.get(name, 0) + 1
        self.answers[found.hash] = {
            "classifications": _answers(entry["attributes"], answers) if answers else [],
            "objectHash": found.hash,
            "objectNumber": self.numbers[name],
        }
        return found

    def classify(self, name, ranges=((0, 0),), **answers):
        """Adds a classification by the name of its attribute, over inclusive ranges of frames."""
        entry = next(each for each in STRUCTURE["classifications"] if each["attributes"][0]["name"] == name)
        own = short_hash(f"{self.title}/{name}/{ranges}")
        moment = self._next_time()
        self.classifications[own] = {
            "classifications": _answers(entry["attributes"], answers),
            "classificationHash": own,
            "featureHash": entry["featureNodeHash"],
            "spaces": {},
            "range": [] if entry.get("level") == "global" else [list(each) for each in ranges],
            "createdBy": ANNOTATOR,
            "createdAt": _time(moment),
            "lastEditedBy": ANNOTATOR,
            "lastEditedAt": _time(moment),
            "confidence": 1.0,
            "manualAnnotation": True,
        }

    def _next_time(self):
        return BEGAN + timedelta(seconds=11 * (len(self.answers) + len(self.classifications)))

    def document(self):
        """Returns the complete row."""
        data = data_hash(self.title)
        units = {}
        for sequence, unit in enumerate(self.units):
            own = image_hash(data, unit.title) if self.data_type == "img_group" else data
            units[own] = self._unit(own, sequence, unit)
        return {
            "label_hash": label_hash(data), "branch_name": "main", "created_at": f"{BEGAN:%Y-%m-%d %H:%M:%S}",
            "last_edited_at": f"{self._next_time():%Y-%m-%d %H:%M:%S}", "dataset_hash": str(DATASET),
            "dataset_title": "Sample project", "data_title": self.title, "data_hash": data, "data_type": self.data_type,
            "is_image_sequence": False, "is_valid": True, "annotation_task_status": "QUEUED", "is_shadow_data": False,
            "label_status": "LABEL_IN_PROGRESS", "object_answers": self.answers,
            "classification_answers": self.classifications, "object_actions": self.actions, "data_units": units,
            "spaces": {}, "export_history": [],
        }

    def _unit(self, own, sequence, unit):
        is_video = self.data_type == "video"
        blobs = {
            str(frame): {"objects": objects, "classifications": []} for frame, objects in sorted(unit.objects.items())
        }
        one = blobs.get("0", {"objects": [], "classifications": []})
        out = {
            "data_hash": own, "data_title": unit.title, "data_type": unit.mime,
            "data_sequence": str(sequence) if self.data_type == "img_group" else sequence,
            "width": unit.size[0], "height": unit.size[1], "labels": blobs if is_video else one,
        }
        if is_video:
            out |= {"data_duration": self.frames / self.fps, "data_fps": float(self.fps)}
        return {**out, "data_link": f"local-{'videos' if is_video else 'images'}/{own}"}


@dataclass
class Object:
    """An object of a row."""

    row: Row
    entry: dict
    hash: str
    created: datetime

    def on(self, frame, geometry, *numbers, confidence=1.0, **options):
        """Places the object on a frame: `geometry` is a function of `geometry.py`, followed by its arguments."""
        is_video = self.row.data_type == "video"
        unit = self.row.units[0 if is_video else frame]
        members = geometry(unit.size, *numbers, **options)
        return self.put(frame, members, confidence)

    def put(self, frame, members, confidence=1.0):
        """Places the object on a frame, with existing geometry."""
        is_video = self.row.data_type == "video"
        unit = self.row.units[0 if is_video else frame]
        when = _time(self.created)
        unit.objects.setdefault(frame if is_video else 0, []).append({
            "name": self.entry["name"], "color": self.entry["color"], "shape": self.entry["shape"],
            "value": self.entry["name"].lower().replace(" ", "_"), "createdAt": when, "createdBy": ANNOTATOR,
            "confidence": confidence, "objectHash": self.hash, "featureHash": self.entry["featureNodeHash"],
            "manualAnnotation": True, "lastEditedAt": when, "lastEditedBy": ANNOTATOR, **members,
        })
        return self

    def during(self, ranges, **answers):
        """Answers dynamic attributes over inclusive ranges of frames."""
        actions = self.row.actions.setdefault(self.hash, {"actions": [], "objectHash": self.hash})["actions"]
        for answer in _answers(self.entry["attributes"], answers):
            head = {key: answer[key] for key in ("name", "value", "featureHash", "answers", "manualAnnotation")}
            ranges = [list(each) for each in ranges]
            actions.insert(0, {**head, "dynamic": True, "range": ranges, "shouldPropagate": False})
        return self


def _time(moment):
    return f"{moment:%a, %d %b %Y %H:%M:%S UTC}"


def _attributes(attributes):
    """Yields attributes and those nested in their options, outer ones first."""
    for attribute in attributes:
        yield attribute
        for option in attribute.get("options", []):
            yield from _attributes(option.get("options", []))


def _answers(attributes, answers):
    """Answers by attribute name, where `_` stands for a space: the label of an option, labels, a text or a number.

    They are written in the reverse order of the ontology, as the Python SDK writes them.
    """
    left = {name.replace("_", " ").lower(): value for name, value in answers.items()}
    out = []
    for attribute in _attributes(attributes):
        value = left.pop(attribute["name"].lower(), None)
        if value is not None:
            out.insert(0, {
                "name": attribute["name"], "value": attribute["name"].lower().replace(" ", "_"),
                "answers": _answer(attribute, value), "featureHash": attribute["featureNodeHash"],
                "manualAnnotation": True,
            })
    if left:
        raise ValueError(f"no such attributes: {sorted(left)}")
    return out


def _answer(attribute, value):
    if "options" not in attribute:
        return value
    labels = [value] if attribute["type"] == "radio" else value
    by_label = {option["label"]: option for option in attribute["options"]}
    chosen = [by_label[label] for label in labels]
    return [
        {"name": option["label"], "value": option["value"], "featureHash": option["featureNodeHash"]} for option in chosen
    ]
