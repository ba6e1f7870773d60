"""The Python agents that were recorded: a FastAPI app of `encord-agents`, with an agent for each dependency and each outcome.

    ENCORD_DOMAIN=URL ENCORD_SSH_KEY=KEY uvicorn agent_app:app

`tests/contract-agent` has the same agents in Rust. With `CHECK_KEY=1` the app checks its key at the start.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy
from encord.exceptions import AuthorisationError
from encord.objects import Object, ObjectInstance
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.project import Project
from encord.storage import StorageItem
from encord.user_client import EncordUserClient
from encord_agents import FrameData
from encord_agents.core import data_model
from encord_agents.core.webhooks import TaskNotification
from encord_agents.fastapi import (
    EncordEditorAgentException,
    dep_task_notification,
    dependencies,
    get_encord_app,
    verify_auth,
)
from fastapi import Depends

os.environ.setdefault("ENCORD_WEBHOOK_SECRET", "whsec_made-up-secret")
VEHICLE = "ob/BOX+1"

Pixels = Annotated[numpy.ndarray, Depends(dependencies.dep_single_frame)]
Client = Annotated[EncordUserClient, Depends(dependencies.dep_client)]
OfProject = Annotated[Project, Depends(dependencies.dep_project)]
Row = Annotated[LabelRowV2, Depends(dependencies.dep_label_row)]
Item = Annotated[StorageItem, Depends(dependencies.dep_storage_item)]
File = Annotated[Path, Depends(dependencies.dep_asset)]
Frames = Annotated[Iterator[data_model.Frame], Depends(dependencies.dep_video_iterator)]
Crops = Annotated[list[data_model.InstanceCrop], Depends(dependencies.dep_object_crops())]
VehicleCrops = Annotated[
    list[data_model.InstanceCrop], Depends(dependencies.dep_object_crops(filter_ontology_objects=[VEHICLE]))
]
Objects = Annotated[list[ObjectInstance], Depends(dependencies.dep_objects)]
MoreOfRow = Annotated[
    LabelRowV2,
    Depends(
        dependencies.dep_label_row_with_args(
            data_model.LabelRowMetadataIncludeArgs(include_client_metadata=True, include_images_data=True),
            data_model.LabelRowInitialiseLabelsArgs(include_signed_url=True, include_object_feature_hashes={VEHICLE}),
        )
    ),
]
RowOnBranch = Annotated[
    LabelRowV2,
    Depends(dependencies.dep_label_row_with_args(data_model.LabelRowMetadataIncludeArgs(branch_name="peer-branch"))),
]

app = get_encord_app()
if os.environ.get("CHECK_KEY"):
    verify_auth()


def summary(row):
    return {
        "label_hash": row.label_hash,
        "data_type": row.data_type.value,
        "branch": row.branch_name,
        "objects": sorted(item.object_hash for item in row.get_object_instances()),
        "classifications": sorted(item.classification_hash for item in row.get_classification_instances()),
        "client_metadata": row.client_metadata,
        "data_link": row.data_link is not None,
    }


def size_of_crops(crops):
    found = [{"object": crop.instance.object_hash, "frame": crop.frame, "shape": list(crop.content.shape)} for crop in crops]
    return {"crops": found}


# Agents that read.


@app.post("/frame-data")
def frame_data(frame_data: FrameData) -> dict:
    # FastAPI tells one body of several parameters by the name `frame_data`, which the dependencies use, too.
    hashes = {"project_hash": str(frame_data.project_hash), "data_hash": str(frame_data.data_hash)}
    return {**hashes, "frame": frame_data.frame, "object_hashes": frame_data.object_hashes}


@app.post("/client")
def client(platform: Client) -> dict:
    return {"domain": platform.user_config.domain}


@app.post("/project")
def project(project: OfProject) -> dict:
    shapes = [item.shape.value for item in project.ontology_structure.objects]
    return {"title": project.title, "stages": [stage.title for stage in project.workflow.stages], "shapes": shapes}


@app.post("/label-row")
def label_row(row: Row) -> dict:
    return summary(row)


@app.post("/label-row-with-args")
def label_row_with_args(row: MoreOfRow) -> dict:
    return summary(row)


@app.post("/label-row-branch")
def label_row_branch(row: RowOnBranch) -> dict:
    return summary(row)


@app.post("/storage-item")
def storage_item(item: Item) -> dict:
    return {"uuid": str(item.uuid), "type": item.item_type.value, "metadata": item.client_metadata}


@app.post("/single-frame")
def single_frame(pixels: Pixels) -> dict:
    mean = pixels.reshape(-1, 3).mean(axis=0)
    return {"shape": list(pixels.shape), "mean": [round(float(colour), 2) for colour in mean]}


@app.post("/asset")
def asset(file: File) -> dict:
    return {"suffix": "".join(file.suffixes), "bytes": file.stat().st_size}


@app.post("/video-iterator")
def video_iterator(frames: Frames) -> dict:
    shapes = [(frame.frame, list(frame.content.shape)) for frame in frames]
    return {"frames": len(shapes), "last": shapes[-1]}


@app.post("/object-crops")
def object_crops(frame_data: FrameData, crops: Crops) -> dict:
    return size_of_crops(crops)


@app.post("/object-crops-filtered")
def object_crops_filtered(crops: VehicleCrops) -> dict:
    return size_of_crops(crops)


@app.post("/objects")
def objects(selected: Objects) -> dict:
    return {"objects": [item.object_hash for item in selected]}


@app.post("/everything")
def everything(frame_data: FrameData, platform: Client, project: OfProject, row: Row, item: Item, pixels: Pixels, file: File,
               crops: Crops, selected: Objects) -> dict:
    counts = {"bytes": file.stat().st_size, "crops": len(crops), "objects": len(selected)}
    return {"title": project.title, "row": row.label_hash, "item": str(item.uuid), "shape": list(pixels.shape), **counts}


# Agents that write.


@app.post("/add-box")
def add_box(frame_data: FrameData, row: Row) -> data_model.EditorAgentResponse:
    vehicle = row.ontology_structure.get_child_by_title("Vehicle", Object).create_instance()
    box = BoundingBoxCoordinates(top_left_x=0.25, top_left_y=0.25, width=0.5, height=0.5)
    vehicle.set_for_frames(box, frames=frame_data.frame, confidence=0.8, manual_annotation=False)
    row.add_object_instance(vehicle)
    row.save()
    return data_model.EditorAgentResponse(message=f"Added {vehicle.object_hash}")


@app.post("/update-metadata")
def update_metadata(item: Item) -> None:
    item.update(client_metadata={**(item.client_metadata or {}), "seen": True})


@app.post("/set-priority")
def set_priority(row: Row) -> None:
    row.set_priority(0.9)


@app.post("/complete")
def complete(row: Row) -> None:
    row.workflow_complete()


# Outcomes.


@app.post("/respond")
def respond(frame_data: FrameData, message: str | None = None, decision: str | None = None) -> data_model.EditorAgentResponse:
    return data_model.EditorAgentResponse(message=message, decision=decision)


@app.post("/nothing")
def nothing(frame_data: FrameData) -> None:
    pass


@app.post("/no-body")
def no_body() -> data_model.EditorAgentResponse:
    return data_model.EditorAgentResponse(message="Hello, world!")


@app.post("/agent-exception")
def agent_exception(frame_data: FrameData) -> None:
    raise EncordEditorAgentException("Only polygons, please. ✓")


@app.post("/authorisation-error")
def authorisation_error(frame_data: FrameData) -> None:
    raise AuthorisationError("You are not authorised to access this asset.")


@app.post("/crash")
def crash(frame_data: FrameData) -> None:
    raise RuntimeError("boom")


@app.post("/task-ready")
def task_ready(notification: Annotated[TaskNotification, Depends(dep_task_notification)]) -> None:
    pass
