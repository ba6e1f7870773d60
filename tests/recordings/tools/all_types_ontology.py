"""An ontology with a class of every shape, and attributes of every type: nested, dynamic, required and global."""

import json
import random
import uuid

from encord.objects import ChecklistAttribute, OntologyStructure, RadioAttribute, Shape, TextAttribute, ontology_structure
from encord.objects.attributes import NumericAttribute
from encord.objects.classification import OntologyClassificationLevel
from encord.objects.skeleton_template import SkeletonTemplate, SkeletonTemplateCoordinate

SKELETON = "Quad"
# More than ten, so that keys sorted as text are in another order than keys sorted as numbers.
POINTS = 12
SEED = 20240301


def point_hash(index):
    return f"vtx{index:02}ABC"


def seeded_uuids(source):
    """Makes the SDK take the UUIDs of new objects from a source of random numbers. Returns the function."""

    def seeded():
        return uuid.UUID(int=source.getrandbits(128), version=4)

    uuid.uuid4 = ontology_structure.uuid4 = seeded
    return seeded


def skeleton_template():
    def point(index):
        name = f"point_{index}"
        x, y = round(index / POINTS, 4), round(index % 3 / 3, 4)
        return SkeletonTemplateCoordinate(x=x, y=y, name=name, value=name, color="#000000", feature_hash=point_hash(index))

    points = {str(index): point(index) for index in range(POINTS)}
    edges = {str(index): {str(index + 1): {"color": "#000000"}} for index in range(3)}
    return SkeletonTemplate(name=SKELETON, width=0.25, height=0.5, shape="skeleton", skeleton=points, skeleton_edges=edges)


def add_attributes(item, shape):
    item.add_attribute(TextAttribute, f"{shape.value} note", required=False)
    item.add_attribute(NumericAttribute, f"{shape.value} number", required=False)
    flags = item.add_attribute(ChecklistAttribute, f"{shape.value} flags", required=True)
    for index in range(3):
        flags.add_option(f"Flag {index}")
    kind = item.add_attribute(RadioAttribute, f"{shape.value} kind")
    kind.add_option("Simple")
    special = kind.add_option("Special")
    nested = special.add_nested_attribute(RadioAttribute, "Sort", required=True)
    for index in range(2):
        sort = nested.add_option(f"Sort {index}", value=f"another-value-{index}")
        sort.add_nested_attribute(TextAttribute, f"Reason {index}")
    parts = special.add_nested_attribute(ChecklistAttribute, "Parts")
    parts.add_option("Top")
    parts.add_option("Bottom")
    special.add_nested_attribute(NumericAttribute, "Age")


def add_dynamic_attributes(item):
    item.add_attribute(TextAttribute, "Dynamic text", dynamic=True)
    item.add_attribute(NumericAttribute, "Dynamic number", dynamic=True)
    state = item.add_attribute(RadioAttribute, "Dynamic state", dynamic=True)
    state.add_option("On")
    state.add_option("Off").add_nested_attribute(TextAttribute, "Cause")
    flags = item.add_attribute(ChecklistAttribute, "Dynamic flags", dynamic=True)
    for index in range(3):
        flags.add_option(f"Dynamic flag {index}")


def add_classification(structure, kind, level):
    item = structure.add_classification(level=level)
    name = f"{kind.__name__.removesuffix('Attribute')} of {'the data' if level else 'frames'}"
    attribute = item.add_attribute(kind, name, required=bool(level))
    if kind is ChecklistAttribute:
        for index in range(3):
            attribute.add_option(f"Check {index}")
    elif kind is RadioAttribute:
        attribute.add_option("First choice")
        second = attribute.add_option("Second choice")
        second.add_nested_attribute(TextAttribute, "Remark")
        marks = second.add_nested_attribute(ChecklistAttribute, "Marks")
        marks.add_option("p")
        marks.add_option("q")


def build():
    """Returns the structure as JSON."""
    seeded_uuids(random.Random(SEED))
    structure = OntologyStructure()
    for shape in Shape:
        if shape == Shape.SKELETON:
            item, _ = structure.add_skeleton_object(name=SKELETON, skeleton_template=skeleton_template())
        else:
            item = structure.add_object(name=f"{shape.value.replace('_', ' ').title()} ü", shape=shape)
        add_attributes(item, shape)
        if shape != Shape.SEGMENTATION:
            add_dynamic_attributes(item)
    whole = OntologyClassificationLevel.GLOBAL
    for kind in (TextAttribute, RadioAttribute, ChecklistAttribute, NumericAttribute):
        add_classification(structure, kind, None)
    for kind in (RadioAttribute, ChecklistAttribute, TextAttribute):
        add_classification(structure, kind, whole)
    return json.loads(json.dumps(structure.to_dict()))
