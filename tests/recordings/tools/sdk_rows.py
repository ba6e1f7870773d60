"""Label rows in the Python SDK, without a network: reading them, and the documents that a save sends.

The SDK fills in the current time where a row has none. Importing this module stops its clock at `NOW`, so that equal rows
give equal documents.
"""

import copy
import datetime
import json
import logging
import math

import encord
from encord.constants.enums import SpaceType
from encord.objects import LabelRowV2, OntologyStructure, classification_instance, ontology_labels_impl
from encord.objects.spaces.annotation import base_annotation
from encord.ontology import Ontology
from encord.orm.label_row import LabelRowMetadata
from encord.orm.ontology import Ontology as OntologyRecord

NOW = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
SDK_VERSION = encord.__version__

# The number of "frames" of data without frames, for which a listing has no limit that the SDK needs.
UNLIMITED = 10**15


class StoppedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def stop_clock():
    for module in (base_annotation, classification_instance, ontology_labels_impl):
        module.datetime = StoppedClock
    # The defaults of the dataclass are bound before this module is imported.
    for name in ("created_at", "last_edited_at"):
        base_annotation._AnnotationMetadata.__dataclass_fields__[name].default_factory = StoppedClock.now
    made = base_annotation._AnnotationMetadata.__init__

    def init(self, created_at=None, created_by=None, last_edited_at=None, *rest, **named):
        made(self, created_at or NOW, created_by, last_edited_at or NOW, *rest, **named)

    base_annotation._AnnotationMetadata.__init__ = init


class SavedRow:
    """Takes the place of the SDK's HTTP client: keeps what a save sends."""

    def __init__(self):
        self.payload = None

    def save_label_rows(self, uids, payload, validate_before_saving=False):
        self.payload = payload
        return True


def ontology(structure):
    """Returns the ontology of a structure, the JSON document under `editor`."""
    record = OntologyRecord(
        title="Ontology",
        description="",
        ontology_hash="00000000-0000-0000-0000-000000000000",
        structure=OntologyStructure.from_dict(copy.deepcopy(structure)),
        created_at=NOW,
        last_edited_at=NOW,
    )
    return Ontology(record, None)


def last_frame(row):
    """Returns the last frame that a label of the row is on."""
    frames = [0]
    for unit in row.get("data_units", {}).values():
        frames += [int(key) for key in unit.get("labels") or {} if key.isdigit()]
    answers = list(row.get("classification_answers", {}).values())
    for entry in row.get("object_actions", {}).values():
        answers += entry.get("actions", [])
    frames += [end for answer in answers for _, end in answer.get("range") or []]
    return max(frames)


def listing_entry(row, **known):
    """Returns a listing entry for the row. `known` overrides members, such as `number_of_frames`."""
    kind = row["data_type"]
    units = list(row.get("data_units", {}).values())
    first = units[0] if units else {}
    copied = ("label_hash", "data_hash", "dataset_hash", "dataset_title", "data_title")
    absent = ("created_at", "last_edited_at", "data_link", "annotation_task_status", "workflow_graph_node", "duration",
              "frames_per_second", "width", "height", "audio_codec", "audio_sample_rate", "audio_bit_depth",
              "audio_num_channels")
    entry = {key: row.get(key) for key in copied} | dict.fromkeys(absent)
    entry |= {
        "branch_name": row.get("branch_name") or "main",
        "data_type": kind.upper(),
        "label_status": row.get("label_status", "LABEL_IN_PROGRESS"),
        "is_shadow_data": bool(row.get("is_shadow_data")),
        "number_of_frames": 1,
        "spaces": {},
    }
    if kind in ("video", "dicom", "nifti", "pdf", "scene"):
        length, rate = first.get("data_duration"), first.get("data_fps")
        counted = math.ceil(length * rate - 1e-9) if length and rate else 0
        entry |= {"duration": length, "frames_per_second": rate, "number_of_frames": max(counted, last_frame(row) + 1)}
    elif kind == "img_group":
        entry["number_of_frames"] = len(units)
    elif kind in ("audio", "plain_text", "time_series"):
        entry |= {"duration": first.get("data_duration"), "number_of_frames": UNLIMITED}
    for key, space in (row.get("spaces") or {}).items():
        of_scene = space["space_type"] in ("point_cloud", "scene_image")
        labels = {"objects": [], "classifications": []} if of_scene else {}
        entry["spaces"][key] = {**copy.deepcopy(space), "labels": labels}
    return entry | known


def metadata(entry):
    """Returns a listing entry as the SDK's object."""
    entry = copy.deepcopy(entry)
    for space in (entry.get("spaces") or {}).values():
        space["space_type"] = SpaceType(space["space_type"])
    return LabelRowMetadata.from_dict(entry)


def label_row(structure, row, entry=None):
    """Reads a row. `structure` is an ontology's structure or an ontology, `entry` the listing entry."""
    known = structure if isinstance(structure, Ontology) else ontology(structure)
    opened = LabelRowV2(metadata(listing_entry(row) if entry is None else entry), SavedRow(), known)
    # Reading changes the points of skeletons.
    opened.from_labels_dict(copy.deepcopy(row))
    return opened


def saved(row):
    """Returns the document that a save of the row sends."""
    row.save()
    return json.loads(json.dumps(row._project_client.payload[0]))


stop_clock()
logging.getLogger("encord").setLevel(logging.ERROR)
