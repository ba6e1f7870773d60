"""The ontology: classes of most image shapes, attributes of every type, nested and dynamic attributes, classifications."""

from names import class_hash, short_hash


def radio(name, *options, **flags):
    """A radio attribute. Options are labels, or labels with nested attributes."""
    return {"name": name, "type": "radio", "options": options, **flags}


def checklist(name, *options, **flags):
    """A checklist attribute."""
    return {"name": name, "type": "checklist", "options": options, **flags}


def text(name, **flags):
    """A text attribute."""
    return {"name": name, "type": "text", **flags}


def numeric(name, **flags):
    """A numeric attribute."""
    return {"name": name, "type": "numeric", **flags}


def _item_attributes():
    """Attributes of items, the same for all shapes: agents that convert shapes transfer the answers by name."""
    contents = checklist("Contents", "Coffee", "Crema", "Water")
    crockery = radio("Piece", ("Cup", contents, text("Pattern")), "Rim", "Saucer", "Spoon")
    spacecraft = radio("Part", "Helmet", "Rocket", "Shuttle", "Suit")
    return [
        radio(
            "Kind", ("Crockery", crockery), ("Spaceflight", spacecraft), ("Person", text("Who")),
            ("Tool", text("What for")), "Building", required=True,
        ),
        numeric("Hidden share"),
        text("Note"),
    ]


# Vertices of the skeleton: name, position in the template (0 to 1), and connected vertices.
UPPER_BODY = {
    "nose": (0.5, 0.16, []), "left eye": (0.55, 0.11, ["nose"]), "right eye": (0.45, 0.11, ["nose"]),
    "left ear": (0.62, 0.14, ["left eye"]), "right ear": (0.38, 0.14, ["right eye"]),
    "neck": (0.5, 0.34, ["nose"]), "left shoulder": (0.8, 0.42, ["neck"]), "right shoulder": (0.2, 0.42, ["neck"]),
    "left elbow": (0.9, 0.7, ["left shoulder"]), "right elbow": (0.1, 0.7, ["right shoulder"]),
    "left wrist": (0.8, 0.95, ["left elbow"]), "right wrist": (0.2, 0.95, ["right elbow"]),
}

OBJECTS = [
    ("Coin", "#D33115", "bounding_box", [
        radio("Metal", "Silver", "Bronze", ("Not sure", text("Why")), required=True),
        text("Inscription"),
        numeric("Diameter"),
        radio("Motion", "Still", "Sliding", ("Hidden", text("Behind")), dynamic=True),
        checklist("In the way", "Crockery", "Edge of the frame", dynamic=True),
    ]),
    ("Item box", "#009CE0", "bounding_box", _item_attributes()),
    ("Item outline", "#A4DD00", "polygon", _item_attributes()),
    ("Item mask", "#FCDC00", "bitmask", _item_attributes()),
    ("Item rotated box", "#F44E3B", "rotatable_bounding_box", _item_attributes()),
    ("Upper body", "#FDA1FF", "skeleton", [text("Activity"), checklist("Hidden parts", "Arms", "Shoulders")]),
    ("Face", "#68CCCA", "bounding_box", [radio("Of", "Person", ("Animal", text("Species"))), text("Expression")]),
    ("Eye", "#7B64FF", "ellipse", []),
    ("Whisker", "#FFFFFF", "polyline", []),
    ("Tripod leg", "#FE9200", "polyline", [radio("Side", "Left", "Middle", "Right")]),
    ("Lamp", "#FFEE58", "point", [radio("Colour", "Orange", "White", required=True), numeric("Rays")]),
    ("Badge", "#AB149E", "circle", [text("Writing")]),
    ("Tower block", "#73D8FF", "cuboid_2d", [numeric("Storeys")]),
    # Points that the model tool of the page draws as prompts of an agent.
    ("Prompt point", "#18794E", "point", []),
    ("Negative point", "#B42318", "point", []),
]

# Classifications: the attribute, and the level.
CLASSIFICATIONS = [
    (radio(
        "Scene",
        ("Indoors", checklist("Light", "Daylight", "Lamps", "Flash")),
        ("Outdoors", radio("Time of day", "Day", "Dusk", "Night"), text("Place")),
        "Studio", "Outer space", required=True), None),
    (checklist("Quality", "Sharp", "Black and white", "Noise", "Motion blur", "Subject cut off"), None),
    (text("Caption"), None),
    (numeric("Number of coins"), None),
    (radio("Cleared for publication", "Yes", ("No", text("Reason")), required=True), "global"),
]


def _option(number, value, parent, path):
    label, *nested = value if isinstance(value, tuple) else (value,)
    path = f"{path}/{label}"
    option = {
        "id": f"{parent}.{number}", "label": label, "value": label.lower().replace(" ", "_"),
        "featureNodeHash": short_hash(path), "archived": False,
    }
    if nested:
        option["options"] = [_attribute(at, each, option["id"], path) for at, each in enumerate(nested, 1)]
    return option


def _attribute(number, value, parent, path):
    path = f"{path}/{value['name']}"
    attribute = {
        "id": f"{parent}.{number}", "name": value["name"], "type": value["type"], "featureNodeHash": short_hash(path),
        "required": value.get("required", False), "archived": False, "dynamic": value.get("dynamic", False),
    }
    if "options" in value:
        options = enumerate(value["options"], 1)
        attribute["options"] = [_option(at, each, attribute["id"], path) for at, each in options]
    return attribute


def _object(number, name, color, shape, attributes):
    path = f"object/{name}"
    entry = {
        "id": str(number), "name": name, "color": color, "shape": shape, "featureNodeHash": class_hash(path),
        "required": False, "archived": False,
    }
    if attributes:
        entry["attributes"] = [_attribute(at, each, entry["id"], path) for at, each in enumerate(attributes, 1)]
    return entry


def _classification(number, attribute, level):
    path = f"classification/{attribute['name']}"
    entry = {"id": str(number), "featureNodeHash": class_hash(path)}
    entry["attributes"] = [_attribute(1, attribute, entry["id"], path)]
    return entry if level is None else {**entry, "level": level}


def vertex_hash(name):
    """Returns the feature hash of a vertex of the skeleton."""
    return short_hash(f"skeleton/Upper body/{name}")


def _template():
    names = list(UPPER_BODY)
    edges = {}
    for end, (_, _, starts) in UPPER_BODY.items():
        for start in starts:
            edges.setdefault(str(names.index(start)), {})[str(names.index(end))] = {"color": "#FDA1FF"}
    vertices = {
        str(at): {
            "x": x, "y": y, "name": name, "color": "#FDA1FF", "value": name.replace(" ", "_"),
            "featureHash": vertex_hash(name),
        }
        for at, (name, (x, y, _)) in enumerate(UPPER_BODY.items())
    }
    return {
        "name": "Upper body", "width": 0.5, "height": 0.5, "shape": "skeleton", "skeleton": vertices,
        "skeletonEdges": edges, "feature_node_hash": class_hash("object/Upper body"),
    }


def ontology():
    """Returns the structure, as under `editor` on the platform."""
    return {
        "objects": [_object(at, *each) for at, each in enumerate(OBJECTS, 1)],
        "classifications": [_classification(at, *each) for at, each in enumerate(CLASSIFICATIONS, 1)],
        "skeleton_templates": [{"template": _template()}],
    }
