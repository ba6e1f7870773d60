//! What label rows cost beside the Python SDK, on the same bytes:
//! `AGENT_PYTHON=INTERPRETER cargo bench -p agent-platform --bench sdk`.
//!
//! The SDK works in a child process, in turn with this one; ratios are medians of the rounds'. What the SDK has written is
//! read here and compared, so that both have done the same. Memory is measured in processes that do nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

mod made_up;
mod measure;

use std::ffi::OsStr;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use agent_platform::labels::{BoundingBox, LabelRow};
use made_up::{Kind, OBJECTS, ONTOLOGY, made_up, open, typed_pass};
use measure::python::PythonProcess;
use measure::{median, median_of, ratio, status, timed};
use serde_json::{Value, json};

const OBJECT_FRAMES: usize = 100_000;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--memory-of") {
        println!("{}", memory_of(Path::new(&arguments[at + 1])));
        return ExitCode::SUCCESS;
    }
    let Some(python) = std::env::var_os("AGENT_PYTHON") else {
        eprintln!("Missing environment variable AGENT_PYTHON. Set it to an interpreter with the package `encord`.");
        return ExitCode::FAILURE;
    };
    let folder = std::env::temp_dir().join(format!("rows-sdk-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let measured = measure(&python, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    if let Err(missing) = measured {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn measure(python: &OsStr, folder: &Path) -> Result<(), String> {
    let text = made_up(OBJECT_FRAMES, Kind::Tracks);
    let frames = OBJECT_FRAMES / OBJECTS;
    std::fs::write(folder.join("row.json"), &text).unwrap();
    std::fs::write(folder.join("ontology.json"), ONTOLOGY).unwrap();
    std::fs::write(folder.join("metadata.json"), metadata(frames).to_string()).unwrap();

    let (mut sdk, versions) = Sdk::start(python, folder)?;
    println!("{:.1} MB, {OBJECT_FRAMES} object-frames on {frames} frames, {ROUNDS} rounds", text.len() as f64 / 1e6);
    println!("Python {}, encord {}\n", versions["python"].as_str().unwrap(), versions["sdk"].as_str().unwrap());
    parse_and_save(&text, &mut sdk);
    move_each(&text, &mut sdk);
    sdk.process.end();

    let (mut fresh, _) = Sdk::start(python, folder)?;
    let theirs = fresh.process.ask("memory");
    fresh.process.end();
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("--memory-of")
        .arg(folder.join("row.json"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("\nresident memory, times the text   SDK   here  ratio");
    for (what, key) in [("open row", "open"), ("peak until saved", "peak")] {
        let times = |side: &Value| side[key].as_f64().unwrap() / text.len() as f64;
        println!("{what:<31} {:>5.1} {:>6.2} {:>6.1}", times(&theirs), times(&ours), times(&theirs) / times(&ours));
    }
    Ok(())
}

/// What the listing says of the video, as far as the SDK asks for it.
fn metadata(frames: usize) -> Value {
    json!({
        "label_hash": "7f3c", "branch_name": "main", "created_at": null, "last_edited_at": null, "data_hash": "d",
        "dataset_hash": "s", "dataset_title": "t", "data_title": "v.mp4", "data_type": "VIDEO", "data_link": null,
        "label_status": "LABELLED", "annotation_task_status": null, "workflow_graph_node": null,
        "is_shadow_data": false, "frames_per_second": 25, "number_of_frames": frames,
        "duration": frames as f64 / 25.0, "height": 1080, "width": 1920, "audio_sample_rate": null,
        "audio_codec": null, "audio_bit_depth": null, "audio_num_channels": null, "spaces": {},
    })
}

/// Parsing and writing, alone and with a look at everything in between, against what the SDK does for the same.
fn parse_and_save(text: &str, sdk: &mut Sdk) {
    let mut parts = Vec::new();
    let rounds: Vec<[Duration; 3]> = (0..ROUNDS)
        .map(|_| {
            let alone = here(text, |_| ());
            let full = here(text, |row| {
                black_box(typed_pass(row));
            });
            let (theirs, total) = sdk.work("save");
            parts.push(theirs);
            [alone, full, total]
        })
        .collect();
    assert_eq!(numbers(&open(text)), numbers(&sdk.written()), "the SDK has written what it read");

    let seconds = |key: &str| median(parts.iter().map(|part| part[key].as_f64().unwrap()));
    println!(
        "SDK: json.loads {:.2} s, from_labels_dict {:.2} s, save {:.2} s, json.dumps {:.2} s\n",
        seconds("json_read"),
        seconds("from_labels_dict"),
        seconds("save"),
        seconds("json_write")
    );
    println!("                                    SDK       here  ratio");
    println!("{} (wanted: at least 20)", line("parse + save", &rounds, 0));
    println!("{}", line("parse + typed pass + save", &rounds, 1));
}

/// The same with every box of every frame moved in between.
fn move_each(text: &str, sdk: &mut Sdk) {
    let mut moved = open(text);
    move_all(&mut moved);
    let moved = numbers(&moved);
    let rounds: Vec<[Duration; 3]> = (0..ROUNDS)
        .map(|_| {
            let ours = here(text, move_all);
            let total = sdk.work("move").1;
            assert_eq!(moved, numbers(&sdk.written()), "the SDK has moved the same");
            [ours, ours, total]
        })
        .collect();
    println!("{}", line("parse + move every box + save", &rounds, 0));
}

/// How long it takes here to open a row, work on it and write it: the median of three, as this is soon done.
fn here(text: &str, work: impl Fn(&mut LabelRow)) -> Duration {
    median_of(3, || {
        let owned = text.to_owned();
        timed(|| {
            let mut row = open(owned);
            work(&mut row);
            (row.to_json(), row)
        })
    })
}

fn move_all(row: &mut LabelRow) {
    let hashes: Vec<_> = row.objects().map(|object| object.hash().clone()).collect();
    for hash in hashes {
        let frames: Vec<u64> = row.object(&hash).unwrap().placements().map(|placed| placed.frame()).collect();
        for frame in frames {
            row.edit(&hash).unwrap().at(frame).unwrap().change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
        }
    }
}

fn line(what: &str, rounds: &[[Duration; 3]], ours: usize) -> String {
    let time = |index: usize| median(rounds.iter().map(|round| round[index]));
    let times = median(rounds.iter().map(|round| ratio(round[2], round[ours])));
    format!("{what:<29} {:>9.1?} {:>10.1?} {times:>6.1}", time(2), time(ours))
}

/// How many object-frames a row has, and the sum of their numbers in millionths.
fn numbers(row: &LabelRow) -> (usize, i64) {
    #[expect(clippy::cast_possible_truncation, reason = "a sum of 500,000 numbers around 1")]
    let sum = (typed_pass(row) * 1e6).round() as i64;
    (row.objects().map(|object| object.placements().count()).sum(), sum)
}

fn memory_of(file: &Path) -> Value {
    let before = status("VmRSS");
    let row = open(std::fs::read_to_string(file).unwrap());
    let held = status("VmRSS") - before;
    typed_pass(&row);
    let written = row.to_json();
    let peak = status("VmHWM") - before;
    drop((written, row));
    json!({"open": held, "peak": peak})
}

/// The SDK in a process of its own, which works when it is asked to.
struct Sdk {
    process: PythonProcess,
    folder: PathBuf,
}

impl Sdk {
    /// Starts it, and gives what it says of itself.
    fn start(python: &OsStr, folder: &Path) -> Result<(Self, Value), String> {
        let (process, versions) =
            PythonProcess::start(python, "sdk.py", &[folder.as_os_str()], "the package `encord`")?;
        Ok((Self { process, folder: folder.to_owned() }, versions))
    }

    /// How long the parts of a piece of work took, in seconds, and all of them.
    fn work(&mut self, work: &str) -> (Value, Duration) {
        let parts = self.process.ask(work);
        let seconds: f64 = parts.as_object().unwrap().values().map(|part| part.as_f64().unwrap()).sum();
        (parts, Duration::from_secs_f64(seconds))
    }

    /// The row that the SDK wrote last.
    fn written(&self) -> LabelRow {
        open(std::fs::read_to_string(self.folder.join("sdk.json")).unwrap())
    }
}
