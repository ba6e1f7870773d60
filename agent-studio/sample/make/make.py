"""Generates the sample project: `python make.py` in a virtual environment with `requirements.txt` installed.

With the same versions the result is byte-for-byte identical. `project.toml`, `state.json` and `README.md` are not generated.
"""

import shutil
from pathlib import Path

import gravel
import ground_truth
import table
from labels import image_rows
from layout import laid_out
from ontology import ontology
from photographs import jpeg, photographs
from tracks import video

ROOT = Path(__file__).resolve().parent.parent


def write(name, content):
    """Writes a file of the sample."""
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def main():
    for folder in ("data", "labels", "ground-truth"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    frames = list(table.table())
    masks = [of_frame for _, of_frame in frames]
    files = photographs()
    files["gravel.jpg"] = jpeg(gravel.gravel()[0], quality=84)
    files["table.mp4"] = table.encoded(image for image, _ in frames)
    for name, content in files.items():
        write(f"data/{name}", content)
    write("ontology.json", laid_out(ontology()))
    for row in [*image_rows(), video(masks)]:
        write(f"labels/{row.title}.json", laid_out(row.document()))
    write("ground-truth/coins.json", laid_out(ground_truth.all_coins()))
    write("ground-truth/outlines.json", laid_out(ground_truth.all_outlines()))
    write("ground-truth/tracks.json", laid_out(ground_truth.all_tracks(masks)))


if __name__ == "__main__":
    main()
