"""Ground truth for measuring agents: COCO files, and a list of tracks for the video."""

import coins
import gravel
import outlines
import table
from curves import box_of, rings, runs, thinned
from tracks import seen_boxes


def _image(number, name, shape):
    return {"id": number, "file_name": name, "width": shape[1], "height": shape[0]}


def _polygon(mask):
    return [[round(float(value), 2) for point in thinned(ring, 0.4) for value in point] for ring in rings(mask)]


def all_coins():
    """Returns box and outline of the visible part of every coin in the two images of coins."""
    images, annotations = [], []
    for number, (name, (image, masks)) in enumerate([("coins.png", coins.coins()), ("gravel.jpg", gravel.gravel())], 1):
        images.append(_image(number, name, image.shape))
        for mask in masks:
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": 1, "iscrowd": 0,
                "bbox": box_of(mask), "area": int(mask.sum()), "segmentation": _polygon(mask),
            })
    return {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "Coin"}]}


def all_outlines():
    """Returns the masks of objects as run lengths by column. Some have holes or two components."""
    images, annotations, categories = [], [], []
    for name, masks in [
        ("espresso.jpg", outlines.espresso()), ("rocket.jpg", outlines.rocket()),
        ("astronaut.jpg", outlines.astronaut()), ("photographer/1-photographer.jpg", outlines.photographer()),
    ]:
        for thing, mask in masks.items():
            categories.append({"id": len(categories) + 1, "name": thing})
            annotations.append({
                "id": len(annotations) + 1, "image_id": len(images) + 1, "category_id": len(categories), "iscrowd": 1,
                "bbox": box_of(mask), "area": int(mask.sum()),
                "segmentation": {"size": list(mask.shape), "counts": runs(mask, "F")},
            })
        images.append(_image(len(images) + 1, name, mask.shape))
    return {"images": images, "annotations": annotations, "categories": categories}


def all_tracks(masks):
    """Returns the coins and the cup of the video: box of the visible part and visible share, by frame."""
    boxes = seen_boxes(masks)
    tracks = []
    for name, by_frame in boxes.items():
        shares = {frame: round(float(seen.sum() / whole.sum()), 3) for frame, of_frame in enumerate(masks)
                  if name in of_frame for seen, whole in [of_frame[name]]}
        frames = {str(frame): {"box": box, "seen": shares[frame]} for frame, box in by_frame.items()}
        tracks.append({"name": name, "frames": frames})
    cup = {str(frame): {"box": box_of(mask), "seen": 1.0} for frame, mask in enumerate(table.cup_masks())}
    tracks.append({"name": "cup", "frames": cup})
    width, height = table.SIZE
    return {"file_name": "table.mp4", "width": width, "height": height, "frames": table.FRAMES, "tracks": tracks}
