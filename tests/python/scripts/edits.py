"""Kinds of edit, each made with the Python SDK and written down for this crate.

`KINDS` maps a name to a function of a `Case`. It edits `case.row` with the SDK and returns the same edit as a list of
steps, which `labels_python/steps.rs` makes.
"""

from encord.objects import Shape
from encord.objects.attributes import ChecklistAttribute, NumericAttribute, RadioAttribute, TextAttribute
from encord.objects.bitmask import BitmaskCoordinates
from encord.objects.coordinates import (
    AudioCoordinates,
    BoundingBoxCoordinates,
    CircleCoordinates,
    Cuboid2DIsometricCoordinates,
    Cuboid2DPerspectiveCoordinates,
    CuboidCoordinates,
    EllipseCoordinates,
    HtmlCoordinates,
    PointCoordinate,
    PointCoordinate3D,
    PolygonCoordinates,
    PolylineCoordinates,
    RotatableBoundingBoxCoordinates,
    SkeletonCoordinate,
    SkeletonCoordinates,
    TextCoordinates,
    TimeRangeCoordinates,
)
from encord.objects.frames import Range
from encord.objects.html_node import HtmlNode, HtmlRange

KINDS = {}


def kind(*modalities):
    def keep(function):
        KINDS[function.__name__] = (modalities, function)
        return function

    return keep


class Case:
    """A row of the SDK with its ontology."""

    def __init__(self, row, structure, frames):
        self.row, self.structure, self.frames = row, structure, frames

    def cls(self, shape):
        return next(o for o in self.structure.objects if o.shape == shape)

    def objects(self, shape=None):
        found = [o for o in self.row.get_object_instances() if shape is None or o.ontology_item.shape == shape]
        assert found, f"the generated row has no {shape}"
        return found

    def attribute(self, owner, type_, dynamic=False):
        return next(a for a in owner.attributes if type(a) is type_ and a.dynamic == dynamic)

    def classification(self, type_, is_global):
        return next(
            c for c in self.structure.classifications if type(c.attributes[0]) is type_ and c.is_global == is_global
        )

    def space(self, type_name):
        for space in self.row.get_spaces():
            name = space._space_info["space_type"]
            if getattr(name, "value", name) == type_name:
                return space
        raise AssertionError(f"no space of type {type_name}")

    def add(self, shape, coordinates, wire, frame=1):
        instance = self.cls(shape).create_instance()
        instance.set_for_frames(coordinates, frame)
        self.row.add_object_instance(instance)
        return [
            {
                "do": "add",
                "class": instance.feature_hash,
                "hash": instance.object_hash,
                "frame": frame,
                "coordinates": wire,
            }
        ]


BOX = BoundingBoxCoordinates(height=0.25, width=0.5, top_left_x=0.125, top_left_y=0.0625)
BOX_WIRE = {"bounding_box": [0.125, 0.0625, 0.5, 0.25]}


@kind("video", "image", "img_group", "dicom", "nifti", "pdf")
def add_bounding_box(c):
    return c.add(Shape.BOUNDING_BOX, BOX, BOX_WIRE, 0)


@kind("video")
def add_rotatable_bounding_box(c):
    box = RotatableBoundingBoxCoordinates(height=0.25, width=0.5, top_left_x=0.1, top_left_y=0.2, theta=30.5)
    return c.add(Shape.ROTATABLE_BOUNDING_BOX, box, {"rotatable_bounding_box": [0.1, 0.2, 0.5, 0.25, 30.5]})


@kind("video", "dicom")
def add_polygon_with_a_hole(c):
    rings = [[[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9)], [(0.3, 0.2), (0.5, 0.2), (0.5, 0.4)]], [[(0.0, 0.0), (0.1, 0.0), (0.0, 0.05)]]]
    points = [[[PointCoordinate(x, y) for x, y in ring] for ring in polygon] for polygon in rings]
    return c.add(Shape.POLYGON, PolygonCoordinates(polygons=points), {"polygon": rings})


@kind("video")
def add_polyline(c):
    points = [(0.1, 0.2), (0.3, 0.4), (0.5, 0.1)]
    return c.add(Shape.POLYLINE, PolylineCoordinates(values=[PointCoordinate(*p) for p in points]), {"polyline": points})


@kind("video", "nifti")
def add_point(c):
    return c.add(Shape.POINT, PointCoordinate(0.25, 0.75), {"point": [0.25, 0.75]})


@kind("video")
def add_skeleton(c):
    names = [f"point_{i}" for i in range(12)]
    points = [
        SkeletonCoordinate(x=i / 16, y=0.5, name=name, color="#000000", value=name, feature_hash=f"vtx{i:02}ABC")
        for i, name in enumerate(names)
    ]
    return c.add(Shape.SKELETON, SkeletonCoordinates(name="Quad", values=points), {"skeleton": [[i / 16, 0.5] for i in range(12)]})


@kind("video", "image")
def add_bitmask(c):
    width, height = 64, 48
    rows = bytearray(width * height)
    for y in range(10, 20):
        for x in range(5, 40):
            rows[y * width + x] = 1
    from encord.common.bitmask_operations import serialise_bitmask

    mask = BitmaskCoordinates.EncodedBitmask(top=0, left=0, height=height, width=width, rle_string=serialise_bitmask(bytes(rows)))
    return c.add(Shape.BITMASK, BitmaskCoordinates(mask), {"bitmask": [width, height, list(rows)]}, 0)


@kind("video")
def add_circle(c):
    circle = CircleCoordinates(center_x=0.5, center_y=0.25, radius=0.125, stretch=1.0, theta=0.0)
    return c.add(Shape.CIRCLE, circle, {"circle": [0.5, 0.25, 0.125]})


@kind("video")
def add_ellipse(c):
    ellipse = EllipseCoordinates(center_x=0.5, center_y=0.25, rx=0.125, ry=0.0625, theta=45.5)
    return c.add(Shape.ELLIPSE, ellipse, {"ellipse": [0.5, 0.25, 0.125, 0.0625, 45.5]})


@kind("video")
def add_cuboid_2d_in_perspective(c):
    front = [(0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4)]
    points = [PointCoordinate(*p) for p in front]
    cuboid = Cuboid2DPerspectiveCoordinates(front=points, vanishing_point=PointCoordinate(0.5, 0.5), scale_ratio=0.75)
    return c.add(Shape.CUBOID_2D, cuboid, {"cuboid_2d": {"front": front, "vanishing_point": [0.5, 0.5], "scale_ratio": 0.75}})


@kind("video")
def add_isometric_cuboid_2d(c):
    front = [(0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4)]
    cuboid = Cuboid2DIsometricCoordinates(front=[PointCoordinate(*p) for p in front], offset=PointCoordinate(0.1, -0.05))
    return c.add(Shape.CUBOID_2D, cuboid, {"cuboid_2d": {"front": front, "offset": [0.1, -0.05]}})


@kind("video", "dicom")
def put_on_another_frame(c):
    instance = c.objects(Shape.BOUNDING_BOX)[0]
    free = next(f for f in range(c.frames) if f not in [a.frame for a in instance.get_annotations()])
    instance.set_for_frames(BOX, free)
    return [{"do": "put", "hash": instance.object_hash, "frame": free, "coordinates": BOX_WIRE}]


def replace(c, shape, coordinates, wire):
    instance = c.objects(shape)[0]
    annotation = instance.get_annotations()[0]
    annotation.coordinates = coordinates
    return [{"do": "set", "hash": instance.object_hash, "frame": annotation.frame, "coordinates": wire}]


@kind("video", "image", "img_group", "pdf")
def change_a_bounding_box(c):
    return replace(c, Shape.BOUNDING_BOX, BOX, BOX_WIRE)


@kind("video", "image")
def change_a_polygon(c):
    ring = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9)]
    polygon = PolygonCoordinates(values=[PointCoordinate(*p) for p in ring])
    return replace(c, Shape.POLYGON, polygon, {"polygon": [[ring]]})


@kind("video")
def change_a_polyline(c):
    points = [(0.1, 0.2), (0.3, 0.4)]
    line = PolylineCoordinates(values=[PointCoordinate(*p) for p in points])
    return replace(c, Shape.POLYLINE, line, {"polyline": points})


@kind("video")
def move_one_vertex_of_a_skeleton(c):
    instance = c.objects(Shape.SKELETON)[0]
    annotation = instance.get_annotations()[0]
    annotation.coordinates.values[3].x = 0.875
    return [{"do": "vertex", "hash": instance.object_hash, "frame": annotation.frame, "name": annotation.coordinates.values[3].name, "x": 0.875}]


@kind("video")
def remove_from_a_frame(c):
    instance = next(o for o in c.objects() if len(o.get_annotations()) > 1)
    frame = instance.get_annotations()[0].frame
    instance.remove_from_frames(frame)
    return [{"do": "remove_from", "hash": instance.object_hash, "frames": [[frame, frame]]}]


@kind("video", "image", "img_group", "dicom", "nifti", "pdf", "audio", "plain_text", "html", "scene", "scene_events")
def delete_an_object(c):
    instance = c.objects()[0]
    c.row.remove_object(instance)
    return [{"do": "delete", "hash": instance.object_hash}]


def answer(instance, value, attribute, wire, **steps):
    instance.set_answer(value, attribute, overwrite=True)
    return [{"do": "answer", "hash": instance.object_hash, "attribute": attribute.feature_node_hash, "answer": wire, **steps}]


@kind("video", "image", "audio", "html")
def answer_text(c):
    instance = c.objects()[0]
    return answer(instance, "héllo \"there\"", c.attribute(instance.ontology_item, TextAttribute), "héllo \"there\"")


@kind("video", "plain_text")
def answer_a_number(c):
    instance = c.objects()[0]
    return answer(instance, 12.5, c.attribute(instance.ontology_item, NumericAttribute), 12.5)


@kind("video")
def answer_a_whole_number(c):
    instance = c.objects()[0]
    return answer(instance, 7, c.attribute(instance.ontology_item, NumericAttribute), 7)


@kind("video", "dicom", "audio")
def answer_a_radio(c):
    instance = c.objects()[0]
    radio = c.attribute(instance.ontology_item, RadioAttribute)
    return answer(instance, radio.options[0], radio, radio.options[0].title)


@kind("video")
def answer_below_an_option(c):
    instance = c.objects()[0]
    radio = c.attribute(instance.ontology_item, RadioAttribute)
    option = radio.options[1]
    nested = next(a for a in option.attributes if type(a) is ChecklistAttribute)
    steps = answer(instance, option, radio, option.title)
    return steps + answer(instance, [nested.options[1]], nested, [nested.options[1].title])


@kind("video", "image", "plain_text")
def answer_a_checklist(c):
    instance = c.objects()[0]
    flags = c.attribute(instance.ontology_item, ChecklistAttribute)
    return answer(instance, [flags.options[2], flags.options[0]], flags, [flags.options[2].title, flags.options[0].title])


@kind("video")
def clear_an_answer(c):
    for instance in c.objects():
        attribute = c.attribute(instance.ontology_item, TextAttribute)
        if instance.get_answer(attribute) is not None:
            instance.delete_answer(attribute)
            return [{"do": "clear", "hash": instance.object_hash, "attribute": attribute.feature_node_hash}]
    raise AssertionError("no object has a text answer")


def tracked(c):
    return next(o for o in c.objects() if len(o.get_annotations()) >= 3)


@kind("video", "dicom")
def answer_a_dynamic_radio_over_a_range(c):
    instance = tracked(c)
    radio = c.attribute(instance.ontology_item, RadioAttribute, dynamic=True)
    frames = [a.frame for a in instance.get_annotations()]
    instance.set_answer(radio.options[0], radio, frames=Range(frames[0], frames[1]))
    return [{"do": "answer_on", "hash": instance.object_hash, "attribute": radio.feature_node_hash, "answer": "On", "frames": [[frames[0], frames[1]]]}]


@kind("video")
def answer_a_dynamic_checklist_over_a_range(c):
    instance = tracked(c)
    flags = c.attribute(instance.ontology_item, ChecklistAttribute, dynamic=True)
    frames = [a.frame for a in instance.get_annotations()]
    instance.set_answer([flags.options[0], flags.options[2]], flags, frames=Range(frames[1], frames[2]))
    names = [flags.options[0].title, flags.options[2].title]
    return [{"do": "answer_on", "hash": instance.object_hash, "attribute": flags.feature_node_hash, "answer": names, "frames": [[frames[1], frames[2]]]}]


@kind("video", "img_group")
def answer_a_dynamic_text_everywhere(c):
    instance = tracked(c)
    return answer(instance, "all along", c.attribute(instance.ontology_item, TextAttribute, dynamic=True), "all along")


@kind("video")
def clear_a_dynamic_answer(c):
    for instance in c.objects():
        for type_ in (RadioAttribute, TextAttribute, NumericAttribute, ChecklistAttribute):
            attribute = c.attribute(instance.ontology_item, type_, dynamic=True)
            if len(instance.get_answer(attribute)) > 0:
                instance.delete_answer(attribute)
                return [{"do": "clear", "hash": instance.object_hash, "attribute": attribute.feature_node_hash}]
    raise AssertionError("no dynamic answer")


@kind("video", "image")
def change_the_confidence(c):
    instance = c.objects()[0]
    annotation = instance.get_annotations()[0]
    annotation.confidence = 0.375
    return [{"do": "confidence", "hash": instance.object_hash, "frame": annotation.frame, "confidence": 0.375}]


@kind("video")
def mark_as_automatic(c):
    instance = c.objects()[0]
    annotation = instance.get_annotations()[0]
    annotation.manual_annotation = False
    return [{"do": "manual", "hash": instance.object_hash, "frame": annotation.frame, "manual": False}]


@kind("video")
def change_the_object_number(c):
    instance = c.objects()[0]
    instance.object_number = 4711
    return [{"do": "number", "hash": instance.object_hash, "number": 4711}]


def free_classification(c, type_):
    cls = c.classification(type_, False)
    for instance in c.row.get_classification_instances():
        if instance.ontology_item.feature_node_hash == cls.feature_node_hash:
            c.row.remove_classification(instance)
            yield {"do": "delete_classification", "hash": instance.classification_hash}


@kind("video", "dicom", "img_group", "pdf", "nifti")
def classify_frames(c):
    steps = list(free_classification(c, RadioAttribute))
    cls = c.classification(RadioAttribute, False)
    instance = cls.create_instance()
    radio = cls.attributes[0]
    instance.set_answer(radio.options[0])
    instance.set_for_frames([0, 1, 2])
    c.row.add_classification_instance(instance)
    return steps + [{"do": "classify", "class": cls.feature_node_hash, "hash": instance.classification_hash, "answer": radio.options[0].title, "frames": [[0, 2]]}]


@kind("video", "audio")
def classify_globally(c):
    cls = c.classification(TextAttribute, True)
    steps = []
    for old in c.row.get_classification_instances():
        if old.ontology_item.feature_node_hash == cls.feature_node_hash:
            c.row.remove_classification(old)
            steps.append({"do": "delete_classification", "hash": old.classification_hash})
    instance = cls.create_instance(range_only=not c.row.data_type.value == "video")
    instance.set_answer("everywhere")
    instance.set_for_frames([])
    c.row.add_classification_instance(instance)
    return steps + [{"do": "classify", "class": cls.feature_node_hash, "hash": instance.classification_hash, "answer": "everywhere", "frames": []}]


def first_classification(c, is_global=False):
    return next(i for i in c.row.get_classification_instances() if i.is_global() == is_global and len(i.ontology_item.attributes[0].options if hasattr(i.ontology_item.attributes[0], "options") else []) > 0)


@kind("video", "plain_text", "dicom")
def answer_a_classification(c):
    instance = first_classification(c)
    attribute = instance.ontology_item.attributes[0]
    one = attribute.options[0]
    value = one if type(attribute) is RadioAttribute else [one]
    instance.set_answer(value, attribute, overwrite=True)
    return [{"do": "answer_classification", "hash": instance.classification_hash, "attribute": attribute.feature_node_hash, "answer": [one.title]}]


@kind("video")
def put_a_classification_on_more_frames(c):
    steps = classify_frames(c)
    instance = c.row.get_classification_instances()[-1]
    instance.set_for_frames([5, 6])
    return steps + [{"do": "add_to", "hash": instance.classification_hash, "frames": [[5, 6]]}]


@kind("video")
def take_a_classification_off_frames(c):
    steps = classify_frames(c)
    instance = c.row.get_classification_instances()[-1]
    instance.remove_from_frames([1])
    return steps + [{"do": "unclassify", "hash": instance.classification_hash, "frames": [[1, 1]]}]


@kind("video", "image", "audio", "html")
def delete_a_classification(c):
    instance = c.row.get_classification_instances()[0]
    c.row.remove_classification(instance)
    return [{"do": "delete_classification", "hash": instance.classification_hash}]


def over(c, shape, coordinates, ranges):
    instance = c.cls(shape).create_instance()
    instance.set_for_frames(coordinates)
    c.row.add_object_instance(instance)
    return [{"do": "over", "class": instance.feature_hash, "hash": instance.object_hash, "ranges": ranges}]


@kind("audio")
def add_over_a_sound(c):
    return over(c, Shape.AUDIO, AudioCoordinates(range=[Range(5, 9), Range(10, 20), Range(100, 200)]), [[5, 9], [10, 20], [100, 200]])


@kind("time_series")
def add_over_a_time_series(c):
    return over(c, Shape.TIME_RANGE, TimeRangeCoordinates(range=[Range(5, 9)]), [[5, 9]])


@kind("plain_text")
def add_over_a_text(c):
    return over(c, Shape.TEXT, TextCoordinates(range=[Range(0, 4), Range(3, 30)]), [[0, 4], [3, 30]])


@kind("html")
def add_over_a_page(c):
    instance = c.cls(Shape.TEXT).create_instance()
    instance.set_for_frames(HtmlCoordinates(range=[HtmlRange(start=HtmlNode(xpath="/html[1]/p[1]", offset=1), end=HtmlNode(xpath="/html[1]/p[2]", offset=9))]))
    c.row.add_object_instance(instance)
    return [{"do": "over_html", "class": instance.feature_hash, "hash": instance.object_hash, "html": [["/html[1]/p[1]", 1, "/html[1]/p[2]", 9]]}]


@kind("audio", "plain_text")
def change_the_ranges(c):
    instance = c.objects()[0]
    coordinates = AudioCoordinates if c.row.data_type.value == "audio" else TextCoordinates
    instance.set_for_frames(coordinates(range=[Range(1, 2), Range(40, 50)]), overwrite=True)
    return [{"do": "set_ranges", "hash": instance.object_hash, "ranges": [[1, 2], [40, 50]]}]


@kind("group")
def add_on_a_video_of_a_group(c):
    space = c.space("video")
    instance = c.cls(Shape.BOUNDING_BOX).create_instance()
    space.put_object_instance(instance, [1, 2], BOX)
    return [{"do": "add", "class": instance.feature_hash, "hash": instance.object_hash, "frame": 1, "space": space.space_id, "coordinates": BOX_WIRE},
            {"do": "put", "hash": instance.object_hash, "frame": 2, "space": space.space_id, "coordinates": BOX_WIRE}]


@kind("group")
def add_on_an_image_of_a_group(c):
    space = c.space("image")
    instance = c.cls(Shape.POINT).create_instance()
    space.put_object_instance(instance, PointCoordinate(0.5, 0.25))
    return [{"do": "add", "class": instance.feature_hash, "hash": instance.object_hash, "frame": 0, "space": space.space_id, "coordinates": {"point": [0.5, 0.25]}}]


@kind("group")
def add_over_a_sound_of_a_group(c):
    space = c.space("audio")
    instance = c.cls(Shape.AUDIO).create_instance()
    space.put_object_instance(instance, [Range(5, 9), Range(20, 30)])
    return [{"do": "over", "class": instance.feature_hash, "hash": instance.object_hash, "space": space.space_id, "ranges": [[5, 9], [20, 30]]}]


@kind("group")
def add_over_a_page_of_a_group(c):
    space = c.space("html")
    instance = c.cls(Shape.TEXT).create_instance()
    space.put_object_instance(instance, HtmlRange(start=HtmlNode(xpath="/html[1]/p[1]", offset=1), end=HtmlNode(xpath="/html[1]/p[2]", offset=9)))
    return [{"do": "over_html", "class": instance.feature_hash, "hash": instance.object_hash, "space": space.space_id, "html": [["/html[1]/p[1]", 1, "/html[1]/p[2]", 9]]}]


@kind("group")
def classify_frames_of_a_group(c):
    space = c.space("video")
    cls = c.classification(TextAttribute, False)
    taken = [old.ontology_item.feature_node_hash for old in space.get_classification_instances()]
    assert cls.feature_node_hash not in taken, "the class must be free on the video"
    instance = cls.create_instance()
    instance.set_answer("two frames")
    space.put_classification_instance(instance, [0, 1])
    return [{"do": "classify", "class": cls.feature_node_hash, "hash": instance.classification_hash, "answer": "two frames", "frames": [[0, 1]], "space": space.space_id}]


@kind("group")
def delete_on_a_group(c):
    space = c.space("video")
    instance = space.get_object_instances()[0]
    space.remove_object_instance(instance.object_hash)
    return [{"do": "remove_from_space", "hash": instance.object_hash, "space": space.space_id}]


@kind("scene")
def add_a_cuboid(c):
    cuboid = CuboidCoordinates(position=(1.0, 2.0, 3.0), orientation=(0.1, 0.2, 0.3), size=(4.0, 5.0, 6.0))
    return c.add(Shape.CUBOID, cuboid, {"cuboid": [[1.0, 2.0, 3.0], [0.1, 0.2, 0.3], [4.0, 5.0, 6.0]]}, 2)


@kind("scene")
def add_points_of_a_cloud(c):
    space = c.space("point_cloud")
    instance = c.cls(Shape.SEGMENTATION).create_instance()
    space.put_object_instance(instance, [Range(3, 9), Range(50, 60)])
    return [{"do": "add", "class": instance.feature_hash, "hash": instance.object_hash, "frame": 0, "space": space.space_id, "coordinates": {"segmentation": [[3, 9], [50, 60]]}}]


@kind("scene")
def add_on_an_image_of_a_scene(c):
    space = c.space("scene_image")
    instance = c.cls(Shape.BOUNDING_BOX).create_instance()
    space.put_object_instance(instance, BOX)
    return [{"do": "add", "class": instance.feature_hash, "hash": instance.object_hash, "frame": 0, "space": space.space_id, "coordinates": BOX_WIRE}]


@kind("scene_events")
def add_during(c):
    instance = c.cls(Shape.POINT).create_instance()
    c.row.add_object_instance(instance)
    instance.upsert_event(PointCoordinate3D(1.0, 2.0, 3.0), 1000)
    instance.delete_event(9000)
    return [{"do": "during", "class": instance.feature_hash, "hash": instance.object_hash, "start": 1000, "end": 9000, "coordinates": {"point": [1.0, 2.0, 3.0]}}]


@kind("scene_events")
def end_earlier(c):
    instance = c.objects(Shape.CUBOID)[0]
    first = instance.get_events()[0].frame
    instance.delete_event(first + 500)
    return [{"do": "end_at", "hash": instance.object_hash, "frame": first + 500}]
