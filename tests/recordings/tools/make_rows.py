"""Label rows of every kind of data, made with the Python SDK at random.

    make_rows.py FOLDER

Writes the rows of `rows/`, their listing entries, their ontologies, what the SDK saves for them, and an index. Equal
arguments give equal files. `generate` makes one row; comparisons in `tests/python` use it with other seeds.

A row is built by the SDK. Then it gets what the platform writes otherwise than the SDK: see `platform_spelling.py`.
"""

import copy
import json
import os
import random
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import sdk_rows  # noqa: E402
from all_types_ontology import build as build_ontology, seeded_uuids  # noqa: E402
from encord.objects import ChecklistAttribute, RadioAttribute, Shape, TextAttribute  # noqa: E402
from encord.objects.attributes import NumericAttribute  # noqa: E402
from encord.objects.coordinates import (  # noqa: E402
    AudioCoordinates,
    HtmlCoordinates,
    TextCoordinates,
    TimeRangeCoordinates,
)
from encord.objects.frames import Range  # noqa: E402
from encord.objects.html_node import HtmlNode, HtmlRange  # noqa: E402
from platform_spelling import spell  # noqa: E402
from random_values import HEIGHT, WIDTH, Values  # noqa: E402

PLANAR = [Shape.BOUNDING_BOX, Shape.ROTATABLE_BOUNDING_BOX, Shape.POLYGON, Shape.POLYLINE, Shape.POINT, Shape.SKELETON,
          Shape.BITMASK, Shape.CUBOID_2D, Shape.CIRCLE, Shape.ELLIPSE]
# Kinds of data whose labels are on frames: data type and MIME type.
FRAMES = {
    "image": ("image", "image/jpeg"),
    "img_group": ("img_group", "image/png"),
    "image_sequence": ("img_group", "image/png"),
    "video": ("video", "video/mp4"),
    "dicom": ("dicom", "application/dicom"),
    "nifti": ("nifti", "application/nifti1"),
    "pdf": ("pdf", "application/pdf"),
}
# Kinds whose labels are on ranges: data type, MIME type, shape and coordinates.
RANGES = {
    "audio": ("audio", "audio/mpeg", Shape.AUDIO, AudioCoordinates),
    "time_series": ("time_series", "text/csv", Shape.TIME_RANGE, TimeRangeCoordinates),
    "plain_text": ("plain_text", "text/plain", Shape.TEXT, TextCoordinates),
    "html": ("plain_text", "text/html", Shape.TEXT, HtmlCoordinates),
}
MODALITIES = [*FRAMES, *RANGES, "scene", "scene_events", "group", "multilayer_image"]
STRUCTURE = build_ontology()
# Length of a continuous scene, in nanoseconds.
SCENE_LENGTH = 60 * 10**9
TEXTS = ["", "plain", 'quotes " and \\ and /', "größer ✓ 漢字 🦀", "tab\tand\nnewline", " blank at both ends ", "null", "-0"]


def space_type(space):
    kind = space._space_info["space_type"]
    return getattr(kind, "value", kind)


class Maker(Values):
    """Makes one row. All choices come from one seed."""

    def __init__(self, seed, classified, density):
        self.random = random.Random(seed)
        self.classified, self.density = classified, density
        self.uuid = seeded_uuids(self.random)
        self.ontology = sdk_rows.ontology(STRUCTURE)
        self.classes = {item.shape: item for item in self.ontology.structure.objects}
        self.numbers = {}

    # Answers.

    def value(self, attribute):
        if isinstance(attribute, TextAttribute):
            return self.random.choice([*TEXTS, "x" * self.random.randint(1, 30)])
        if isinstance(attribute, NumericAttribute):
            return self.random.choice([0, -0.5, 1e21, 1e-7, self.random.randrange(100), self.number(-1000, 1000)])
        if isinstance(attribute, ChecklistAttribute):
            return [option for option in attribute.options if self.random.random() < 0.5]
        return self.random.choice(list(attribute.options))

    def answer(self, instance, attributes, probability=None):
        for attribute in attributes:
            if attribute.dynamic or self.random.random() > (probability or self.density):
                continue
            value = self.value(attribute)
            instance.set_answer(value, attribute)
            if isinstance(attribute, RadioAttribute):
                self.answer(instance, value.attributes, 0.8)

    def answer_on_frames(self, instance, frames, answer=None):
        """Answers dynamic attributes on some runs of the frames."""
        for attribute in instance.ontology_item.attributes:
            if not attribute.dynamic or self.random.random() > self.density:
                continue
            rest = list(frames)
            while rest:
                length = self.random.randint(1, max(1, len(rest) // 2 + 1))
                run, rest = rest[:length], rest[length:]
                value = self.value(attribute)
                if value == [] or self.random.random() < 0.25:
                    continue
                if answer:
                    answer(instance, run, value, attribute)
                else:
                    instance.set_answer(value, attribute, frames=run)

    def answer_on_ranges(self, instance, ranges, longest):
        for attribute in instance.ontology_item.attributes:
            value = self.value(attribute) if attribute.dynamic and self.random.random() < self.density else []
            if value != []:
                chosen = self.random.choice(ranges)
                shortened = Range(chosen.start, min(chosen.end, chosen.start + longest))
                instance.set_answer(value, attribute, frames=shortened)

    # Objects and classifications.

    def instance(self, shape, answered=True):
        number = None
        if self.random.random() < 0.7:
            number = self.numbers[shape] = self.numbers.get(shape, -1) + self.random.randint(1, 2)
        instance = self.classes[shape].create_instance(object_number=number)
        if answered:
            self.answer(instance, instance.ontology_item.attributes)
        return instance

    def object_on_frames(self, row, shape, frames, in_space=False):
        instance = self.instance(shape, answered=False)
        for frame in frames:
            instance.set_for_frames(self.coordinates(shape, in_space), frame, **self.authorship())
        self.answer(instance, instance.ontology_item.attributes)
        row.add_object_instance(instance)
        self.answer_on_frames(instance, frames)

    def classify(self, row, frames=None):
        """Adds classifications of most classes: on frames, or on the whole of data without frames."""
        for item in self.ontology.structure.classifications if self.classified else []:
            if self.random.random() > self.density + 0.15:
                continue
            free = set(range(frames or 0))
            for _ in range(1 if item.is_global or not frames else self.random.randint(1, 3)):
                instance = item.create_instance(range_only=frames is None)
                self.answer(instance, item.attributes, 1.0)
                if item.is_global or not frames:
                    chosen = []
                else:
                    chosen = [frame for frame in self.frames(frames) if frame in free]
                    free -= set(chosen)
                    if not chosen:
                        continue
                instance.set_for_frames(chosen, **self.authorship())
                row.add_classification_instance(instance)

    # Rows.

    def document(self, data_type, title):
        hashes = {key: str(self.uuid()) for key in ("label_hash", "data_hash", "dataset_hash")}
        empty = {key: {} for key in ("object_answers", "classification_answers", "object_actions", "data_units", "spaces")}
        return {
            **hashes, "branch_name": "main", "created_at": "Fri, 01 Mar 2024 09:00:00 UTC",
            "last_edited_at": "Sat, 02 Mar 2024 10:11:12 UTC", "dataset_title": "Random rows", "data_title": title,
            "data_type": data_type, "annotation_task_status": "ASSIGNED", "is_shadow_data": False,
            "label_status": "LABEL_IN_PROGRESS", **empty,
        }

    def unit(self, document, mime, data_hash=None, title=None, sequence=0, **more):
        key = data_hash or document["data_hash"]
        document["data_units"][key] = {
            "data_hash": key, "data_title": document["data_title"] if title is None else title,
            "data_link": f"bucket/{key}", "data_type": mime, "data_sequence": sequence, **more, "labels": {},
        }

    def open(self, document, **known):
        self.entry = sdk_rows.listing_entry(document, **known)
        return sdk_rows.label_row(self.ontology, document, self.entry)

    def on_frames(self, modality, objects, frames):
        data_type, mime = FRAMES[modality]
        document = self.document(data_type, f"{modality} item")
        frames = 1 if modality == "image" else frames
        known = {"number_of_frames": frames}
        size = {"width": WIDTH, "height": HEIGHT}
        if data_type == "img_group":
            for index in range(frames):
                self.unit(document, mime, str(self.uuid()), f"{index}.png", str(index), **size)
        elif data_type == "video":
            self.unit(document, mime, **size, data_fps=25.0, data_duration=frames / 25)
            known |= {"frames_per_second": 25.0, "duration": frames / 25}
        else:
            self.unit(document, mime, **(dict.fromkeys(size, 0) if data_type == "pdf" else size))
        row = self.open(document, **known)
        shapes = [shape for shape in PLANAR if data_type != "pdf" or shape != Shape.BITMASK]
        for index in range(objects):
            self.object_on_frames(row, shapes[index % len(shapes)], self.frames(frames))
        self.classify(row, frames)
        return document, row

    def html_range(self):
        starts, ends = (f"/html[1]/body[1]/div[{self.random.randint(*pair)}]/text()[1]" for pair in ((1, 8), (9, 19)))
        start, end = (HtmlNode(xpath=path, offset=self.random.randrange(50)) for path in (starts, ends))
        return HtmlRange(start=start, end=end)

    def on_ranges(self, modality, objects, frames):
        data_type, mime, shape, coordinates = RANGES[modality]
        document = self.document(data_type, f"{modality} item")
        sound = {"audio_codec": "mp3", "audio_sample_rate": 44100, "audio_bit_depth": 16, "audio_num_channels": 2}
        self.unit(document, mime, **(sound if modality == "audio" else {}))
        end = max(10, 1000 * frames)
        length = float(frames) if modality in ("audio", "time_series") else None
        rate = 1000.0 if modality == "audio" else None
        row = self.open(document, duration=length, frames_per_second=rate, number_of_frames=end + 1)
        for _ in range(objects):
            instance = self.instance(shape, answered=False)
            is_html = modality == "html"
            ranges = [self.html_range() for _ in range(self.random.randint(1, 2))] if is_html else self.ranges(end)
            # The SDK does not keep a confidence here.
            instance.set_for_frames(coordinates(range=ranges), 0, **self.authorship(confidence=False))
            self.answer(instance, instance.ontology_item.attributes)
            row.add_object_instance(instance)
            if not is_html:
                self.answer_on_ranges(instance, instance.range_list, 50)
        self.classify(row)
        return document, row

    def scene(self, objects, frames):
        document = self.document("scene", "scene item")
        empty = {"objects": [], "classifications": []}
        for index in range(frames):
            cloud, image = (f"s3://bucket/scene/{name}-{index}" for name in ("lidar.pcd", "camera.png"))
            about = {"stream_id": "lidar", "event_index": index, "uri": cloud}
            document["spaces"][cloud] = {"space_type": "point_cloud", "scene_info": about, "labels": empty}
            about = {"stream_id": "camera", "event_index": index, "start_frame": 3 * index, "uri": image}
            size = {"width": WIDTH, "height": HEIGHT}
            document["spaces"][image] = {"space_type": "scene_image", "scene_info": about, **size, "labels": empty}
        self.unit(document, "scene", title="")
        row = self.open(document, number_of_frames=frames)
        clouds, images = ([space for space in row.get_spaces() if space_type(space) == kind]
                          for kind in ("point_cloud", "scene_image"))
        for index in range(objects):
            kind = index % 5
            if kind < 3:
                shape = (Shape.CUBOID, Shape.POLYLINE, Shape.POINT)[kind]
                self.object_on_frames(row, shape, self.frames(frames), in_space=True)
            elif kind == 3:
                instance, ranges = self.instance(Shape.SEGMENTATION), self.ranges(5000, self.random.randint(1, 5))
                self.random.choice(clouds).put_object_instance(instance, ranges, **self.authorship())
            else:
                shape = self.random.choice([Shape.BOUNDING_BOX, Shape.POLYGON, Shape.BITMASK, Shape.POINT])
                instance = self.instance(shape)
                for space in self.random.sample(images, self.random.randint(1, len(images))):
                    space.put_object_instance(instance, self.coordinates(shape), **self.authorship())
        self.classify(row, frames)
        return document, row

    def events(self, row, shape, count):
        """Adds an object of a continuous scene: events at points in time, the last of which ends it."""
        instance = self.instance(shape, answered=False)
        row.add_object_instance(instance)
        *times, end = sorted(self.random.sample(range(0, SCENE_LENGTH, 1_000_003), count + 1))
        for time in times:
            modes = [None] if shape == Shape.POLYLINE else [None, "hold", "linear"]
            coordinates = self.coordinates(shape, in_space=True)
            instance.upsert_event(coordinates, time, interpolation=self.random.choice(modes), **self.authorship())
            if self.random.random() < 0.1 and time + 1 < end:
                instance.delete_event(time + 1)
        instance.delete_event(end)
        self.answer(instance, instance.ontology_item.attributes)
        self.answer_on_ranges(instance, instance.get_ranges(), 10**6)

    def scene_events(self, objects, frames):
        document = self.document("scene", "continuous scene")
        self.unit(document, "scene", title="")
        document["scene"] = {"isContinuous": True, "startTime": 17 * 10**17, "durationNs": SCENE_LENGTH}
        row = self.open(document, number_of_frames=0)
        for index in range(objects):
            kind = index % 5
            if kind < 3:
                self.events(row, (Shape.CUBOID, Shape.POINT, Shape.POLYLINE)[kind], max(2, min(frames, 40)))
            elif kind == 3:
                space = row.get_space(id=f"lidar@{self.random.randrange(SCENE_LENGTH)}", type_="point_cloud")
                space.put_object_instance(self.instance(Shape.SEGMENTATION), self.ranges(5000, 3), **self.authorship())
            else:
                space = row.get_space(id=f"/imu/{self.random.randrange(3)}", type_="time_series")
                ranges = self.ranges(SCENE_LENGTH // 10**6, 2)
                space.put_object_instance(self.instance(Shape.TIME_RANGE), ranges, **self.authorship(confidence=False))
        self.classify(row)
        return document, row

    def group_spaces(self, frames):
        size, count = {"width": WIDTH, "height": HEIGHT}, {"number_of_frames": frames}
        images = [{"data_uuid": str(self.uuid()), "data_type": "image/png", "data_sequence": index, "data_link": f"link-{index}",
                   "data_title": f"{index}.png"} for index in range(frames)]
        slices = [{**size, "instance_uid": f"1.2.{index}", "file_name": f"{index}.dcm"} for index in range(frames)]
        about = {
            "video": {**size, **count, "data_duration": frames / 25, "data_fps": 25.0},
            "image": size,
            "image_sequence": {**size, **count, "frames": images},
            "audio": {"duration_ms": 60000},
            "text": {},
            "html": {},
            "medical_file": {**size, **count},
            "medical_stack": {"frames": slices},
            "pdf": {"number_of_pages": frames},
            "time_series": {},
        }

        def space(kind, more):
            child = {"layout_key": kind, "file_name": f"file of {kind}", "data_link": None}
            return {"space_type": kind, "child_info": child, **more, "labels": {}}

        return {str(self.uuid()): space(kind, more) for kind, more in about.items()}

    def put(self, space, frames):
        """Adds an object to a space of a group."""
        kind = space_type(space)
        if kind in ("audio", "text", "time_series", "html"):
            shape = {"audio": Shape.AUDIO, "time_series": Shape.TIME_RANGE}.get(kind, Shape.TEXT)
            instance = self.instance(shape)
            where = self.html_range() if kind == "html" else self.ranges(50000)
            return space.put_object_instance(instance, where, **self.authorship(confidence=False))
        shape = self.random.choice([shape for shape in PLANAR if kind != "pdf" or shape != Shape.BITMASK])
        instance = self.instance(shape)
        if kind == "image":
            return space.put_object_instance(instance, self.coordinates(shape), **self.authorship())
        chosen = self.frames(frames)
        for frame in chosen:
            space.put_object_instance(instance, frame, self.coordinates(shape), **self.authorship())
        if kind in ("video", "image_sequence"):
            self.answer_on_frames(instance, chosen, space.set_dynamic_answer)

    def group(self, modality, objects, frames):
        document = self.document("group", f"{modality} item")
        self.unit(document, "group", title="")
        del document["data_units"][document["data_hash"]]["data_link"]
        if modality == "group":
            document["spaces"] = self.group_spaces(frames)
        else:
            about = {"width": WIDTH, "height": HEIGHT, "root_info": {"file_name": "layers"}}
            document["spaces"]["root"] = {"space_type": "image", **about, "labels": {}}
        row = self.open(document, number_of_frames=1)
        spaces = row.get_spaces()
        for index in range(objects):
            self.put(spaces[index % len(spaces)], frames)
        for space in spaces:
            has_frames = space_type(space) in ("video", "image_sequence", "medical_file", "medical_stack", "pdf")
            for item in self.ontology.structure.classifications if self.classified else []:
                if self.random.random() < 0.6:
                    continue
                instance = item.create_instance()
                self.answer(instance, item.attributes, 1.0)
                where = [self.frames(frames)] if has_frames and not item.is_global else []
                space.put_classification_instance(instance, *where, **self.authorship())
        return document, row

    def make(self, modality, objects, frames):
        """Returns the row as the SDK saves it, with the members that a save leaves out."""
        if modality in FRAMES:
            document, row = self.on_frames(modality, objects, frames)
        elif modality in RANGES:
            document, row = self.on_ranges(modality, objects, frames)
        elif modality in ("scene", "scene_events"):
            document, row = getattr(self, modality)(objects, frames)
        else:
            document, row = self.group(modality, objects, frames)
        made = sdk_rows.saved(row)
        for key, space in made["spaces"].items():
            for name, value in document["spaces"].get(key, {}).items():
                space.setdefault(name, copy.deepcopy(value))
        return made


def generate(seed, modality, objects, frames, extras=False, classified=True, density=0.7):
    """Makes a row. With `extras`, it has members that no client knows. `density` is the share of attributes that have an
    answer."""
    maker = Maker(seed, classified, density)
    made = maker.make(modality, objects, frames)
    row = spell(made, modality, maker, extras)
    expected = sdk_rows.saved(sdk_rows.label_row(STRUCTURE, row, maker.entry))
    return {"ontology": STRUCTURE, "metadata": json.loads(json.dumps(maker.entry)), "label_row": row, "expected_save": expected}


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The SDK iterates over a set of strings.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    from row_set import make_all

    make_all(Path(sys.argv[1]), generate)
