"""The label rows in `rows/`: their kinds, sizes and variants."""

import sdk_rows
from all_types_ontology import build as all_types
from json_text import write
from random_ontology import build as random_ontology, nameless
from row_variants import VARIANTS, repaired

ONTOLOGY = "ontology_all_types.json"
RANDOM_ONTOLOGIES = 6
# Share of attributes that have an answer.
DENSITY = 0.35

# Objects and frames of a row with labels, by kind of data.
SIZES = {
    "image": (10, 1),
    "img_group": (5, 2),
    "image_sequence": (3, 3),
    "video": (10, 2),
    "dicom": (4, 2),
    "nifti": (3, 2),
    "pdf": (3, 2),
    "audio": (3, 4),
    "time_series": (3, 4),
    "plain_text": (3, 4),
    "html": (3, 4),
    "scene": (6, 2),
    "scene_events": (5, 3),
    "group": (10, 2),
    "multilayer_image": (4, 1),
}


# Rows with classifications alone.
CLASSIFIED = ("video", "audio", "plain_text", "html", "scene")
# Kinds whose rows are also made without labels.
EMPTY = ("image", "img_group", "video", "audio", "plain_text", "html", "dicom", "scene", "group", "multilayer_image")


def rows():
    """Name, kind of data, objects, frames, change, whether there are classifications, and whether there are unknown keys."""
    for kind, (objects, frames) in SIZES.items():
        yield kind, kind, objects, frames, None, True, False
    for kind in ("image", "video", "audio", "group", "scene_events"):
        objects, frames = SIZES[kind]
        yield f"{kind}_unknown_keys", kind, objects // 2, frames, None, True, True
    for kind in CLASSIFIED:
        yield f"{kind}_classified", kind, 0, 2, None, True, False
    for kind in EMPTY:
        yield f"{kind}_empty", kind, 0, 2, None, False, False
    for name, (kind, objects, frames, change) in VARIANTS.items():
        yield name, kind, objects, frames, change, True, False


def is_read(ontology, row, entry):
    """Returns whether the SDK reads the row. `KeyError` is its answer to a missing member."""
    try:
        sdk_rows.label_row(ontology, row, entry)
    except KeyError:
        return False
    return True


def make_all(folder, generate):
    """Writes all files."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    write(folder / ONTOLOGY, all_types())
    for seed in range(1, RANDOM_ONTOLOGIES + 1):
        write(folder / f"ontology_random_{seed}.json", random_ontology(seed))
    write(folder / "ontology_nameless.json", nameless())
    index = {}
    for seed, (name, kind, objects, frames, change, classified, extras) in enumerate(sorted(rows()), 1):
        made = generate(seed, kind, objects, frames, extras, classified, DENSITY)
        row = made["label_row"]
        if change:
            change(row)
        readable = is_read(made["ontology"], row, made["metadata"])
        saved = sdk_rows.saved(sdk_rows.label_row(made["ontology"], row if readable else repaired(row), made["metadata"]))
        files = {"row": row, "metadata": made["metadata"], "sdk_save": saved}
        units = list(row["data_units"].values())
        index[name] = {"data_type": row["data_type"], "file_type": units[0]["data_type"], "ontology_file": ONTOLOGY,
                       "sdk_parses_as_is": readable}
        for part, value in files.items():
            index[name][part] = f"{name}.{part}.json"
            write(folder / f"{name}.{part}.json", value)
    write(folder / "index.json", {"sdk_version": sdk_rows.SDK_VERSION, "rows": index})
    print(len(index), "rows,", sum(path.stat().st_size for path in folder.iterdir()), "bytes")
