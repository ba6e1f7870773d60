//! What label rows cost beside reading and writing their JSON: `cargo bench -p agent-platform --bench rows`.
//!
//! Both sides of a ratio are measured in turn in every round, and the ratio is the median of the rounds': what else the
//! machine does falls on both. What leaves another heap behind, and what is to be told of memory, is measured in a process
//! of its own: this program started again.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, missing_docs, reason = "a benchmark")]

mod made_up;
mod measure;

use std::process::Command;
use std::time::Duration;

use agent_platform::labels::{BoundingBox, LabelRow, same_labels};
use made_up::{Kind, OBJECTS, made_up, move_one, open, typed_pass};
use measure::{median, median_of, ratio, status, timed};
use serde::de::IgnoredAny;
use serde_json::Value;

const ROUNDS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let of = |flag: &str| arguments.iter().position(|argument| argument == flag).map(|at| &arguments[at + 1]);
    if let Some(file) = of("--values-of") {
        return report(&values_of(&std::fs::read_to_string(file).unwrap()));
    }
    if let Some(file) = of("--row-of") {
        return report(&row_of(&std::fs::read_to_string(file).unwrap()));
    }
    if let Some(file) = of("--memory-of") {
        return memory_of(file);
    }
    let text = made_up(100_000, Kind::Tracks);
    println!("{:.1} MB, 100,000 object-frames on {} frames, {ROUNDS} rounds\n", megabytes(&text), 100_000 / OBJECTS);
    against_values(&text);
    against_bytes(&text);
    first_edit(&made_up(13_000, Kind::Tracks));
    merging(&made_up(13_000, Kind::Tracks));
    memory("100 objects on every frame", &text);
    memory("each object on one frame", &made_up(100_000, Kind::Distinct));
    memory("a million empty frames", &made_up(100_000_000, Kind::Empty));
    linear(Kind::Tracks, "100 objects on every frame");
    linear(Kind::Distinct, "each object on one frame");
}

fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

/// This program again, on a file that holds the text; what it prints.
fn again(flag: &str, text: &str) -> String {
    let file = std::env::temp_dir().join(format!("rows-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let output = Command::new(std::env::current_exe().unwrap()).arg(flag).arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Prints the medians of these runs but the first, which warms up, in nanoseconds.
fn report<const N: usize>(runs: &[[Duration; N]]) {
    for part in 0..N {
        println!("{}", median(runs[1..].iter().map(|run| run[part])).as_nanos());
    }
}

fn times(printed: &str) -> Vec<Duration> {
    printed.lines().map(|line| Duration::from_nanos(line.parse().unwrap())).collect()
}

fn values_of(text: &str) -> Vec<[Duration; 3]> {
    let run = || {
        let read = timed(|| value(text));
        let value = value(text);
        let write = timed(|| serde_json::to_string(&value).unwrap());
        [read, write, timed(|| serde_json::from_str::<IgnoredAny>(text).unwrap())]
    };
    (0..4).map(|_| run()).collect()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn row_of(text: &str) -> Vec<[Duration; 4]> {
    let run = || {
        let owned = text.to_owned();
        let opened = timed(|| open(owned));
        let row = open(text);
        let (pass, write) = (timed(|| typed_pass(&row)), timed(|| row.to_json()));
        drop(row);
        let owned = text.to_owned();
        [opened, pass, write, timed(|| edited(owned))]
    };
    (0..4).map(|_| run()).collect()
}

/// The text of a row one object of which is moved, and the row: dropping it is another matter.
fn edited(text: String) -> (String, LabelRow) {
    let mut row = open(text);
    move_one(&mut row);
    (row.to_json(), row)
}

/// A full typed pass (opening, reading every member that has a type, and writing) and one edit, against reading and
/// writing a `Value`.
fn against_values(text: &str) {
    let round = |_| (times(&again("--values-of", text)), times(&again("--row-of", text)));
    let rounds: Vec<(Vec<Duration>, Vec<Duration>)> = (0..ROUNDS).map(round).collect();
    let value = |index: usize| median(rounds.iter().map(|round| round.0[index]));
    let row = |index: usize| median(rounds.iter().map(|round| round.1[index]));
    println!("serde_json::Value        read {:>10.1?}  write {:>10.1?}", value(0), value(1));
    println!("serde_json::IgnoredAny   read {:>10.1?}", value(2));
    println!("label row                open {:>10.1?}  typed pass {:>10.1?}  write {:>10.1?}", row(0), row(1), row(2));
    let against = |ours: fn(&[Duration]) -> Duration| {
        median(rounds.iter().map(|(value, row)| ratio(ours(row), value[0] + value[1])))
    };
    println!("against Value read + write:");
    println!("  open + typed pass + write: {:.2} (wanted: at most 1.5)", against(|row| row[0] + row[1] + row[2]));
    println!("  open + write: {:.2}", against(|row| row[0] + row[2]));
    println!("  open + edit one object + write: {:.2} (wanted: less than 1.3)\n", against(|row| row[3]));
}

/// Editing one object and saving, against copying the bytes and against reading and writing them as a file.
fn against_bytes(text: &str) {
    let row = open(text);
    compare("edit one object of an open row + write, against copying the bytes", || {
        let mut row = row.clone();
        let edited = timed(move || {
            move_one(&mut row);
            (row.to_json(), row)
        });
        (edited, timed(|| text.to_owned()))
    });
    drop(row);
    let file = std::env::temp_dir().join(format!("rows-file-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    compare("read a file + open + edit one object + write the file, against reading and writing it", || {
        let edited = timed(|| {
            let (written, row) = edited(std::fs::read_to_string(&file).unwrap());
            std::fs::write(&file, written).unwrap();
            row
        });
        (edited, timed(|| std::fs::write(&file, std::fs::read(&file).unwrap()).unwrap()))
    });
    std::fs::remove_file(&file).unwrap();
    println!();
}

fn compare(what: &str, mut round: impl FnMut() -> (Duration, Duration)) {
    let rounds: Vec<(Duration, Duration)> = (0..ROUNDS).map(|_| round()).collect();
    let (ours, theirs) = (median(rounds.iter().map(|round| round.0)), median(rounds.iter().map(|round| round.1)));
    let times = median(rounds.iter().map(|round| ratio(round.0, round.1)));
    println!("{what}: {ours:.1?}, {theirs:.1?}, ratio {times:.2} (wanted: less than 1.3)");
}

/// The first edit of the only handle of a row, and of a handle beside a clone: it copies the index.
fn first_edit(text: &str) {
    let edit = |mut row: LabelRow| {
        row.edit("ob000042").unwrap().at(50).unwrap().change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
        row
    };
    let shared = open(text);
    let parse = median_of(ROUNDS, || timed(|| open(text)));
    let alone = median_of(ROUNDS, || {
        let row = open(text);
        timed(|| edit(row))
    });
    let beside = median_of(ROUNDS, || {
        let row = shared.clone();
        timed(|| edit(row))
    });
    let size = megabytes(text);
    println!(
        "{size:.1} MB, first edit: {alone:.1?} of the only handle, {beside:.1?} beside a clone; open {parse:.1?}\n"
    );
}

/// Finding what an agent changed, and merging it into a row that somebody else has changed, for one edit and for many.
fn merging(text: &str) {
    let base = open(text);
    let mut theirs = base.clone();
    theirs.edit("ob000007").unwrap().delete();
    let theirs = open(theirs.to_json());
    println!("{:.1} MB, medians of {ROUNDS}", megabytes(text));
    for (what, frames) in [("one edit", 1), ("an edit on every frame", 130)] {
        let mut ours = base.clone();
        for frame in 0..frames {
            let edit = ours.edit("ob000042").unwrap().at(frame).unwrap();
            edit.change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
        }
        let difference = ours.difference_from(&base);
        let differ = median_of(ROUNDS, || timed(|| ours.difference_from(&base)));
        let presence = median_of(ROUNDS, || timed(|| difference.presence_in(&theirs)));
        let merge = median_of(ROUNDS, || timed(|| LabelRow::merge(&base, &ours, &theirs).unwrap()));
        let same = median_of(ROUNDS, || timed(|| same_labels(text, theirs.original_json())));
        println!("{what}: difference {differ:.1?}, presence {presence:.1?}, merge {merge:.1?}, same labels {same:.1?}");
    }
    println!();
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
    print!("memory, {what} ({:.1} MB): {}", megabytes(text), again("--memory-of", text));
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
        let hashes: Vec<_> = row.objects().map(|object| object.hash().clone()).collect();
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
