//! A test program that has a test for each case.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::Url;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use super::agent_program::AgentProgram;
use super::call::{AgentTarget, replay};
use super::platform::ReplayPlatform;
use super::replay_error::ReplayError;
use crate::cases::{Case, find_cases};
use crate::models::{ModelPlayers, ModelRecording};

/// Environment variable that updates the expectations of cases: `accept`.
const ACCEPT: &str = "AGENT_CASES";

/// A test program without the harness of `cargo test`, that repeats each case of a folder against a program with agents.
///
/// The folders are found when it runs, so that a new case needs no rebuild. Each test thread has a local platform and a process
/// of the program, which its cases share. With `AGENT_CASES=accept` the expectations are updated.
///
/// ```no_run
/// // tests/cases.rs, with `harness = false` in `Cargo.toml`.
/// use std::process::ExitCode;
///
/// use agent_studio::replay::CaseTests;
///
/// fn main() -> ExitCode {
///     CaseTests::new("cases", "target/debug/my-agents") // Write `env!("CARGO_BIN_EXE_my-agents")`.
///         .env("MODEL_URL", "http://127.0.0.1:9000")
///         .run()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "call `run`"]
pub struct CaseTests {
    cases: PathBuf,
    program: PathBuf,
    variables: Vec<(String, String)>,
    secret: Option<Zeroizing<String>>,
}

/// A platform and a program that runs against it.
#[derive(Debug)]
struct Stage {
    // Dropped first: the program must not run without its platform.
    _program: AgentProgram,
    agents: AgentTarget,
    models: ModelPlayers,
    platform: ReplayPlatform,
}

/// State that the tests share.
#[derive(Debug)]
struct Suite {
    settings: CaseTests,
    /// The recorded model servers of all cases.
    models: Vec<ModelRecording>,
    runtime: Runtime,
    /// Stages that no test uses at the moment.
    idle: Mutex<Vec<Stage>>,
    accept: bool,
}

impl CaseTests {
    /// Creates a test program for the cases in a folder, which is relative to the crate, and a program built with
    /// `agent-runtime`.
    pub fn new(cases: impl AsRef<Path>, program: impl AsRef<Path>) -> Self {
        Self {
            cases: cases.as_ref().to_owned(),
            program: program.as_ref().to_owned(),
            variables: Vec::new(),
            secret: None,
        }
    }

    /// Sets an environment variable of the program. Variables of recorded model servers are set already: this takes precedence.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Signs all calls with this secret, for agents that require it. The program needs it in a variable, too.
    pub fn sign_with(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(Zeroizing::new(secret.into()));
        self
    }

    /// Runs the tests that the arguments select, as `cargo test` does, and returns the exit code.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let folders = match find_cases(&self.cases) {
            Ok(folders) => folders,
            Err(error) => return report(&error),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return report(&error),
        };
        let accept = std::env::var(ACCEPT).is_ok_and(|value| value == "accept");
        // A case that cannot be read fails in its own test.
        let models = folders.iter().filter_map(|folder| Case::read(folder).ok()?.models).collect();
        let suite = Arc::new(Suite { settings: self, models, runtime, idle: Mutex::default(), accept });
        let trial = |folder: PathBuf| {
            let suite = Arc::clone(&suite);
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(name, move || suite.test(&folder).map_err(Failed::from))
        };
        let trials = folders.into_iter().map(trial).collect();
        libtest_mimic::run(&arguments, trials).exit_code()
    }
}

/// Reports an error that prevents all tests.
#[expect(clippy::print_stderr, reason = "the output of a test program")]
fn report(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

impl Suite {
    /// Repeats a case.
    ///
    /// # Errors
    /// The differences to what the case expects, or the reason why it cannot be repeated.
    #[expect(clippy::print_stdout, reason = "the output of a test program")]
    fn test(&self, folder: &Path) -> Result<(), String> {
        let case = Case::read(folder).map_err(|error| error.to_string())?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let stage = match idle {
            Some(stage) => stage,
            None => self.stage().map_err(|error| error.to_string())?,
        };
        let replayed = self.runtime.block_on(replay(&case, &stage.platform, &stage.models, &stage.agents));
        // A program that did not respond is not used again.
        let replayed = replayed.map_err(|error| error.to_string())?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stage);
        if replayed.differences.is_empty() {
            return Ok(());
        }
        let text = replayed.differences.join("\n");
        if !self.accept {
            return Err(format!("{text}\n\nSet {ACCEPT}=accept to update the expectations."));
        }
        case.accept(&replayed.outcome).map_err(|error| error.to_string())?;
        println!("{} accepted:\n{text}", case.name);
        Ok(())
    }

    fn stage(&self) -> Result<Stage, ReplayError> {
        let _runtime = self.runtime.enter();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let platform = self.runtime.block_on(ReplayPlatform::start(address, None))?;
        let models = self.runtime.block_on(ModelPlayers::start(&self.models, 0)).map_err(ReplayError::Models)?;
        let played = models.variables().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables: Vec<_> = played.chain(self.settings.variables.iter().cloned()).collect();
        let program = AgentProgram::start(&self.settings.program, &variables, &platform)?;
        let url = Url::parse(&program.url()).map_err(|error| ReplayError::Agents(error.to_string()))?;
        Ok(Stage { agents: AgentTarget::new(url, self.settings.secret.clone()), _program: program, models, platform })
    }
}
