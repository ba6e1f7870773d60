"""Ontologies with random attributes, for schemas of answers. None has numeric attributes, for which `encord-agents` has no
schema."""

import json
import random

from all_types_ontology import seeded_uuids
from encord.objects import ChecklistAttribute, OntologyStructure, RadioAttribute, Shape, TextAttribute

SHAPES = [Shape.BOUNDING_BOX, Shape.ROTATABLE_BOUNDING_BOX, Shape.POLYGON, Shape.BITMASK]
WORDS = ["Colour", "Is visible", "kind of thing", "state", "2nd state", "Note", "Level", "side of damage"]


def add_options(pick, attribute, depth):
    for index in range(pick.randint(1, 4)):
        option = attribute.add_option(f"{pick.choice(WORDS)} {index}")
        if isinstance(attribute, RadioAttribute) and depth < 2 and pick.random() < 0.4:
            add_attribute(pick, option.add_nested_attribute, depth + 1)


def add_attribute(pick, add, depth=0, **more):
    kind = pick.choice([TextAttribute, RadioAttribute, ChecklistAttribute])
    attribute = add(kind, f"{pick.choice(WORDS)} {pick.randrange(100)}", required=pick.random() < 0.4, **more)
    if kind is not TextAttribute:
        add_options(pick, attribute, depth)


def build(seed):
    """Returns the structure of an ontology as JSON."""
    pick = random.Random(seed)
    seeded_uuids(pick)
    structure = OntologyStructure()
    for index, shape in enumerate(2 * SHAPES):
        item = structure.add_object(name=f"{pick.choice(WORDS)} {index}", shape=shape)
        for _ in range(pick.randrange(4)):
            add_attribute(pick, item.add_attribute, dynamic=pick.random() < 0.3)
    for _ in range(5):
        add_attribute(pick, structure.add_classification().add_attribute)
    made = json.loads(json.dumps(structure.to_dict()))
    # The web editor accepts a choice without options.
    made["objects"][1].setdefault("attributes", []).append(
        {"id": "2.9", "name": "Choice", "type": "radio", "featureNodeHash": f"empt{seed:04}", "required": False,
         "dynamic": False, "options": []}
    )
    return made


def nameless():
    """An ontology whose only attribute has no name, which the web editor accepts, too."""
    attribute = {"id": "1.1", "name": "", "type": "text", "featureNodeHash": "nameless", "required": False, "dynamic": False}
    return {"objects": [], "classifications": [{"id": "1", "featureNodeHash": "clsNoNam", "attributes": [attribute]}]}
