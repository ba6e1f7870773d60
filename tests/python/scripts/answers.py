"""Schemas and verdicts of the Python package's `OntologyDataModel`.

    answers.py schemas FOLDER    reads jobs.json, writes schemas.json
    answers.py judge FOLDER      reads jobs.json and answers.json, writes verdicts.json
"""

import json
import sys
from pathlib import Path
from typing import ClassVar

import numpy

sys.path.insert(0, str(Path(__file__).parents[2] / "recordings" / "tools"))
import sdk_rows  # noqa: E402
from encord.exceptions import LabelRowError  # noqa: E402
from encord.objects import Object  # noqa: E402
from encord.objects.common import Shape  # noqa: E402
from encord.objects.coordinates import (  # noqa: E402
    BitmaskCoordinates,
    BoundingBoxCoordinates,
    PointCoordinate,
    PolygonCoordinates,
    RotatableBoundingBoxCoordinates,
)
from encord_agents.core import ontology as peer  # noqa: E402
from pydantic import ValidationError  # noqa: E402

made = peer.create_model


def create_model(name, **fields):
    """The package gives `is_flat` without a type, which pydantic takes since 2.11 for a type: no radio has a schema then."""
    if isinstance(fields.get("is_flat"), bool):
        fields["is_flat"] = (ClassVar[bool], fields["is_flat"])
    return made(name, **fields)


peer.create_model = create_model

COORDINATES = {
    Shape.BOUNDING_BOX: BoundingBoxCoordinates(height=0.5, width=0.25, top_left_x=0.25, top_left_y=0.25),
    Shape.ROTATABLE_BOUNDING_BOX: RotatableBoundingBoxCoordinates(
        height=0.5, width=0.25, top_left_x=0.25, top_left_y=0.25, theta=0
    ),
    Shape.POLYGON: PolygonCoordinates(values=[PointCoordinate(0.25, 0.25), PointCoordinate(0.5, 0.25), PointCoordinate(0.5, 0.5)]),
    Shape.BITMASK: BitmaskCoordinates(numpy.eye(3, 4, dtype=bool)),
}


def model(job):
    structure = sdk_rows.ontology(job["ontology"]).structure
    every = structure.classifications if job["kind"] == "classifications" else structure.objects
    chosen = [next(c for c in every if c.feature_node_hash == wanted) for wanted in job["classes"]]
    return peer.OntologyDataModel(chosen)


def schema(job):
    try:
        return {"schema": model(job).model_json_schema}
    except (AssertionError, NotImplementedError) as error:
        return {"error": type(error).__name__}


def labelled(job, data_model, text):
    """The labels that an answer becomes."""
    instances = data_model(text)
    row = sdk_rows.label_row(job["ontology"], job["row"])
    if job["kind"] == "objects":
        instances.set_for_frames(COORDINATES[instances.ontology_item.shape], frames=0, overwrite=True)
        row.add_object_instance(instances)
        saved, hash_ = sdk_rows.saved(row), instances.object_hash
        answers = saved["object_answers"][hash_]["classifications"]
        actions = saved["object_actions"].get(hash_, {"actions": []})["actions"]
        labels = [{"class": instances.feature_hash, "answers": answers, "actions": actions}]
    else:
        for instance in instances:
            instance.set_for_frames([] if instance.is_global() else 0)
            row.add_classification_instance(instance)
        saved = sdk_rows.saved(row)["classification_answers"].values()
        labels = [{"class": entry["featureHash"], "answers": entry["classifications"], "actions": []} for entry in saved]
    return labels


def on_a_frame(create_instance):
    """The package answers a new object before it is on any frame, where dynamic attributes have no answer to be given."""

    def create(self):
        instance = create_instance(self)
        instance.set_for_frames(COORDINATES[self.shape], frames=0)
        return instance

    return create


def answered(job, data_model, text):
    """As the package does it, and with new objects on a frame from the beginning."""
    try:
        as_it_is = labelled(job, data_model, text)
    except ValidationError:
        return {"taken": False}
    except LabelRowError as error:
        return {"taken": True, "fails": error.message}
    create_instance = Object.create_instance
    Object.create_instance = on_a_frame(create_instance)
    try:
        return {"taken": True, "as_it_is": as_it_is, "labels": labelled(job, data_model, text)}
    finally:
        Object.create_instance = create_instance


def judge(job, answers):
    if not answers:
        return []
    data_model = model(job)
    return [answered(job, data_model, text) for text in answers]


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    jobs = json.loads((folder / "jobs.json").read_text())
    if sys.argv[1] == "schemas":
        (folder / "schemas.json").write_text(json.dumps([schema(job) for job in jobs]))
    else:
        answers = json.loads((folder / "answers.json").read_text())
        (folder / "verdicts.json").write_text(json.dumps([judge(*pair) for pair in zip(jobs, answers, strict=True)]))
