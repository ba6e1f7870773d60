//! Benchmark of `cargo check` with 100 agents, compared with 100 axum handlers with the same bodies:
//! `cargo bench -p agent-benches --bench compile_time`. With the argument `ontology`: of the types of `ontology!`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[path = "compile_time_ontology.rs"]
mod ontology;

const FUNCTIONS: usize = 100;
const ROUNDS: usize = 9;

/// Body of each function, the same for both: twelve lines of two statements, like an agent that reads labels, and a last line for
/// its response.
const BODY: &str = "    let seed = NUMBERu64; let mut total = seed.wrapping_add(frame);
    let names = [\"car\", \"person\", \"tree\"]; let count = names.len();
    let text = format!(\"{total} on frame {frame}\"); let words: Vec<&str> = text.split(' ').collect();
    let longest = words.iter().map(|word| word.len()).max(); let longest = longest.unwrap_or_default();
    let mut counts = std::collections::BTreeMap::new(); counts.insert(words.len(), count);
    for step in 0..frame { total = total.wrapping_mul(31).wrapping_add(step); if total % 7 == 3 { total ^= total >> 3; } }
    let corners = [(0.25_f64, 0.5_f64), (0.75, 0.5), (0.5, 1.0)]; let width = corners.iter().map(|(x, _)| *x).fold(0.0, f64::max);
    let height = corners.iter().map(|(_, y)| y * 2.0).sum::<f64>(); let area = width * height / 2.0;
    let kept: Vec<_> = corners.iter().filter(|(x, y)| x + y > area).collect(); let removed = corners.len() - kept.len();
    tokio::task::yield_now().await; let found = counts.get(&longest).copied().unwrap_or(removed);
    let list = names.iter().map(|name| name.to_uppercase()).collect::<Vec<_>>(); let list = list.join(\", \");
    let mut lines = vec![list]; lines.push(format!(\"{found} of {count}, {longest} and {area:.2}\"));
    format!(\"{} in {total}\", lines.join(\"; \"))
";

/// A program with agents.
struct Form {
    name: &'static str,
    parameters: &'static str,
    /// The agents are in a list of `agents![...]`.
    is_list: bool,
    target: &'static str,
}

const FORMS: [Form; 3] = [
    Form { name: "owned", parameters: "Frame(frame): Frame, _objects: ObjectHashes", is_list: false, target: "1.25" },
    Form { name: "borrowed", parameters: "Frame(frame): Frame, _row: &mut LabelRow", is_list: false, target: "1.3" },
    Form { name: "list", parameters: "Frame(frame): Frame, _objects: ObjectHashes", is_list: true, target: "1.4" },
];

fn agents(form: &Form) -> String {
    let mut source = "use agent_runtime::prelude::*;\n\n".to_owned();
    let mut names = String::new();
    for number in 0..FUNCTIONS {
        let (body, parameters) = (BODY.replace("NUMBER", &number.to_string()), form.parameters);
        write!(source, "#[editor_agent]\nasync fn agent_{number}({parameters}) -> String {{\n{body}}}\n\n").unwrap();
        write!(names, "agent_{number}, ").unwrap();
    }
    if form.is_list {
        write!(source, "pub fn server() -> Server {{\n    Server::new().agents(agents![{names}])\n}}\n\n").unwrap();
    }
    source + "fn main() {}\n"
}

fn handlers() -> String {
    let mut source = "use axum::{Json, Router, routing::post};\n\n#[derive(serde::Deserialize)]\n#[serde(rename_all = \"camelCase\")]\n\
                      pub struct Payload {\n    pub frame: u64,\n    pub object_hashes: Option<Vec<String>>,\n}\n\n\
                      #[derive(serde::Serialize)]\npub struct Answer {\n    message: String,\n}\n\n"
        .to_owned();
    let mut routes = String::new();
    for number in 0..FUNCTIONS {
        let body = BODY
            .replace("NUMBER", &number.to_string())
            .replace("    format!(\"{} in", "    let message = format!(\"{} in");
        let body = body.trim_end().to_owned();
        write!(source, "async fn agent_{number}(Json(Payload {{ frame, .. }}): Json<Payload>) -> Json<Answer> {{\n{body};\n    Json(Answer {{ message }})\n}}\n\n").unwrap();
        writeln!(routes, "        .route(\"/agent-{number}\", post(agent_{number}))").unwrap();
    }
    source + &format!("pub fn router() -> Router {{\n    Router::new()\n{routes}}}\n\nfn main() {{}}\n")
}

fn main() {
    if std::env::args().any(|argument| argument == "ontology") {
        return ontology::run();
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile-time");
    let handlers = package(&folder, &workspace, "handlers", &handlers());
    let programs = FORMS.map(|form| package(&folder, &workspace, form.name, &agents(&form)));
    // First run, for the dependencies.
    programs.iter().chain([&handlers]).for_each(|program| _ = check(program));
    let mut theirs = Vec::new();
    let mut times: [(Vec<f64>, Vec<f64>); FORMS.len()] = Default::default();
    for _ in 0..ROUNDS {
        let by_hand = check(&handlers);
        theirs.push(by_hand);
        for (program, (ours, ratios)) in programs.iter().zip(&mut times) {
            let time = check(program);
            ours.push(time);
            ratios.push(time / by_hand);
        }
    }
    println!("cargo check of {FUNCTIONS} functions, incremental off, medians of {ROUNDS} rounds:");
    println!("  {:<12}{:>6.2} s", "axum by hand", median(&mut theirs));
    for (form, (ours, ratios)) in FORMS.iter().zip(&mut times) {
        let (seconds, ratio) = (median(ours), median(ratios));
        println!("  {:<12}{seconds:>6.2} s, ratio {ratio:.2}   (at most {})", form.name, form.target);
    }
}

/// Writes a package with the workspace's dependencies and locked versions.
fn package(folder: &Path, workspace: &Path, name: &str, source: &str) -> PathBuf {
    let folder = folder.join(name);
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let runtime = workspace.join("agent-runtime");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         agent-runtime = {{ path = {runtime:?} }}\naxum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"json\", \"tokio\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\ntokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/main.rs"), source).unwrap();
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Returns the duration of checking the package without its dependencies, in seconds.
fn check(package: &Path) -> f64 {
    let main = package.join("src/main.rs");
    let source = std::fs::read(&main).unwrap();
    std::fs::write(&main, source).unwrap();
    let target = package.parent().unwrap().join("target");
    let start = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .unwrap();
    assert!(status.success(), "{} does not compile", package.display());
    start.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
