"""Labels of the images. Deliberate mistakes are marked `Mistake`, and listed in `../README.md`."""

from functools import partial

import coins
import geometry
import gravel
import outlines
from curves import box_of, rings, spline, thinned
from photographs import GROUP, pixels
from rows import Row, Unit

MIME = {"jpg": "image/jpeg", "png": "image/png"}


def _image(title, image):
    return Row(title, "image", [Unit(title, MIME[title[-3:]], (image.shape[1], image.shape[0]))])


def _swapped(points, at):
    """Swaps two neighbouring points of a line, so that it intersects itself."""
    points = list(points)
    points[at], points[at + 1] = points[at + 1], points[at]
    return points


def museum():
    """Three of 24 coins, as prompts for finding the others."""
    image, masks = coins.coins()
    row = _image("coins.png", image)
    for which, inscription in [(5, "Standing figure"), (13, "Head to the right"), (8, None)]:
        answers = {"metal": "Silver", "diameter": box_of(masks[which])[2]}
        if inscription:
            answers["inscription"] = inscription
        row.add("Coin", which, **answers).on(0, geometry.box, *box_of(masks[which]))
    row.classify("Scene", scene="Studio")
    row.classify("Quality", quality=["Sharp", "Black and white"])
    row.classify("Number of coins", number_of_coins=24)
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


def strewn():
    """Four correct boxes of coins, and typical mistakes of an annotator."""
    image, masks = gravel.gravel()
    row = _image("gravel.jpg", image)

    def coin(key, box, **answers):
        row.add("Coin", key, **answers).on(0, geometry.box, *box)

    coin("silver", box_of(masks[1]), metal="Silver")
    coin("gold-like", box_of(masks[6]), metal="Not sure", why="Brass looks like this, too")
    coin("near the badge", box_of(masks[12]), metal="Silver")
    coin("twice", box_of(masks[2]), metal="Bronze")
    left, top, width, height = box_of(masks[2])
    # Mistake: a duplicate box of a coin.
    coin("twice again", (left + 2, top - 1, width, height + 1), metal="Bronze")
    left, top, width, height = box_of(masks[11])
    # Mistake: beyond the right edge of the image.
    coin("cut off", (left, top, width + 22, height), metal="Silver")
    # Mistake: a box of 2 by 2 pixels.
    coin("click", (305, 122, 2, 2), metal="Silver")
    # Mistake: the required metal has no answer.
    coin("unanswered", box_of(masks[14]))
    row.classify("Scene", scene="Outdoors", time_of_day="Day", place="Nowhere: composed of photographs")
    row.classify("Number of coins", number_of_coins=24)
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


SURFACE = [
    (206, 142), (212, 126), (224, 108), (245, 101), (270, 96.5), (300, 96), (325, 103), (347, 121), (362, 142),
    (369, 160), (350, 178), (325, 189), (300, 193), (275, 191.5), (250, 185), (228, 172), (212, 155),
]


def espresso():
    """Outlines, one of them a ring and one with a vertex every half pixel; a mask with two components."""
    things = outlines.espresso()
    row = _image("espresso.jpg", pixels("coffee.png"))
    crockery = partial(dict, kind="Crockery")
    cup = row.add("Item outline", "cup", **crockery(piece="Cup", contents=["Coffee", "Crema"], hidden_share=0.02))
    cup.on(0, geometry.polygon, thinned(rings(things["cup"])[0], 0.6))
    rim = row.add("Item outline", "rim", **crockery(piece="Rim"))
    rim.on(0, geometry.polygon, spline(outlines.RIM, 2), spline(outlines.OPENING, 2)[::-1])
    saucer = row.add("Item outline", "saucer", **crockery(piece="Saucer", note="Traced pixel by pixel"))
    saucer.on(0, geometry.polygon, rings(things["saucer"])[0])
    row.add("Item mask", "spoon", **crockery(piece="Spoon", hidden_share=0.1)).put(0, geometry.bitmask(things["spoon"]))
    # Mistake: the outline of the coffee intersects itself.
    answers = crockery(piece="Cup", contents=["Coffee"], note="Surface of the coffee")
    surface = row.add("Item outline", "surface", **answers)
    surface.on(0, geometry.polygon, _swapped(SURFACE, 7))
    # Mistake: the required kind has no answer.
    row.add("Item box", "cup", note="To be outlined").on(0, geometry.box, *box_of(things["cup"]))
    row.add("Item box", "spoon", **crockery(piece="Spoon")).on(0, geometry.box, *box_of(things["spoon"]))
    row.classify("Scene", scene="Indoors", light=["Daylight", "Lamps"])
    row.classify("Quality", quality=["Sharp"])
    row.classify("Caption", caption="An espresso in a red cup, with a spoon on the saucer.")
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


def astronaut():
    """A portrait: a skeleton, a mask, outlines, a badge."""
    things = outlines.astronaut()
    row = _image("astronaut.jpg", pixels("astronaut.png"))
    face = row.add("Face", "face", of="Person", expression="Smiling")
    face.on(0, geometry.box, 178, 66, 92, 113)
    # Mistake: a duplicate box of the face.
    row.add("Face", "face again", of="Person").on(0, geometry.box, 181, 64, 90, 117, confidence=0.71)
    for key, x, y in [("right", 201.5, 101), ("left", 244.5, 103)]:
        row.add("Eye", key).on(0, geometry.ellipse, x, y, 9, 5, 0.0)
    seen = "visible"
    # Mistake: two vertices of the template are missing, the left elbow and the left wrist, which the helmet hides.
    row.add("Upper body", "body", activity="Poses for a portrait", hidden_parts=["Arms"]).on(0, geometry.skeleton, {
        "nose": (223, 127, seen), "left eye": (244.5, 103, seen), "right eye": (201.5, 101, seen),
        "left ear": (270, 131, seen), "right ear": (177, 124, seen), "neck": (222, 184, seen),
        "left shoulder": (322, 258, seen), "right shoulder": (78, 254, seen), "right elbow": (44, 436, seen),
        "right wrist": (150, 486, "occluded"),
    })
    body = row.add("Item mask", "astronaut", kind="Person", who="Eileen Collins")
    body.put(0, geometry.bitmask(things["astronaut"]))
    helmet = row.add("Item outline", "helmet", kind="Spaceflight", part="Helmet")
    helmet.on(0, geometry.polygon, thinned(rings(things["helmet"])[0], 0.5))
    shuttle = row.add("Item outline", "shuttle", kind="Spaceflight", part="Shuttle", note="A model")
    shuttle.on(0, geometry.polygon, outlines.SHUTTLE)
    row.add("Item box", "helmet", kind="Spaceflight", part="Helmet").on(0, geometry.box, *box_of(things["helmet"]))
    row.add("Badge", "mission", writing="Collins Ashby Coleman Hawley Tognini").on(0, geometry.circle, 170.5, 385.5, 36.5)
    row.classify("Scene", scene="Studio")
    row.classify("Quality", quality=["Sharp"])
    row.classify("Caption", caption="An astronaut in an orange suit beside her helmet; a flag and a model behind her.")
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


def cat():
    """A photograph that is stored on its side. Its labels refer to the displayed image, and have no mistakes."""
    row = _image("cat.jpg", pixels("chelsea.png"))
    row.add("Face", "face", of="Animal", species="Cat", expression="Attentive").on(0, geometry.box, 30, 0, 372, 287)
    row.add("Eye", "right").on(0, geometry.ellipse, 170, 115.5, 34, 30, 10.0)
    row.add("Eye", "left").on(0, geometry.ellipse, 318.5, 137, 22.5, 27, 15.0)
    whiskers = [
        [(0, 224), (25, 218), (60, 214.5), (100, 215), (135, 218), (158, 220)],
        [(10, 252), (40, 245), (75, 238), (115, 232), (150, 229.5)],
        [(14, 290), (45, 275), (80, 260), (115, 249), (152, 241)],
        [(322, 235), (345, 239), (368, 248), (388, 262)],
    ]
    for at, points in enumerate(whiskers):
        row.add("Whisker", at).on(0, geometry.polyline, points)
    row.classify("Scene", scene="Indoors", light=["Daylight"])
    row.classify("Quality", quality=["Sharp", "Subject cut off"])
    row.classify("Caption", caption="A tabby cat looks past the camera.")
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


LAMPS = [
    (83, 349.5, "Orange"), (151.5, 377, "Orange"), (193.5, 396, "Orange"), (111, 417, "White"), (364.5, 397, "Orange"),
    (433.5, 394, "Orange"), (450.5, 419, None),
]


def rocket():
    """A slender outline with a vertex every half pixel, leaning towers, points."""
    image = pixels("rocket.jpg")
    mask = outlines.rocket()["rocket"]
    row = _image("rocket.jpg", image)
    rocket_outline = row.add("Item outline", "rocket", kind="Spaceflight", part="Rocket", note="Traced pixel by pixel")
    rocket_outline.on(0, geometry.polygon, rings(mask)[0])
    row.add("Item box", "rocket", kind="Spaceflight", part="Rocket").on(0, geometry.box, *box_of(mask))
    for key, x, degrees in [("left tower", 192, 3.2), ("right tower", 454, 356.6)]:
        tower = row.add("Item rotated box", key, kind="Building", note="Lightning tower")
        tower.on(0, geometry.rotated_box, x, 274, 36, 304, degrees)
    for at, (x, y, colour) in enumerate(LAMPS):
        # Mistake: the required colour of the last lamp has no answer.
        answers = {"colour": colour, "rays": 14} if colour else {}
        row.add("Lamp", at, **answers).on(0, geometry.point, x, y)
    # Mistake: the required scene is not classified.
    row.classify("Quality", quality=["Sharp", "Noise"])
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


def _in(at, points):
    """Converts points of the photographer's photograph to pixels of the group's image of this part."""
    _, (left, top, right, bottom), (width, height) = GROUP[at]
    return [((x - left) * width / (right - left), (y - top) * height / (bottom - top)) for x, y in points]


def _box_in(at, left, top, right, bottom):
    _, part, size = GROUP[at]
    (x0, y0), (x1, y1) = _in(at, [(max(left, part[0]), max(top, part[1])), (min(right, part[2]), min(bottom, part[3]))])
    return x0, y0, x1 - x0, y1 - y0


TRIPOD = (230, 186, 408, 512)
LEGS = {
    "Left": [(287, 331), (266, 405), (236, 512)], "Middle": [(294, 345), (294, 486)],
    "Right": [(312, 328), (350, 404), (404, 512)],
}
BODY = {
    "nose": (251, 164, "visible"), "left eye": (248, 148, "selfOccluded"), "right eye": (235, 147, "visible"),
    "left ear": (243, 139, "invisible"), "right ear": (188, 142, "visible"), "neck": (152, 165, "occluded"),
    "left shoulder": (196, 205, "selfOccluded"), "right shoulder": (88, 176, "visible"),
    "left elbow": (246, 303, "visible"), "right elbow": (102, 296, "visible"), "left wrist": (285, 246, "visible"),
    "right wrist": (180, 240, "visible"),
}


def photographer():
    """A group of four images of one photograph: objects on several images, and one with a gap."""
    units = [Unit(title, "image/jpeg", size) for title, _, size in GROUP]
    row = Row("photographer", "img_group", units)
    masks = outlines.photographer()
    row.add("Item mask", "man", kind="Person", who="Unknown").put(0, geometry.bitmask(masks["photographer"]))
    row.add("Upper body", "man", activity="Looks through a camera").on(0, geometry.skeleton, BODY)
    camera = row.add("Item outline", "camera", kind="Tool", what_for="Filming")
    face = row.add("Face", "man", of="Person", expression="Concentrated")
    for at in (0, 1):
        camera.on(at, geometry.polygon, _in(at, outlines.CAMERA))
        face.on(at, geometry.box, *_box_in(at, 185, 112, 258, 198))
    tripod = row.add("Item box", "tripod", kind="Tool", what_for="Holding the camera still")
    # Mistake: a gap. The tripod's head is on the second image, too.
    for at in (0, 2):
        tripod.on(at, geometry.box, *_box_in(at, *TRIPOD))
    for side, points in LEGS.items():
        row.add("Tripod leg", side, side=side).on(2, geometry.polyline, _in(2, points))
    for key, storeys, front, offset in [
        ("tall", 20, [(413.5, 131), (430.5, 131), (430.5, 195), (413.5, 195)], (-2, 0.5)),
        ("low", 10, [(452, 168), (470, 168), (470, 196), (452, 196)], (2.5, 1)),
    ]:
        block = row.add("Tower block", key, storeys=storeys)
        scale = GROUP[3][2][0] / (GROUP[3][1][2] - GROUP[3][1][0])
        block.on(3, geometry.cuboid, _in(3, front), [part * scale for part in offset])
    # Mistake: the required scene is not classified on the third image.
    row.classify("Scene", [(0, 1), (3, 3)], scene="Outdoors", time_of_day="Day", place="A lawn in front of a town")
    row.classify("Quality", [(0, 3)], quality=["Black and white"])
    row.classify("Cleared for publication", cleared_for_publication="Yes")
    return row


def image_rows():
    """Returns the label rows of the images and of the group. The galaxies have none: the first agent creates it."""
    return [museum(), strewn(), espresso(), astronaut(), cat(), rocket(), photographer()]
