"""Random edits of continuous scenes, each made with the Python SDK and written down for this crate.

A job is a generated row and a few edits of its events in a row. What the SDK refuses, or leaves undone because the object
is absent, is written down as `refused`.
"""

import random

import make_rows
import sdk_rows
from edits import Case
from encord.exceptions import LabelRowError
from encord.objects import Shape
from encord.objects.coordinates import CuboidCoordinates, PointCoordinate3D, PolylineCoordinates
from encord.objects.events import check_events_terminated, resolve_event_at

SHAPES = (Shape.POINT, Shape.CUBOID, Shape.POLYLINE)
INTERPOLATED = ("point", "cuboid")
JOBS = 160
EDITS_PER_JOB = 4


def decorate(row, rng):
    """Adds members that a new delete must not copy, modes to inherit, and modes that lead nowhere."""
    for blob in next(iter(row["data_units"].values()))["labels"].values():
        for entry in blob["objects"]:
            if entry.get("event") != "upsert":
                continue
            if entry["shape"] in INTERPOLATED and rng.random() < 0.6:
                entry["interpolate"] = rng.choice(["linear", "linear", "hold"])
            if rng.random() < 0.3:
                entry["isDeleted"] = rng.random() < 0.5
            if rng.random() < 0.3:
                entry["futureEventKey"] = {"nested": [1.50]}
            if rng.random() < 0.2:
                del entry["event"]


def coordinates(rng, shape):
    """Coordinates as the SDK takes them, and as steps say them."""

    def three():
        return [round(rng.uniform(-9, 9), 3) for _ in range(3)]

    if shape == Shape.POINT:
        point = three()
        return PointCoordinate3D(*point), {"point": point}
    if shape == Shape.CUBOID:
        position, orientation, size = three(), three(), three()
        cuboid = CuboidCoordinates(position=tuple(position), orientation=tuple(orientation), size=tuple(size))
        return cuboid, {"cuboid": [position, orientation, size]}
    points = [three() for _ in range(rng.randrange(1, 5))]
    return PolylineCoordinates(values=[PointCoordinate3D(*p) for p in points]), {"polyline": points}


def instant(rng, events):
    """A frame on, beside, between, before or behind events."""
    event = rng.choice(events).frame
    behind = min([e.frame for e in events if e.frame > event], default=event + 1_000_000)
    choices = [event, event, event + 1, event - 1, (event + behind) // 2, (event + behind) // 2, event // 2, 0]
    return max(0, rng.choice(choices))


def is_terminated(events):
    try:
        check_events_terminated(events)
    except LabelRowError:
        return False
    return True


def upsert(rng, instance, step):
    events = instance.get_events()
    frame = instant(rng, events)
    made, wire = coordinates(rng, instance.ontology_item.shape)
    is_there = any(event.frame == frame for event in events)
    step |= {"do": rng.choice(["put", "set"]) if is_there else "put", "frame": frame, "coordinates": wire}
    if frame >= events[-1].frame:
        step["refused"] = True
    else:
        instance.upsert_event(made, frame, overwrite=True)


def end(rng, instance, step):
    events = instance.get_events()
    frame = instant(rng, events)
    step |= {"do": "end_at", "frame": frame}
    if resolve_event_at(events, frame) is None:
        step["refused"] = True
    else:
        instance.delete_event(frame)


def remove(rng, instance, step):
    events = instance.get_events()
    start = rng.choice(events).frame
    width = rng.choice([0, 0, 0, events[-1].frame // 4, events[-1].frame // 2])
    dropped = [event.frame for event in events if start <= event.frame <= start + width]
    step |= {"do": "remove_from", "frames": [[start, start + width]]}
    if not is_terminated([event for event in events if event.frame not in dropped]):
        step["refused"] = True
    elif len(dropped) == 1:
        instance.remove_event(start)
    else:
        # The SDK removes one event at a time; this crate tidies up once, after the last.
        instance._drop_event_frames(dropped)
        instance._prune_after_removal()


def add(rng, case, step):
    shape = rng.choice(SHAPES)
    made, wire = coordinates(rng, shape)
    start = rng.randrange(10**9)
    stop = start + rng.randrange(1, 10**9)
    instance = case.cls(shape).create_instance()
    case.row.add_object_instance(instance)
    instance.upsert_event(made, start)
    instance.delete_event(stop)
    step |= {"do": "during", "class": instance.feature_hash, "hash": instance.object_hash}
    step |= {"start": start, "end": stop, "coordinates": wire}


def edit(rng, case):
    step = {}
    found = [o for o in case.row.get_object_instances() if o.ontology_item.shape in SHAPES and o.get_events()]
    if not found or rng.random() < 0.05:
        add(rng, case, step)
        return step
    instance = rng.choice(found)
    step["hash"] = instance.object_hash
    rng.choice([upsert, upsert, end, end, remove])(rng, instance, step)
    return step


def jobs():
    """Pairs of a generated row, with what the SDK saves after the edits, and the steps."""
    for index in range(JOBS):
        rng = random.Random(index)
        made = make_rows.generate(5000 + index, "scene_events", rng.randrange(3, 12), rng.randrange(2, 9), extras=index % 2 == 0)
        decorate(made["label_row"], rng)
        ontology = sdk_rows.ontology(made["ontology"])
        row = sdk_rows.label_row(ontology, made["label_row"], made["metadata"])
        case = Case(row, ontology.structure, 0)
        steps = [edit(rng, case) for _ in range(EDITS_PER_JOB)]
        made["expected"] = sdk_rows.saved(row)
        yield made, steps
