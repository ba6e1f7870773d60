"""Label rows that the SDK does not make: of older clients, of exports, and with less than the SDK writes.

Each function changes a row in place.
"""

import copy

from all_types_ontology import build as all_types


def blobs(row):
    """The labels of the frames of data units, by frame."""
    for unit in row["data_units"].values():
        labels = unit["labels"]
        is_flat = not labels or "objects" in labels
        yield from [(int(unit["data_sequence"]), labels)] if is_flat else [(int(key), blob) for key, blob in labels.items()]


def export(row):
    """The form of a label export: without branch and spaces, and with classifications that do not name their class.

    Classifications of the whole data are left out: without their class, nothing tells them from others."""
    answers = row["classification_answers"]
    row["classification_answers"] = {key: answer for key, answer in answers.items() if answer["range"]}
    del row["branch_name"], row["spaces"]
    row["export_history"] = []
    row["export_hash"], row["exported_at"] = "00000000-0000-4000-8000-00000000000e", "Sun, 03 Mar 2024 00:00:00 UTC"
    for answer in row["classification_answers"].values():
        del answer["featureHash"]


def untyped(row):
    """Answers in spaces that do not name the type of their space. Ranges of HTML are objects, as at the root."""
    for answers in (row["object_answers"], row["classification_answers"]):
        for answer in answers.values():
            for space in (answer.get("spaces") or {}).values():
                if space.pop("type", None) == "html":
                    space["range"] = [{"start": start, "end": end} for start, end in space["range"]]
    for number, space in enumerate(row["spaces"].values()):
        space["title"] = f"Space {number}"
        if space["space_type"] == "video":
            space["labels"].setdefault("0", {"objects": [], "classifications": []})


def repaired(row):
    """Returns a copy of a row that the SDK refuses, with what it requires: branch and spaces, and the types of spaces."""
    row = copy.deepcopy(row)
    row.setdefault("branch_name", "main")
    row.setdefault("spaces", {})
    for answers in (row["object_answers"], row["classification_answers"]):
        for answer in answers.values():
            for space in (answer.get("spaces") or {}).values():
                is_html = any("start" in part for part in space["range"] if isinstance(part, dict))
                space.setdefault("type", "html" if is_html else "frame")
                if is_html:
                    space["range"] = [[part["start"], part["end"]] for part in space["range"]]
    return row


def reviewed(row):
    """Objects with reviews."""
    review = {"id": 1, "status": "ASSIGNED", "comment": "Too large?", "reviewedBy": "bo@example.com"}
    for _, blob in blobs(row):
        for entry in blob["objects"]:
            entry["reviews"] = [review]


def unanswered(row):
    """Classifications without an answer."""
    for answer in row["classification_answers"].values():
        answer["classifications"] = []


def old_classifications(row):
    """Classifications on frames, as SDK 0.1.190 wrote them: the answers have no range and no author. Images of groups have
    numbers."""
    for unit in row["data_units"].values():
        unit["data_sequence"] = int(unit["data_sequence"])
    classes = {item["featureNodeHash"]: item["attributes"][0]["name"] for item in all_types()["classifications"]}
    first = min(frame for frame, _ in blobs(row))
    for key, answer in row["classification_answers"].items():
        if not answer["range"]:
            continue
        del answer["range"]
        name = classes[answer["featureHash"]]
        moved = ("createdAt", "createdBy", "lastEditedAt", "lastEditedBy", "confidence", "manualAnnotation")
        known = {member: answer.pop(member) for member in moved}
        entry = {"name": name, "value": name.lower().replace(" ", "_"), "featureHash": answer["featureHash"],
                 "classificationHash": key, **known}
        for frame, blob in blobs(row):
            if frame == first:
                blob["classifications"].append(entry)


def sparse(row):
    """Only what the SDK requires: without authors, sizes and defaults; an object without an answer, and an answer without
    an object."""
    members = {
        "row": ("annotation_task_status", "is_shadow_data"),
        "unit": ("data_fps", "data_duration"),
        "composite": ("data_link", "width", "height"),
        "space": ("data_duration", "data_fps", "scene_info", "frames"),
        "answer": ("createdAt", "createdBy", "lastEditedAt", "lastEditedBy", "confidence", "manualAnnotation"),
    }

    def drop(value, kind):
        for key in members[kind]:
            value.pop(key, None)

    drop(row, "row")
    for unit in row["data_units"].values():
        drop(unit, "unit")
        if row["data_type"] in ("group", "scene"):
            drop(unit, "composite")
    for space in row["spaces"].values():
        drop(space, "space")
    for answer in row["classification_answers"].values():
        drop(answer, "answer")
    for key, answer in list(row["object_answers"].items()):
        if "range" not in answer and not answer["classifications"] and not answer.get("spaces"):
            del row["object_answers"][key]
    if row["data_type"] != "audio":
        row["object_answers"]["orphan01"] = {"objectHash": "orphan01", "classifications": []}


def renamed(row):
    """Labels from before their classes and options were renamed."""
    for _, blob in blobs(row):
        for entry in blob.get("objects", []):
            entry["name"], entry["value"] = "Old name", "old_name"
    for answer in row["object_answers"].values():
        if "name" in answer:
            answer["name"], answer["value"] = "Old name", "old_name"
    for entry in row["object_actions"].values():
        for action in entry["actions"]:
            for option in action["answers"] if isinstance(action["answers"], list) else []:
                option["name"] = "Old option"


# Kind of data, objects, frames, and the change.
VARIANTS = {
    "audio_renamed": ("audio", 2, 2, renamed),
    "audio_sparse": ("audio", 2, 2, sparse),
    "export_dicom": ("dicom", 3, 2, export),
    "export_image": ("image", 7, 1, export),
    "export_img_group": ("img_group", 4, 2, export),
    "export_nifti": ("nifti", 1, 1, export),
    "export_video": ("video", 4, 2, export),
    "group_sparse": ("group", 4, 1, sparse),
    "group_untyped": ("group", 6, 1, untyped),
    "image_old_classifications": ("image", 1, 1, old_classifications),
    "image_sparse": ("image", 3, 1, sparse),
    "image_unanswered": ("image", 0, 1, unanswered),
    "img_group_old_classifications": ("img_group", 1, 2, old_classifications),
    "img_group_reviewed": ("img_group", 4, 2, reviewed),
    "scene_sparse": ("scene", 4, 1, sparse),
    "video_old_classifications": ("video", 2, 2, old_classifications),
    "video_renamed": ("video", 3, 2, renamed),
    "video_sparse": ("video", 3, 2, sparse),
}
