"""Labels of the video, derived from its ground truth."""

import geometry
import table
from curves import box_of
from rows import Row, Unit

# Mistake: on these frames the silver coin is visible, but not labelled.
GAP = range(20, 24)
# Mistake: the frames between these keyframes of the cup are not labelled.
KEYFRAMES = (0, 16, 32, 47)
# Minimum visible share of a labelled coin.
LEAST = 0.25


def seen_boxes(masks):
    """Returns the box of the visible part of each coin on each frame, by name; `masks` are those of `table.table()`, by frame."""
    boxes = {}
    for frame, of_frame in enumerate(masks):
        for name, (seen, _) in of_frame.items():
            if seen.any():
                boxes.setdefault(name, {})[frame] = box_of(seen)
    return boxes


def video(masks):
    """One coin with a gap in its track, one on the first frame only (for a tracker), one that appears late; the cup on four
    keyframes, to interpolate."""
    row = Row("table.mp4", "video", [Unit("table.mp4", "video/mp4", table.SIZE)], table.FRAMES, table.FPS)
    last = table.FRAMES - 1
    boxes = seen_boxes(masks)
    silver = row.add("Coin", "silver", metal="Silver")
    for frame, box in boxes["silver"].items():
        if frame not in GAP:
            silver.on(frame, geometry.box, *box)
    silver.during([(0, 29)], motion="Sliding").during([(30, last)], motion="Still")
    row.add("Coin", "bronze", metal="Bronze").on(0, geometry.box, *boxes["bronze"][0]).during([(0, 0)], motion="Sliding")
    late = row.add("Coin", "late", metal="Silver")
    whole = max(seen.sum() for seen, _ in (of_frame["late"] for of_frame in masks if "late" in of_frame))
    shown = [frame for frame in boxes["late"] if masks[frame]["late"][0].sum() >= LEAST * whole]
    for frame in shown:
        late.on(frame, geometry.box, *boxes["late"][frame])
    cut = [frame for frame in shown if boxes["late"][frame][1] == 0]
    late.during([(cut[0], cut[-1])], in_the_way=["Edge of the frame"])
    late.during([(shown[0], 25)], motion="Sliding").during([(26, last)], motion="Still")
    # Mistake: the required scene is not classified on the last frames.
    row.classify("Scene", [(0, 35)], scene="Indoors", light=["Daylight"])
    row.classify("Cleared for publication", cleared_for_publication="No", reason="Composed, not filmed")
    cup = row.add("Item box", "cup", kind="Crockery", piece="Cup")
    for frame, mask in enumerate(table.cup_masks()):
        if frame in KEYFRAMES:
            cup.on(frame, geometry.box, *box_of(mask))
    return row
