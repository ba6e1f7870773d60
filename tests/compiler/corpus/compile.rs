//! Compiles the cases: the dependencies once with cargo, then each case with the compiler alone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::{env, fs};

use serde_json::Value;

use super::case::Case;
use super::criteria::Verdict;
use crate::cargo::cargo;

/// The compiler with the arguments for the dependencies.
pub(crate) struct Compiler {
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Compiler {
    /// Checks the dependencies of the cases in a package of their own, with the target folder of the workspace, where most are
    /// checked already.
    pub(crate) fn prepare() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        fs::write(folder.join("Cargo.toml"), manifest(&root)).unwrap();
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let mut check = cargo();
        check.args(["check", "--offline", "--message-format=json", "--manifest-path"]).arg(folder.join("Cargo.toml"));
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        check.env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS");
        let output = check.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut arguments = vec!["-L".to_owned(), format!("dependency={}", target.join("debug/deps").display())];
        for message in lines(&output.stdout) {
            if let Some((name, path)) = library(&message) {
                arguments.extend(["--extern".to_owned(), format!("{name}={path}")]);
            }
        }
        Self { folder, arguments }
    }

    /// Compiles all cases on all processors.
    pub(crate) fn check_all(&self, cases: &[Case]) -> Vec<Verdict> {
        let (next, verdicts) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while let Some((index, case)) = take(&next, cases) {
                        let verdict = self.check(index, case);
                        verdicts.lock().unwrap().push((index, verdict));
                    }
                });
            }
        });
        let mut verdicts = verdicts.into_inner().unwrap();
        verdicts.sort_by_key(|(index, _)| *index);
        verdicts.into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn check(&self, index: usize, case: &Case) -> Verdict {
        let (source, output) = (self.folder.join(format!("{index}.rs")), self.folder.join(format!("{index}.rmeta")));
        fs::write(&source, &case.source).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "--crate-type", "bin", "--emit", "metadata", "--error-format", "json", "-o"]);
        rustc.arg(&output).args(&self.arguments).arg(&source);
        // The environment of cargo, which the attribute reads.
        rustc.env("CARGO_PKG_NAME", "corpus").env("CARGO_PKG_VERSION", "0.1.0");
        let compiled = rustc.output().unwrap();
        let verdict = Verdict::new(case, &source, &lines(&compiled.stderr).collect::<Vec<_>>());
        let _ = (fs::remove_file(source), fs::remove_file(output));
        verdict
    }
}

fn take<'c>(next: &AtomicUsize, cases: &'c [Case]) -> Option<(usize, &'c Case)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    cases.get(index).map(|case| (index, case))
}

/// The dependencies of the cases. The versions are those of the workspace's lock file.
fn manifest(root: &Path) -> String {
    let runtime = root.join("agent-runtime");
    format!(
        "[package]\nname = \"corpus\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         agent-runtime = {{ path = {runtime:?} }}\nanyhow = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = \"1\"\ntokio = {{ version = \"1\", default-features = false, features = [\"rt\", \"macros\"] }}\n"
    )
}

fn lines(output: &[u8]) -> impl Iterator<Item = Value> {
    output.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

/// Returns the name and file of a library that the cases use.
fn library(message: &Value) -> Option<(String, &str)> {
    const USED: [&str; 5] = ["agent_runtime", "anyhow", "serde", "serde_json", "tokio"];
    let name =
        message["target"]["name"].as_str().filter(|_| message["reason"] == "compiler-artifact")?.replace('-', "_");
    let mut files = message["filenames"].as_array()?.iter().filter_map(Value::as_str);
    let file = files.find(|file| file.ends_with(".rmeta"))?;
    USED.contains(&&*name).then_some((name, file))
}
