"""Turns a row as the SDK saves it into one as the platform returns it.

The platform writes some values otherwise than the SDK, leaves members out, and adds others. Each change is made to some of
the labels, so that a row has both spellings.
"""

import copy

UNKNOWN = {"nested": [1, 2.50, None, "é"], "large": 12345678901234567890}


def blobs(row):
    """The labels of all frames: those of data units, and those of spaces, with whether they are of a data unit."""
    for parts, is_unit in ((row["data_units"], True), (row["spaces"], False)):
        for part in parts.values():
            labels = part.get("labels") or {}
            for blob in [labels] if "objects" in labels else labels.values():
                yield blob, is_unit


def spell_object(entry, is_unit, pick):
    if pick.random() < 0.5:
        for key in ("createdAt", "lastEditedAt"):
            if key in entry:
                entry[key] = entry[key].replace(" UTC", " GMT")
    if pick.random() < 0.4 and entry["shape"] != "segmentation":
        entry.pop("lastEditedAt", None)
        entry.pop("lastEditedBy", None)
    if entry.get("confidence") == 1.0:
        entry["confidence"] = 1
    if is_unit and pick.random() < 0.2:
        entry["isDeleted"] = False
    if pick.random() < 0.1:
        entry["reviews"] = []
    if entry["shape"] == "polygon" and len(entry["polygons"]) == len(entry["polygons"][0]) == 1 and pick.random() < 0.5:
        # A polygon of one ring, as older clients write it.
        del entry["polygons"]
    if entry["shape"] == "skeleton" and pick.random() < 0.5:
        for point in entry["skeleton"].values():
            visibility = point.pop("visibility", None)
            if visibility == "visible":
                point |= {"visible": True, "invisible": False, "occluded": False}
            elif visibility:
                point[visibility] = True


def spell_actions(entry, pick, new_uuid):
    """Dynamic answers: the web editor writes each option of a checklist as an answer of its own."""
    actions = []
    for action in entry["actions"]:
        answers = action["answers"]
        is_split = isinstance(answers, list) and len(answers) > 1 and pick.random() < 0.5
        parts = [{**copy.deepcopy(action), "answers": [answer]} for answer in answers] if is_split else [action]
        for part in parts:
            part["trackHash"] = str(new_uuid())
            part["shouldPropagate"] = pick.random() < 0.3
            part["manualAnnotation"] = pick.random() < 0.8
            actions.append(part)
    pick.shuffle(actions)
    entry["actions"] = actions


def add_empty_frames(row, frames, pick):
    labels = next(iter(row["data_units"].values()))["labels"]
    for frame in range(min(5, frames)):
        if str(frame) not in labels and pick.random() < 0.5:
            labels[str(frame)] = {"objects": [], "classifications": []}


def add_dicom_metadata(row):
    unit = next(iter(row["data_units"].values()))
    unit["metadata"] = {"patient_id": "P1", "study_uid": "1.2.3", "series_uid": "1.2.3.4"}
    unit["data_links"] = [f"bucket/{index}.dcm" for index in range(3)]
    for frame, blob in unit["labels"].items():
        blob["metadata"] = {
            "dicom_instance_uid": f"1.2.3.4.{frame}", "multiframe_frame_number": None, "file_uri": f"bucket/{frame}.dcm",
            "width": unit["width"], "height": unit["height"],
        }


def spell(row, modality, maker, extras):
    """Changes the row. With `extras`, adds members that no client knows."""
    pick = maker.random
    for blob, is_unit in blobs(row):
        for entry in blob["objects"]:
            spell_object(entry, is_unit, pick)
            if extras and pick.random() < 0.3:
                entry["futureObjectKey"] = copy.deepcopy(UNKNOWN)
        # The order of events is their order in time.
        if modality != "scene_events" and len(blob["objects"]) > 1 and pick.random() < 0.3:
            pick.shuffle(blob["objects"])
    if modality in ("video", "dicom"):
        add_empty_frames(row, maker.entry["number_of_frames"], pick)
    if modality == "dicom":
        add_dicom_metadata(row)
    for entry in row["object_actions"].values():
        spell_actions(entry, pick, maker.uuid)
    for answer in row["classification_answers"].values():
        if pick.random() < 0.5:
            answer["createdAt"] = answer["createdAt"].replace(" UTC", " GMT")
    row |= {"created_at": "2024-03-01 09:00:00", "last_edited_at": "2024-03-02 10:11:12", "is_valid": True}
    if row["data_type"] == "img_group":
        is_sequence = modality == "image_sequence"
        row |= {"is_image_sequence": is_sequence, "video_link": "bucket/sequence.mp4" if is_sequence else None}
    if row["data_type"] == "plain_text":
        row["file_type"] = next(iter(row["data_units"].values()))["data_type"]
    if extras:
        row["futureRowKey"] = [{"a": 1.0}, "x"]
        next(iter(row["data_units"].values()))["futureUnitKey"] = "kept"
        for answer in list(row["object_answers"].values())[:2]:
            answer["futureAnswerKey"] = True
    return row
