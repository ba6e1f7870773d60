//! What label rows cost: `cargo bench -p agent-platform --bench rows`.
//!
//! A video row of 100,000 objects on frames (37 MB) is made up; each figure is the median of several runs. Memory is
//! measured in a process of its own, which is this program started again.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs, reason = "a benchmark")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_platform::labels::{BoundingBox, LabelRow};
use agent_platform::ontology::Ontology;
use serde::de::IgnoredAny;
use serde_json::Value;

const RUNS: usize = 7;
const OBJECTS: usize = 100;

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;

/// What the made-up row is like.
#[derive(Clone, Copy)]
enum Kind {
    /// 100 objects, all on every frame.
    Tracks,
    /// 100 objects on every frame, none of which is on another.
    Distinct,
    /// Frames without labels.
    Empty,
}

const HEAD: &str = r#"{"label_hash": "7f3c", "branch_name": "main", "created_at": "2024-03-01 09:00:00", "last_edited_at": null, "data_hash": "d", "dataset_hash": "s", "dataset_title": "t", "data_title": "v.mp4", "data_type": "video", "label_status": "LABELLED", "data_units": {"d": {"data_hash": "d", "data_title": "v.mp4", "data_link": "l", "data_type": "video/mp4", "data_sequence": 0, "width": 1920, "height": 1080, "labels": {"#;

/// A row with this many objects on frames.
fn made_up(object_frames: usize, kind: Kind) -> String {
    let mut text = String::new();
    text.push_str(HEAD);
    let frames = object_frames / OBJECTS;
    for frame in 0..frames {
        let comma = if frame == 0 { "" } else { ", " };
        write!(text, r#"{comma}"{frame}": {{"objects": ["#).unwrap();
        for object in 0..OBJECTS {
            let hash = if matches!(kind, Kind::Distinct) { frame * OBJECTS + object } else { object };
            let (x, y) = ((frame * 7 + object * 13) % 8000, (frame * 3 + object * 17) % 8000);
            let comma = if object == 0 { "" } else { ", " };
            if !matches!(kind, Kind::Empty) {
                write!(
                    text,
                    r##"{comma}{{"name": "Car", "color": "#D33115", "shape": "bounding_box", "value": "car", "createdAt": "Tue, 17 Jan 2023 17:23:10 GMT", "createdBy": "annotator@example.com", "confidence": 1, "objectHash": "ob{hash:06}", "featureHash": "a1b2c3d4", "lastEditedAt": "Wed, 18 Jan 2023 17:23:24 GMT", "manualAnnotation": true, "boundingBox": {{"h": 0.1291, "w": 0.1296, "x": 0.{x:04}, "y": 0.{y:04}}}}}"##
                )
                .unwrap();
            }
        }
        text.push_str(r#"], "classifications": []}"#);
    }
    text.push_str(r#"}}}, "object_answers": {"#);
    let objects = match kind {
        Kind::Tracks => OBJECTS,
        Kind::Distinct => frames * OBJECTS,
        Kind::Empty => 0,
    };
    for object in 0..objects {
        let comma = if object == 0 { "" } else { ", " };
        write!(text, r#"{comma}"ob{object:06}": {{"objectHash": "ob{object:06}", "classifications": []}}"#).unwrap();
    }
    text.push_str(r#"}, "classification_answers": {}, "object_actions": {}, "spaces": {}}"#);
    text
}

fn ontology() -> Arc<Ontology> {
    Arc::new(Ontology::parse(ONTOLOGY).unwrap())
}

/// The median time of what `run` measures.
fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    times[RUNS / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let time = start.elapsed();
    drop(result);
    time
}

fn open(text: &str) -> LabelRow {
    LabelRow::parse(text, ontology()).unwrap()
}

/// Reads every member that this crate has a type for.
fn typed_pass(row: &LabelRow) -> f64 {
    let mut sum = 0.0;
    for object in row.objects() {
        black_box((object.class(), object.answers(), object.number()));
        for placed in object.placements() {
            let shape: BoundingBox = placed.coordinates().unwrap();
            black_box((placed.created_at(), placed.created_by(), placed.last_edited_at(), placed.is_manual()));
            sum += shape.x + shape.y + shape.width + shape.height + placed.confidence();
        }
    }
    sum
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--memory-of") {
        return memory_of(&arguments[at + 1]);
    }
    let text = made_up(100_000, Kind::Tracks);
    println!("{:.1} MB, 100,000 objects on {} frames\n", text.len() as f64 / 1e6, 100_000 / OBJECTS);
    against_values(&text);
    one_edit(&text);
    memory("100 objects on every frame", &text);
    memory("each object on one frame", &made_up(100_000, Kind::Distinct));
    memory("a million empty frames", &made_up(100_000_000, Kind::Empty));
    linear(Kind::Tracks, "100 objects on every frame");
    linear(Kind::Distinct, "each object on one frame");
}

fn against_values(text: &str) {
    let value_read = median(|| timed(|| serde_json::from_str::<Value>(text).unwrap()));
    let value: Value = serde_json::from_str(text).unwrap();
    let value_write = median(|| timed(|| serde_json::to_string(&value).unwrap()));
    drop(value);
    let ignored = median(|| timed(|| serde_json::from_str::<IgnoredAny>(text).unwrap()));
    let open_time = median(|| timed(|| open(text)));
    let row = open(text);
    let pass = median(|| timed(|| typed_pass(&row)));
    let write = median(|| timed(|| row.to_json()));
    println!("serde_json::Value        read {value_read:>10.1?}  write {value_write:>10.1?}");
    println!("serde_json::IgnoredAny   read {ignored:>10.1?}");
    println!("label row                open {open_time:>10.1?}  typed pass {pass:>10.1?}  write {write:>10.1?}");
    let ratio = (open_time + pass + write).as_secs_f64() / (value_read + value_write).as_secs_f64();
    println!("open + typed pass + write, against Value read + write: {ratio:.2} (wanted: at most 1.5)\n");
}

fn one_edit(text: &str) {
    let row = open(text);
    let edit = || {
        let mut row = row.clone();
        timed(move || {
            row.edit("ob000042").unwrap().at(500).unwrap().change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
            let json = row.to_json();
            (json, row)
        })
    };
    let (edited, copied) = (median(edit), median(|| timed(|| text.to_owned())));
    println!("edit one object and write {edited:>9.1?}, copying the bytes {copied:>9.1?}");
    let ratio = edited.as_secs_f64() / copied.as_secs_f64();
    println!("edit + write, against copying: {ratio:.2} (wanted: less than 1.3)");
    let file = std::env::temp_dir().join(format!("rows-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let through = median(|| timed(|| std::fs::write(&file, std::fs::read_to_string(&file).unwrap()).unwrap()));
    let whole = median(|| {
        timed(|| {
            let mut row = LabelRow::parse(std::fs::read_to_string(&file).unwrap(), ontology()).unwrap();
            row.edit("ob000042").unwrap().at(500).unwrap().change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
            std::fs::write(&file, row.to_json()).unwrap();
        })
    });
    std::fs::remove_file(&file).unwrap();
    println!(
        "read file + open + edit + write file {whole:.1?}, read + write the file {through:.1?}: {:.2}\n",
        whole.as_secs_f64() / through.as_secs_f64()
    );
}

/// A line of this process's status, in bytes; 0 where the system has none.
fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn memory_of(file: &str) {
    let before = status("VmRSS");
    let text = std::fs::read_to_string(file).unwrap();
    let size = text.len() as f64;
    let mut row = LabelRow::parse(text, ontology()).unwrap();
    let opened = status("VmRSS") - before;
    typed_pass(&row);
    if let Ok(object) = row.edit("ob000042") {
        object.delete();
    }
    let written = row.to_json();
    println!(
        "open {:.2} times the text; peak through a typed pass, an edit and writing {:.2} (wanted: at most 3)",
        opened as f64 / size,
        (status("VmHWM") - before) as f64 / size
    );
    drop(written);
}

fn memory(what: &str, text: &str) {
    let file = std::env::temp_dir().join(format!("rows-memory-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg("--memory-of").arg(&file).output().unwrap();
    print!("memory, {what} ({:.1} MB): {}", text.len() as f64 / 1e6, String::from_utf8_lossy(&output.stdout));
    std::fs::remove_file(&file).unwrap();
}

fn linear(kind: Kind, what: &str) {
    println!("\n{what}\nobject-frames     open  typed pass  delete each object and write   ns for each");
    for count in [10_000, 100_000, 1_000_000] {
        let text = made_up(count, kind);
        let mut row = open(&text);
        let open_time = timed(|| open(&text));
        let pass = timed(|| typed_pass(&row));
        let hashes: Vec<String> = row.objects().map(|object| object.hash().to_owned()).collect();
        let delete = timed(|| {
            for hash in &hashes {
                row.delete(hash).unwrap();
            }
            row.to_json()
        });
        let each = (open_time + pass + delete).as_nanos() as f64 / count as f64;
        println!("{count:>13} {open_time:>8.1?} {pass:>11.1?} {delete:>30.1?} {each:>13.0}");
    }
}
