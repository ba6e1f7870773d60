//! What label rows cost beside reading and writing their JSON: `cargo bench -p agent-platform --bench rows`.
//!
//! Both sides of a ratio are measured in turn in every round, and the ratio is the median of the rounds': what else the
//! machine does falls on both. Memory is measured in a process of its own, which is this program started again.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs, reason = "a benchmark")]

mod made_up;
mod measure;

use std::process::Command;
use std::time::Duration;

use made_up::{Kind, OBJECTS, made_up, move_one, open, typed_pass};
use measure::{median, median_of, ratio, status, timed};
use serde::de::IgnoredAny;
use serde_json::Value;

const ROUNDS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--memory-of") {
        return memory_of(&arguments[at + 1]);
    }
    let text = made_up(100_000, Kind::Tracks);
    println!("{:.1} MB, 100,000 object-frames on {} frames, {ROUNDS} rounds\n", megabytes(&text), 100_000 / OBJECTS);
    reading(&text);
    saving(&text);
    memory("100 objects on every frame", &text);
    memory("each object on one frame", &made_up(100_000, Kind::Distinct));
    memory("a million empty frames", &made_up(100_000_000, Kind::Empty));
    linear(Kind::Tracks, "100 objects on every frame");
    linear(Kind::Distinct, "each object on one frame");
}

fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

/// A full typed pass: opening, reading every member that has a type, and writing.
fn reading(text: &str) {
    let rounds: Vec<[Duration; 6]> = (0..ROUNDS)
        .map(|_| {
            let value_read = timed(|| value(text));
            let read = value(text);
            let value_write = timed(|| serde_json::to_string(&read).unwrap());
            drop(read);
            let ignored = timed(|| serde_json::from_str::<IgnoredAny>(text).unwrap());
            let owned = text.to_owned();
            let opened = timed(|| open(owned));
            let row = open(text);
            [value_read, value_write, ignored, opened, timed(|| typed_pass(&row)), timed(|| row.to_json())]
        })
        .collect();
    let at = |index: usize| median(rounds.iter().map(|round| round[index]));
    println!("serde_json::Value        read {:>10.1?}  write {:>10.1?}", at(0), at(1));
    println!("serde_json::IgnoredAny   read {:>10.1?}", at(2));
    println!("label row                open {:>10.1?}  typed pass {:>10.1?}  write {:>10.1?}", at(3), at(4), at(5));
    let values = |round: &[Duration; 6]| round[0] + round[1];
    let full = median(rounds.iter().map(|round| ratio(round[3] + round[4] + round[5], values(round))));
    let untouched = median(rounds.iter().map(|round| ratio(round[3] + round[5], values(round))));
    println!("open + typed pass + write, against Value read + write: {full:.2} (wanted: at most 1.5)");
    println!("open + write, against the same: {untouched:.2}\n");
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Editing one object and saving, beside three things that "reading and writing the bytes" may mean.
fn saving(text: &str) {
    let row = open(text);
    compare("on an open row: edit + write, against copying the bytes", || {
        let mut row = row.clone();
        let edited = timed(move || {
            move_one(&mut row);
            (row.to_json(), row)
        });
        (edited, timed(|| text.to_owned()))
    });
    drop(row);
    compare("text to text: open + edit + write, against Value read + write", || {
        let owned = text.to_owned();
        let edited = timed(|| edited(owned));
        (edited, timed(|| serde_json::to_string(&value(text)).unwrap()))
    });
    let file = std::env::temp_dir().join(format!("rows-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    compare("file to file: the same, against reading and writing the file", || {
        let edited =
            timed(|| std::fs::write(&file, edited(std::fs::read_to_string(&file).unwrap()).0.as_bytes()).unwrap());
        (edited, timed(|| std::fs::write(&file, std::fs::read(&file).unwrap()).unwrap()))
    });
    std::fs::remove_file(&file).unwrap();
    println!();
}

/// The text of a row one object of which is moved, and the row: dropping it is another matter.
fn edited(text: String) -> (String, agent_platform::labels::LabelRow) {
    let mut row = open(text);
    move_one(&mut row);
    (row.to_json(), row)
}

fn compare(what: &str, mut round: impl FnMut() -> (Duration, Duration)) {
    let rounds: Vec<(Duration, Duration)> = (0..ROUNDS).map(|_| round()).collect();
    let (ours, theirs) = (median(rounds.iter().map(|round| round.0)), median(rounds.iter().map(|round| round.1)));
    let times = median(rounds.iter().map(|round| ratio(round.0, round.1)));
    println!("{what}: {ours:.1?}, {theirs:.1?}, ratio {times:.2} (wanted: less than 1.3)");
}

fn memory_of(file: &str) {
    let before = status("VmRSS");
    let text = std::fs::read_to_string(file).unwrap();
    let size = text.len() as f64;
    let mut row = open(text);
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
    std::fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    print!("memory, {what} ({:.1} MB): {}", megabytes(text), String::from_utf8_lossy(&output.stdout));
}

/// Opening, reading all, and taking every object out again, for rows of three sizes.
fn linear(kind: Kind, what: &str) {
    println!("\n{what}, medians of 3\nobject-frames     open  typed pass  delete each object and write   ns for each");
    for count in [10_000, 100_000, 1_000_000] {
        let text = made_up(count, kind);
        let opened = median_of(3, || {
            let owned = text.clone();
            timed(|| open(owned))
        });
        let mut row = open(text);
        let pass = median_of(3, || timed(|| typed_pass(&row)));
        let hashes: Vec<String> = row.objects().map(|object| object.hash().to_owned()).collect();
        let whole = row.clone();
        let delete = median_of(3, || {
            row.clone_from(&whole);
            timed(|| {
                for hash in &hashes {
                    row.delete(hash).unwrap();
                }
                row.to_json()
            })
        });
        let each = (opened + pass + delete).as_nanos() as f64 / count as f64;
        println!("{count:>13} {opened:>8.1?} {pass:>11.1?} {delete:>30.1?} {each:>13.0}");
    }
}
