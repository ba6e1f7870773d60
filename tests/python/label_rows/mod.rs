//! Label rows made by the Python SDK, read and edited by this crate, and judged by the SDK again.

mod steps;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use agent_platform::labels::{LabelRow, RowMetadata, Timestamp};
use agent_platform::ontology::Ontology;
use serde_json::Value;

const ROWS: &str = "300";

/// Time at which `sdk_rows.py` stops the SDK's clock: 2000-01-01.
const STOPPED: i64 = 946_684_800;

fn python(command: &str, folder: &Path) {
    let python = std::env::var_os("AGENT_PYTHON").expect("AGENT_PYTHON must name an interpreter with the Python SDK");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/scripts/compare.py");
    let output = Command::new(python)
        .args([script.as_os_str(), command.as_ref(), folder.as_os_str(), ROWS.as_ref()])
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the interpreter named by AGENT_PYTHON starts");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

fn make(folder: &Path, job: &Value) {
    let name = job["name"].as_str().unwrap();
    let read = |kind: &str| fs::read_to_string(folder.join(format!("{name}.{kind}.json"))).unwrap();
    let text = read("row");
    let row = LabelRow::parse(text.clone(), Arc::new(Ontology::parse(read("ontology")).unwrap())).unwrap();
    let mut row = row.with_metadata(RowMetadata::parse(&read("metadata"))).with_time(Timestamp::from_unix(STOPPED));
    for step in job["steps"].as_array().unwrap() {
        let before = row.to_json();
        let made = steps::make(&mut row, step);
        if step["refused"] == true {
            assert!(made.is_err(), "{name}: {step}: the SDK refuses it");
            assert_eq!(row.to_json(), before, "{name}: {step}: a refused edit leaves no trace");
        } else {
            made.unwrap_or_else(|error| panic!("{name}: {step}: {error}"));
        }
    }
    if job["steps"].as_array().unwrap().is_empty() {
        assert_eq!(row.to_json(), text, "{name}");
    }
    fs::write(folder.join(format!("{name}.out.json")), row.to_json()).unwrap();
}

#[test]
fn edits_equal_those_of_the_sdk() {
    let folder: PathBuf = std::env::temp_dir().join(format!("labels-python-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    python("prepare", &folder);
    let jobs: Vec<Value> = serde_json::from_str(&fs::read_to_string(folder.join("jobs.json")).unwrap()).unwrap();
    let of_events = jobs.iter().filter(|job| job["name"].as_str().unwrap().starts_with("events-"));
    let edits: usize = of_events.map(|job| job["steps"].as_array().unwrap().len()).sum();
    assert!(edits >= 500, "{edits} edits of continuous scenes");
    for job in &jobs {
        make(&folder, job);
    }
    python("judge", &folder);
    fs::remove_dir_all(&folder).unwrap();
}
