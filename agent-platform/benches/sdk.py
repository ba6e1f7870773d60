"""Reads and saves a label row with the Python SDK, for the benchmark `sdk`.

    sdk.py FOLDER

FOLDER has `row.json` and `ontology.json`. Each line of standard input is the name of an operation; each gets one line of JSON.
Times are in seconds.
"""

import gc
import json
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "recordings" / "tools"))
import sdk_rows  # noqa: E402
from encord.objects import LabelRowV2  # noqa: E402
from encord.objects.coordinates import BoundingBoxCoordinates  # noqa: E402

FOLDER = Path(sys.argv[1])
ONTOLOGY = sdk_rows.ontology(json.loads((FOLDER / "ontology.json").read_text()))
METADATA = json.loads((FOLDER / "metadata.json").read_text())


def opened(text):
    """What `initialise_labels` does with the text of an answer."""
    row = LabelRowV2(sdk_rows.metadata(METADATA), sdk_rows.SavedRow(), ONTOLOGY)
    start = perf_counter()
    labels = json.loads(text)
    read = perf_counter()
    row.from_labels_dict(labels)
    return row, read - start, perf_counter() - read


def saved(row):
    """What `save` does until there is a text to send."""
    start = perf_counter()
    row.save()
    made = perf_counter()
    text = json.dumps(row._project_client.payload[0])
    return text, made - start, perf_counter() - made


def move_each(row):
    """Moves every box of every frame."""
    start = perf_counter()
    for instance in row.get_object_instances():
        for placed in instance.get_annotations():
            box = placed.coordinates
            moved = BoundingBoxCoordinates(
                height=box.height, width=box.width, top_left_x=box.top_left_x + 0.01, top_left_y=box.top_left_y
            )
            instance.set_for_frames(moved, frames=placed.frame, overwrite=True)
    return perf_counter() - start


def work(name):
    text = (FOLDER / "row.json").read_text()
    gc.collect()
    row, read, taken = opened(text)
    moving = move_each(row) if name == "move" else 0.0
    written, made, dumped = saved(row)
    (FOLDER / "sdk.json").write_text(written)
    return {"json_read": read, "from_labels_dict": taken, "move": moving, "save": made, "json_write": dumped}


def status(key):
    """A line of this process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024


def memory():
    """The resident memory that an open row takes, and the peak until it is saved, in bytes."""
    gc.collect()
    before = status("VmRSS:")
    row = opened((FOLDER / "row.json").read_text())[0]
    gc.collect()
    held = status("VmRSS:") - before
    saved(row)
    return {"open": held, "peak": status("VmHWM:") - before}


print(json.dumps({"sdk": sdk_rows.SDK_VERSION, "python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    answer = memory() if line.strip() == "memory" else work(line.strip())
    print(json.dumps(answer), flush=True)
