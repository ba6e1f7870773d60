"""Makes label rows with the Python SDK, and compares the edits of this crate with those of the SDK.

    compare.py prepare FOLDER ROWS    writes rows, ontologies, edits, and the SDK's saves after each
    compare.py judge FOLDER           compares them with the rows of this crate; exit code 1 if any differs
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "recordings" / "tools"))
import compare_rows  # noqa: E402
import events  # noqa: E402
import make_rows  # noqa: E402
import sdk_rows  # noqa: E402
from edits import KINDS, Case  # noqa: E402

# When an edit was made is this crate's to say; the SDK mostly keeps what was there.
EDITED = ("lastEditedAt", "lastEditedBy")


def strip(value):
    if isinstance(value, dict):
        return {key: strip(inner) for key, inner in value.items() if key not in EDITED}
    if isinstance(value, list):
        return [strip(inner) for inner in value]
    return value


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False))


def prepare(folder, rows):
    jobs = []
    for index in range(rows):
        modality = make_rows.MODALITIES[index % len(make_rows.MODALITIES)]
        made = make_rows.generate(1000 + index, modality, 1 + index % 17, 1 + index % 13, extras=index % 2 == 0)
        jobs.append(job(folder, f"row-{index:03}-{modality}", made, []))
    for name, (modalities, edit) in KINDS.items():
        for modality in modalities:
            jobs.append(edited(folder, name, modality, edit))
    print(f"{rows} rows, {len(jobs) - rows} edits of {len(KINDS)} kinds")
    of_events = [job(folder, f"events-{index:03}", *made) for index, made in enumerate(events.jobs())]
    refused = sum(step.get("refused", False) for entry in of_events for step in entry["steps"])
    print(f"{sum(len(entry['steps']) for entry in of_events)} random edits of events, {refused} of them refused")
    write(folder / "jobs.json", jobs + of_events)


def edited(folder, name, modality, edit):
    """The first generated row on which the edit can be made: not every row has every label."""
    problem = None
    for seed in range(1, 40):
        made = make_rows.generate(seed, modality, 20, 12)
        ontology = sdk_rows.ontology(made["ontology"])
        row = sdk_rows.label_row(ontology, made["label_row"], made["metadata"])
        try:
            steps = edit(Case(row, ontology.structure, 12))
            expected = sdk_rows.saved(row)
        except (AssertionError, StopIteration, IndexError) as error:
            problem = error
            continue
        made["expected"] = expected
        return job(folder, f"edit-{name}-{modality}", made, steps)
    raise SystemExit(f"{name} on {modality}: {problem!r}")


def job(folder, name, made, steps):
    write(folder / f"{name}.row.json", made["label_row"])
    write(folder / f"{name}.ontology.json", made["ontology"])
    write(folder / f"{name}.metadata.json", made["metadata"])
    write(folder / f"{name}.expected.json", made.get("expected"))
    return {"name": name, "steps": steps}


def judge(folder):
    failed = 0
    for entry in json.loads((folder / "jobs.json").read_text()):
        name = entry["name"]
        differences = differ(folder, name, entry["steps"])
        failed += bool(differences)
        for line in differences[:8]:
            print(f"{name}: {line}")
    print(f"{failed} of the jobs differ")
    return 1 if failed else 0


def differ(folder, name, steps):
    def read(kind, exact=False):
        return compare_rows.read(folder / f"{name}.{kind}.json", exact)

    def saved(kind):
        return sdk_rows.saved(sdk_rows.label_row(read("ontology"), read(kind), read("metadata")))

    try:
        made = saved("out")
    except Exception as error:  # noqa: BLE001
        return [f"refused by the SDK: {type(error).__name__}: {error}"]
    if not steps:
        texts = (compare_rows.normalized(read(kind, exact=True)) for kind in ("row", "out"))
        documents = (compare_rows.normalized(document, masks=True) for document in (saved("row"), made))
        return compare_rows.differences(*texts) + compare_rows.differences(*documents)
    expected = compare_rows.normalized(read("expected"), masks=True)
    return compare_rows.differences(strip(expected), strip(compare_rows.normalized(made, masks=True)))


if __name__ == "__main__":
    target = Path(sys.argv[2])
    sys.exit(prepare(target, int(sys.argv[3])) if sys.argv[1] == "prepare" else judge(target))
