"""A whole session of the real Python SDK against a local platform, which ENCORD_DOMAIN and ENCORD_SSH_KEY name.

Every step asserts what it finds; the last line says how many steps there were.
"""

import os
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import numpy as np
from encord.exceptions import AuthorisationError, EncordException
from encord.objects import Classification, Object, Option
from encord.objects.attributes import Attribute
from encord.objects.bitmask import BitmaskCoordinates
from encord.objects.coordinates import (
    AudioCoordinates, BoundingBoxCoordinates, CircleCoordinates, Cuboid2DIsometricCoordinates, EllipseCoordinates,
    HtmlCoordinates, PointCoordinate, PolygonCoordinates, PolylineCoordinates, RotatableBoundingBoxCoordinates,
    SkeletonCoordinate, SkeletonCoordinates, TextCoordinates, Visibility,
)
from encord.objects.frames import Range
from encord.objects.html_node import HtmlNode, HtmlRange
from encord.storage import StorageItem
from encord.user_client import EncordUserClient
from encord.workflow import AgentStage
from encord.workflow.stages.agent import AgentTaskStatus

DOMAIN = os.environ["ENCORD_DOMAIN"]
client = EncordUserClient.create_with_ssh_private_key(ssh_private_key=os.environ["ENCORD_SSH_KEY"], domain=DOMAIN)
steps = []


def step(function):
    steps.append(function)
    return function


def project():
    [found] = client.get_projects()
    return client.get_project(found["project"].project_hash)


def row(title, **options):
    [found] = project().list_label_rows_v2(data_title_eq=title, **options)
    return found


def opened(title, **options):
    found = row(title, **options)
    found.initialise_labels()
    return found


def add(found, title, coordinates, frames=0):
    instance = found.ontology_structure.get_child_by_title(title, Object).create_instance()
    instance.set_for_frames(coordinates, frames=frames)
    found.add_object_instance(instance)
    return instance


def classify(found, title, answer, frames=0):
    ranged = found.data_type.value.lower() in ("audio", "plain_text")
    instance = found.ontology_structure.get_child_by_title(title, Classification).create_instance(range_only=ranged)
    instance.set_for_frames(frames)
    instance.set_answer(answer)
    found.add_classification_instance(instance)
    return instance


def square(x=0.2):
    return PolygonCoordinates(values=[PointCoordinate(x, 0.2), PointCoordinate(x + 0.2, 0.2), PointCoordinate(x, 0.6)])


def shapes(width, height):
    mask = np.zeros((height, width), dtype=bool)
    mask[1:4, 2:5] = True
    people = [SkeletonCoordinate(x=0.1 * n, y=0.2, name=name, feature_hash=feature, visibility=Visibility.VISIBLE)
              for n, (name, feature) in enumerate([("nose", "skNOSE01"), ("hand", "skHAND02"), ("foot", "skFOOT03")])]
    return {
        "Car": BoundingBoxCoordinates(height=0.5, width=0.25, top_left_x=0.1, top_left_y=0.3),
        "Container": RotatableBoundingBoxCoordinates(height=0.2, width=0.3, top_left_x=0.4, top_left_y=0.4, theta=30.0),
        "Field": square(),
        "Road": PolylineCoordinates(values=[PointCoordinate(0.0, 0.5), PointCoordinate(1.0, 0.6)]),
        "Marker": PointCoordinate(0.25, 0.75),
        "Person": SkeletonCoordinates(values=people, name="Person"),
        "Water": BitmaskCoordinates(mask),
        "Crate": Cuboid2DIsometricCoordinates(
            front=[PointCoordinate(0.1, 0.1), PointCoordinate(0.2, 0.1), PointCoordinate(0.2, 0.2)],
            offset=PointCoordinate(0.05, -0.05)),
        "Wheel": CircleCoordinates(center_x=0.5, center_y=0.5, radius=0.1),
        "Lens": EllipseCoordinates(center_x=0.5, center_y=0.5, rx=0.1, ry=0.05, theta=15.0),
    }


def same(one, other):
    if isinstance(one, BitmaskCoordinates):
        return np.array_equal(one.to_numpy_array(), other.to_numpy_array())
    if isinstance(one, SkeletonCoordinates):
        return [(v.x, v.y, v.name, v.visibility) for v in one.values] == [(v.x, v.y, v.name, v.visibility) for v in other.values]
    if isinstance(one, PolygonCoordinates):
        return one.polygons == other.polygons
    return one == other


@step
def projects_and_ontology():
    found = project()
    assert found.title == "Every file" and found.status.value == "inProgress"
    assert [s.title for s in found.workflow.stages] == ["Annotate 1", "Agent 1", "Review 1", "Complete"]
    assert len(found.ontology_structure.objects) == 12
    assert [p.title for p in client.list_projects(title_like="%file%")] == ["Every file"]
    assert list(client.list_projects(title_eq="another")) == []
    assert client.get_projects(title_eq="another") == []
    assert client.get_ontology(found.ontology_hash).title == "Every shape"
    assert [d.title for d in found.list_datasets()] == ["Every file"]
    assert list(found.list_branches()) == ["main"]
    assert [u.user_email for u in found.list_users()] == ["owner@example.test"]


@step
def listing():
    rows = {r.data_title: r for r in project().list_label_rows_v2(include_client_metadata=True)}
    kinds = {title: r.data_type.value.lower() for title, r in rows.items()}
    assert kinds == {"drive.mp4": "video", "notes.txt": "plain_text", "page.html": "plain_text", "report.pdf": "pdf",
                     "speech.wav": "audio", "street.bmp": "image", "walk": "img_group"}, kinds
    assert all(r.label_hash is None and r.backing_item_uuid for r in rows.values())
    assert (rows["drive.mp4"].number_of_frames, rows["drive.mp4"].fps) == (16, 8.0)
    assert rows["speech.wav"].duration == 1.5
    assert project().list_label_rows_v2(data_hashes=[uuid.uuid4()]) == []
    assert len(project().list_label_rows_v2(workflow_graph_node_title_eq="Annotate 1")) == 6
    again = project().list_label_rows_v2(include_client_metadata=True, resolve_client_metadata_locally=True)
    assert [r.client_metadata for r in again] == [r.client_metadata for r in rows.values()]


@step
def every_shape_on_an_image():
    found = opened("street.bmp")
    before = found.last_edited_at
    drawn = {title: add(found, title, shape).object_hash for title, shape in shapes(64, 48).items()}
    found.save()
    again = opened("street.bmp")
    assert again.last_edited_at > before, (again.last_edited_at, before)
    objects = {o.object_hash: o for o in again.get_object_instances()}
    assert len(objects) == len(drawn) == 10
    for title, shape in shapes(64, 48).items():
        annotation = objects[drawn[title]].get_annotation(0)
        assert same(shape, annotation.coordinates), title
        assert annotation.created_by == "agent@example.test", title
        assert annotation.last_edited_by == "agent@example.test", title
    assert sorted(o.object_number for o in objects.values()) == list(range(1, 11))


@step
def two_saves_in_one_second_are_told_apart():
    times = set()
    for _ in range(3):
        found = opened("street.bmp")
        found.save()
        times.add(row("street.bmp").last_edited_at)
    assert len(times) == 3, times


@step
def attributes_and_classifications():
    found = opened("street.bmp")
    car = next(o for o in found.get_object_instances() if o.object_name == "Car")
    colour = car.ontology_item.get_child_by_title("Colour", Attribute)
    red = colour.get_child_by_title("Red", Option)
    car.set_answer(red, colour)
    car.set_answer("grün ✓", red.get_child_by_title("Shade", Attribute))
    damage = car.ontology_item.get_child_by_title("Damage", Attribute)
    car.set_answer([damage.get_child_by_title("Rear", Option)], damage)
    car.set_answer("ZZ 9", car.ontology_item.get_child_by_title("Plate", Attribute))
    car.set_answer(12.5, car.ontology_item.get_child_by_title("Speed", Attribute))
    scene = found.ontology_structure.get_child_by_title("Scene", Classification)
    outdoor = scene.get_child_by_title("Outdoor", Option)
    instance = classify(found, "Scene", outdoor)
    weather = outdoor.get_child_by_title("Weather", Attribute)
    instance.set_answer([weather.get_child_by_title("Sun", Option)], weather)
    classify(found, "Quality", "good")
    found.save(validate_before_saving=True)
    again = opened("street.bmp")
    car = next(o for o in again.get_object_instances() if o.object_name == "Car")
    assert car.get_answer(car.ontology_item.get_child_by_title("Colour", Attribute)).label == "Red"
    assert car.get_answer(car.ontology_item.get_child_by_title("Speed", Attribute)) == 12.5
    assert car.get_answer(car.ontology_item.get_child_by_title("Plate", Attribute)) == "ZZ 9"
    answers = {c.classification_name: c.get_answer() for c in again.get_classification_instances()}
    assert answers["Scene"].label == "Outdoor" and answers["Quality"] == "good", answers


@step
def a_video_with_dynamic_attributes():
    found = opened("drive.mp4")
    car = add(found, "Car", BoundingBoxCoordinates(height=0.1, width=0.1, top_left_x=0.1, top_left_y=0.1), [0, 1, 5, 15])
    remark = car.ontology_item.get_child_by_title("Remark", Attribute)
    car.set_answer("slow", remark, frames=Range(0, 1))
    car.set_answer("fast", remark, frames=5)
    classify(found, "Comment", "hello", Range(3, 9))
    for number, (title, shape) in enumerate(shapes(160, 120).items()):
        add(found, title, shape, frames=number)
    found.save()
    again = opened("drive.mp4")
    [car] = [o for o in again.get_object_instances() if o.object_hash == car.object_hash]
    assert sorted(a.frame for a in car.get_annotations()) == [0, 1, 5, 15]
    assert {a.answer for a in car.get_answer(remark)} == {"slow", "fast"}
    [comment] = again.get_classification_instances()
    assert comment.range_list == [Range(3, 9)]
    # Moved, and taken off again.
    car.set_for_frames(BoundingBoxCoordinates(height=0.2, width=0.1, top_left_x=0.3, top_left_y=0.1), 1, overwrite=True)
    car.remove_from_frames(15)
    again.save()
    [car] = [o for o in opened("drive.mp4").get_object_instances() if o.object_hash == car.object_hash]
    assert car.get_annotation(1).coordinates.top_left_x == 0.3
    assert sorted(a.frame for a in car.get_annotations()) == [0, 1, 5]


@step
def an_image_group():
    found = opened("walk")
    field = add(found, "Field", square(), 1)
    add(found, "Marker", PointCoordinate(0.5, 0.5), [0, 1])
    found.save()
    again = opened("walk")
    assert again.number_of_frames == 2
    assert [v.image_title for v in again.get_frame_views()] == ["frame2.bmp", "frame10.bmp"]
    assert len(again.get_object_instances(filter_frames=1)) == 2
    again.remove_object(next(o for o in again.get_object_instances() if o.object_hash == field.object_hash))
    again.save()
    assert [o.object_name for o in opened("walk").get_object_instances()] == ["Marker"]


@step
def sounds_texts_and_pages():
    found = opened("speech.wav")
    add(found, "Speech", AudioCoordinates(range=[Range(100, 900)]))
    classify(found, "Comment", "clear")
    found.save()
    again = opened("speech.wav")
    [speech] = again.get_object_instances()
    assert speech.range_list == [Range(100, 900)], speech.range_list
    found = opened("notes.txt")
    add(found, "Name", TextCoordinates(range=[Range(0, 3)]))
    found.save()
    assert opened("notes.txt").get_object_instances()[0].range_list == [Range(0, 3)]
    found = opened("page.html")
    place = HtmlRange(start=HtmlNode(xpath="/p[1]/text()[1]", offset=0), end=HtmlNode(xpath="/p[1]/text()[1]", offset=3))
    add(found, "Name", HtmlCoordinates(range=[place]))
    found.save()
    assert opened("page.html").get_object_instances()[0].range_html == [place]
    found = opened("report.pdf")
    assert found.number_of_frames == 2
    add(found, "Car", BoundingBoxCoordinates(height=0.1, width=0.1, top_left_x=0.1, top_left_y=0.1), 1)
    found.save()
    assert opened("report.pdf").get_object_instances()[0].get_annotations()[0].frame == 1


@step
def bundles():
    rows = project().list_label_rows_v2()
    with project().create_bundle() as bundle:
        for found in rows:
            found.initialise_labels(bundle=bundle, include_signed_url=True)
    assert all(r.is_labelling_initialised for r in rows)
    with project().create_bundle(bundle_size=2) as bundle:
        for found in rows:
            found.save(bundle=bundle)
    signed = next(r for r in rows if r.data_title == "street.bmp").data_link
    assert len(urllib.request.urlopen(signed).read()) == 9270


@step
def filtered_labels():
    found = row("drive.mp4")
    found.initialise_labels(include_object_feature_hashes={"shPOLY03"}, include_classification_feature_hashes=set())
    assert {o.object_name for o in found.get_object_instances()} == {"Field"}
    assert found.get_classification_instances() == []


@step
def branches():
    found = opened("street.bmp", branch_name="mine")
    assert found.branch_name == "mine" and found.get_object_instances() == []
    add(found, "Marker", PointCoordinate(0.5, 0.5))
    found.save()
    assert len(opened("street.bmp", branch_name="mine").get_object_instances()) == 1
    assert len(opened("street.bmp").get_object_instances()) == 10
    assert sorted(project().list_branches()) == ["main", "mine"]
    rows = project().list_label_rows_v2(data_title_eq="street.bmp", include_all_label_branches=True)
    assert [r.branch_name for r in rows] == ["main", "mine"]


@step
def storage():
    item = client.get_storage_item(row("street.bmp").backing_item_uuid, sign_url=True)
    assert (item.name, item.mime_type, item.width, item.height) == ("street.bmp", "image/bmp", 64, 48)
    assert len(urllib.request.urlopen(item.get_signed_url()).read()) == item.file_size == 9270
    item.update(client_metadata={"seen": True, "ünï": [1.5]}, description="a street")
    again = row("street.bmp", include_client_metadata=True)
    assert again.client_metadata == {"seen": True, "ünï": [1.5]}
    assert client.get_storage_item(item.uuid).description == "a street"
    group = row("walk").get_storage_item()
    assert group.item_type.value == "imageGroup" and group.get_signed_url() is None
    children = list(group.get_child_items(get_signed_urls=True))
    assert [c.name for c in children] == ["frame2.bmp", "frame10.bmp"]
    assert urllib.request.urlopen(children[1].get_signed_url()).read().startswith(b"BM")
    both = client.get_storage_items([group.uuid, item.uuid])
    assert [i.uuid for i in both] == [group.uuid, item.uuid]
    with project().create_bundle() as bundle:
        group.update(name="renamed", bundle=bundle)
        item.update(client_metadata={"a": 1}, bundle=bundle)
    assert client.get_storage_item(group.uuid).name == "renamed"
    assert client.get_storage_item(item.uuid).client_metadata == {"a": 1}


@step
def workflow():
    found = opened("drive.mp4")
    found.set_priority(0.75)
    assert row("drive.mp4").priority == 0.75
    found.workflow_complete()
    assert row("drive.mp4").workflow_graph_node.title == "Complete"
    found.workflow_reopen()
    assert row("drive.mp4").workflow_graph_node.title == "Annotate 1"
    with project().create_bundle() as bundle:
        for one in project().list_label_rows_v2():
            one.set_priority(0.25, bundle=bundle)
    assert {r.priority for r in project().list_label_rows_v2()} == {0.25}


@step
def tasks_of_an_agent():
    stage = project().workflow.get_stage(name="Agent 1", type_=AgentStage)
    # The folder's state has put it there.
    [task] = stage.get_tasks(data_hash=row("speech.wav").data_hash)
    [dataset] = project().list_datasets()
    for some in (
        {"status": [AgentTaskStatus.REOPENED, task.status]},
        {"dataset_hash": [uuid.uuid4(), dataset.dataset_hash]},
        {"data_title": "SPEECH", "status": task.status},
    ):
        assert [found.uuid for found in stage.get_tasks(**some)] == [task.uuid], some
    for none in ({"status": AgentTaskStatus.SKIPPED}, {"dataset_hash": uuid.uuid4()}, {"assignee": "a@example.test"}):
        assert list(stage.get_tasks(**none)) == [], none
    task.proceed(pathway_name="review")
    assert row("speech.wav").workflow_graph_node.title == "Review 1"
    assert list(stage.get_tasks()) == []


@step
def other_credentials_and_refusals():
    bearer = EncordUserClient.create_with_bearer_token(client.get_bearer_token(), domain=DOMAIN)
    assert bearer.get_project(project().project_hash).title == "Every file"
    for ask in (lambda: client.get_project(str(uuid.uuid4())), lambda: client.get_storage_item(uuid.uuid4())):
        try:
            ask()
            raise AssertionError("not refused")
        except AuthorisationError:
            pass
    found = opened("street.bmp")
    saved = found.to_encord_dict()
    saved["data_units"][found.data_hash]["labels"]["objects"][0]["featureHash"] = "unknown"
    try:
        project().save_label_row(found.label_hash, saved)
        raise AssertionError("not refused")
    except EncordException as error:
        assert "feature does not exist" in str(error), error
    # The older way, one row that is the payload itself.
    plain = project().get_label_row(found.label_hash)
    assert plain["label_hash"] == found.label_hash
    assert project().save_label_row(found.label_hash, found.to_encord_dict())
    after = datetime.now(timezone.utc) + timedelta(hours=1)
    assert project().list_label_rows_v2(edited_after=after) == []
    assert len(project().list_label_rows_v2(edited_before=after)) == 7


for function in steps:
    function()
    print("ok", function.__name__, flush=True)
print(len(steps), "steps")
