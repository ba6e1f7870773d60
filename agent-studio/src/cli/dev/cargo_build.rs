//! Builds with cargo, and reads its messages.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::mpsc;
use std::time::{Instant, SystemTime};

use anstream::adapter::strip_str;
use serde::Deserialize;
use tokio::process::Command;

use super::child_group::ChildGroup;
use crate::cli::terminal::print_stderr;
use crate::dev_status::CompilerError;

/// Maximum number of errors that the page gets.
const MAX_ERRORS: usize = 20;

/// The cargo program and the arguments of a build.
#[derive(Debug, Clone)]
pub(super) struct CargoBuild {
    pub(super) folder: PathBuf,
    /// Arguments that select the program and the profile.
    pub(super) arguments: Vec<String>,
    /// Names of the programs that `cargo run` prefers.
    pub(super) default_programs: Vec<String>,
    /// Whether compiler messages have colours.
    pub(super) colours: Colours,
}

/// Colours of compiler messages in the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Ansi,
    Plain,
}

/// Result of a build.
#[derive(Debug)]
pub(super) struct BuildOutcome {
    /// Duration, in seconds.
    pub(super) seconds: f64,
    /// The built program, or the errors.
    pub(super) result: Result<Program, Vec<CompilerError>>,
}

/// A version of the built program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// Time of the last write, which identifies the version.
    modified: Option<SystemTime>,
}

impl Program {
    fn new(path: PathBuf) -> Self {
        let modified = path.metadata().and_then(|metadata| metadata.modified()).ok();
        Self { path, modified }
    }

    /// Returns the source files in the dependency file that cargo writes beside the program.
    pub(super) fn sources(&self) -> Vec<PathBuf> {
        let text = std::fs::read_to_string(self.path.with_extension("d")).unwrap_or_default();
        dependencies(&text)
    }
}

/// Parses a dependency file: `target: file file`, with escaped spaces.
fn dependencies(text: &str) -> Vec<PathBuf> {
    let files = text.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, files)| files);
    let files = files.replace("\\ ", "\0");
    files.split_whitespace().map(|file| PathBuf::from(file.replace('\0', " "))).collect()
}

/// A message of cargo. Other members are not used.
#[derive(Debug, Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Diagnostic { message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Artifact { target: Target, executable: Option<PathBuf> },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Diagnostic {
    message: String,
    level: String,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Debug, Deserialize)]
struct Span {
    file_name: String,
    line_start: u64,
    column_start: u64,
    is_primary: bool,
}

impl Diagnostic {
    fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    fn into_error(self) -> CompilerError {
        let span = self.spans.iter().find(|span| span.is_primary);
        CompilerError {
            location: span.map(|span| format!("{}:{}:{}", span.file_name, span.line_start, span.column_start)),
            text: strip_str(self.rendered.as_deref().unwrap_or(&self.message)).to_string().trim_end().to_owned(),
            message: self.message,
        }
    }
}

/// Returns the cargo program: the one that started this program, or the one in `PATH`.
pub(super) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").filter(|cargo| !cargo.is_empty()).unwrap_or_else(|| "cargo".into())
}

impl CargoBuild {
    /// Runs cargo. Dropping the future ends cargo and its compilers.
    pub(super) async fn run(self) -> BuildOutcome {
        let began = Instant::now();
        let result = match self.build().await {
            Ok(result) => result,
            Err(error) => {
                let message = format!("Cannot run cargo: {error}.");
                Err(vec![CompilerError { location: None, text: message.clone(), message }])
            }
        };
        BuildOutcome { seconds: began.elapsed().as_secs_f64(), result }
    }

    async fn build(&self) -> io::Result<Result<Program, Vec<CompilerError>>> {
        let (sender, messages) = mpsc::channel();
        let on_message = move |line: String| match serde_json::from_str::<Message>(&line) {
            Ok(message) => {
                if let Message::Diagnostic { message: Diagnostic { rendered: Some(text), .. } } = &message {
                    print_stderr(text.trim_end());
                }
                // The receiver is gone only if the build was cancelled.
                let _ = sender.send(message);
            }
            // Output of procedural macros.
            Err(_) => print_stderr(line),
        };
        let mut cargo = ChildGroup::spawn(self.command(), on_message, |line| print_stderr(line))?;
        let status = cargo.wait().await?;
        Ok(self.outcome(status, messages.try_iter(), &cargo.tail()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(cargo());
        // Set if `cargo run` started this program. Some build scripts run again when they change, and the next `cargo build` in a
        // terminal would run them once more.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")) {
                command.env_remove(name);
            }
        }
        let (format, colour) = match self.colours {
            Colours::Ansi => ("json-diagnostic-rendered-ansi", "always"),
            Colours::Plain => ("json", "never"),
        };
        command.args(["build", &format!("--message-format={format}"), "--color", colour]).args(&self.arguments);
        command.current_dir(&self.folder);
        command
    }

    fn outcome(
        &self,
        status: ExitStatus,
        messages: impl Iterator<Item = Message>,
        stderr: &[String],
    ) -> Result<Program, Vec<CompilerError>> {
        let (mut errors, mut programs) = (Vec::new(), Vec::new());
        for message in messages {
            match message {
                Message::Diagnostic { message } if message.is_error() && errors.len() < MAX_ERRORS => {
                    errors.push(message.into_error());
                }
                Message::Artifact { target, executable: Some(path) } => programs.push((target.name, path)),
                _ => {}
            }
        }
        if !status.success() {
            // "aborting due to 2 previous errors" has no position.
            let has_position = errors.iter().any(|error| error.location.is_some());
            errors.retain(|error| !has_position || error.location.is_some());
            if errors.is_empty() {
                errors.push(cargo_error(stderr));
            }
            return Err(errors);
        }
        self.choose(programs).map_err(|message| vec![CompilerError { location: None, text: message.clone(), message }])
    }

    fn choose(&self, mut programs: Vec<(String, PathBuf)>) -> Result<Program, String> {
        if programs.len() > 1 {
            let default = programs.iter().position(|(name, _)| self.default_programs.contains(name));
            if let Some(position) = default {
                programs = vec![programs.swap_remove(position)];
            }
        }
        match programs.as_slice() {
            [(_, path)] => Ok(Program::new(path.clone())),
            [] => Err("There is no program to run: the package needs a src/main.rs.".to_owned()),
            several => {
                let mut names: Vec<_> = several.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                Err(format!("There are several programs: choose one with --bin. They are {}.", names.join(", ")))
            }
        }
    }
}

/// Returns the error that cargo wrote to standard error, such as that of a malformed manifest.
fn cargo_error(stderr: &[String]) -> CompilerError {
    let first = stderr.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let lines = stderr.get(first..).unwrap_or_default();
    let message = lines.first().map_or("The build failed.", String::as_str);
    CompilerError { location: None, message: message.trim_start_matches("error: ").to_owned(), text: lines.join("\n") }
}

/// Facts about the workspace from `cargo metadata`.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
    pub(super) workspace_root: PathBuf,
    pub(super) target_directory: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Package {
    default_run: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    ///
    /// # Errors
    /// A sentence: there is no package in the folder, its manifest is invalid, or cargo cannot be started.
    pub(super) async fn read(folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(folder).kill_on_drop(true);
        let output = command.output().await;
        let output = output.map_err(|error| {
            format!("Cannot run cargo ({error}): install Rust from https://rustup.rs, or set CARGO to the program.")
        })?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let reason = text.lines().find(|line| line.starts_with("error")).unwrap_or(text.trim());
            let reason = reason.trim_start_matches("error: ");
            return Err(format!(
                "cargo cannot read the package in this folder ({reason}): run the command in the folder of an agent \
                 crate, or create one with `agent-studio new`."
            ));
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("Cannot read the output of cargo metadata: {error}."))
    }

    pub(super) fn default_programs(&self) -> Vec<String> {
        self.packages.iter().filter_map(|package| package.default_run.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build() -> CargoBuild {
        let default_programs = vec!["main".to_owned()];
        CargoBuild { folder: ".".into(), arguments: Vec::new(), default_programs, colours: Colours::Plain }
    }

    #[test]
    fn parses_dependency_file() {
        let text = "/a/target/debug/x: /a/src/main.rs /b/my\\ crate/lib.rs\n\n/a/src/main.rs:\n";
        assert_eq!(dependencies(text), [PathBuf::from("/a/src/main.rs"), PathBuf::from("/b/my crate/lib.rs")]);
        assert!(dependencies("").is_empty());
    }

    #[test]
    fn builds_without_the_package_variables_of_cargo_run() {
        let command = build().command();
        let variables: Vec<_> = command.as_std().get_envs().collect();
        assert!(variables.contains(&("CARGO_MANIFEST_DIR".as_ref(), None)), "{variables:?}");
    }

    #[test]
    fn reads_compiler_message() {
        let line = r#"{"reason":"compiler-message","message":{"message":"mismatched types","level":"error",
            "rendered":"\u001b[1merror\u001b[0m: mismatched types\n","spans":[{"file_name":"src/main.rs","line_start":7,
            "column_start":5,"is_primary":true}]}}"#;
        let Ok(Message::Diagnostic { message }) = serde_json::from_str(line) else { panic!("{line}") };
        assert!(message.is_error());
        let error = message.into_error();
        assert_eq!(error.location.as_deref(), Some("src/main.rs:7:5"));
        assert_eq!(error.text, "error: mismatched types");
    }

    #[test]
    fn chooses_only_or_default_program() {
        let named = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), PathBuf::from(name))).collect();
        assert_eq!(build().choose(named(&["a"])).unwrap().path, PathBuf::from("a"));
        assert_eq!(build().choose(named(&["a", "main"])).unwrap().path, PathBuf::from("main"));
        assert!(build().choose(named(&["b", "a"])).unwrap_err().ends_with("--bin. They are a, b."));
        assert!(build().choose(Vec::new()).unwrap_err().contains("src/main.rs"));
    }

    #[test]
    fn error_of_cargo_starts_at_its_first_line() {
        let stderr = ["   Compiling a v0.1.0", "error: failed to parse manifest", "", "Caused by:"].map(str::to_owned);
        let error = cargo_error(&stderr);
        assert_eq!(error.message, "failed to parse manifest");
        assert!(error.text.starts_with("error: failed") && error.text.ends_with("Caused by:"));
    }
}
