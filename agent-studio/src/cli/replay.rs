//! `agent-studio replay`: repeats the calls of cases against a running agent server.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use reqwest::Url;

use super::failure::{Failure, sentence};
use super::http::parse_url;
use super::key_file::KeyFile;
use super::project_folder;
use super::secret::read_secret;
use super::table::Table;
use super::terminal::{BAD, GOOD, NOTE, print_stderr, print_stdout, styled};
use crate::cases::{Case, find_cases};
use crate::models::ModelPlayers;
use crate::replay::{AgentTarget, ReplayError, ReplayPlatform, SETTINGS, replay};

const EXAMPLES: &str = "\
The agents must use the platform that this command starts: it prints the variables. Example, in two terminals:
  export ENCORD_DOMAIN=http://127.0.0.1:8899 ENCORD_SSH_KEY_FILE=cases/.scratch/key
  uvicorn main:app --port 8080
  agent-studio replay http://127.0.0.1:8080 cases

Exit codes: 0 every case is as expected, 1 failure, 2 invalid command line, 3 a case differs or cannot be replayed.";

/// Exit code if a case differs from its expectations.
const EXIT_DIFFERS: u8 = 3;

/// Pause between attempts to connect to the agent server.
const CONNECT_INTERVAL: Duration = Duration::from_millis(100);

/// Replay recorded calls against a running agent server in any language, and compare responses and label changes.
///
/// Cases are saved with "Save as test" on the page, or with `agent-studio call --save-case`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Replay {
    /// The agent server's URL, without an agent's path.
    url: String,
    /// Folder of the cases.
    #[arg(value_name = "CASES", default_value = "cases")]
    folder: PathBuf,
    /// Replay only cases whose name contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Update the expectations of cases that differ.
    #[arg(long)]
    accept: bool,
    /// Port of the platform; 0 selects a free port.
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// First port of the recorded model servers, which are served if a case has any; 0 selects free ports.
    #[arg(long, value_name = "PORT", default_value_t = 8900)]
    models_port: u16,
    /// Sign the calls with the secret in this environment variable.
    #[arg(long, value_name = "ENV")]
    sign_with: Option<String>,
    /// Time to wait for the agent server, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

/// Number of cases by result.
#[derive(Debug, Default)]
struct Counts {
    passed: usize,
    accepted: usize,
    failed: usize,
}

impl Replay {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let url = parse_url(&self.url)?;
        let secret = self.sign_with.as_deref().map(read_secret).transpose()?;
        let folders = self.folders()?;
        let key = KeyFile::open_or_create(&self.folder)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let platform = ReplayPlatform::start(address, Some(key.key_id().to_owned())).await;
        let platform = platform.map_err(|error| project_folder::start_failure(&error))?;
        let models = self.start_models(&folders).await?;
        print_stderr(environment(&platform, key.path(), &models));
        self.wait_for(&url).await?;
        let agents = AgentTarget::new(url, secret);
        let mut counts = Counts::default();
        for folder in &folders {
            self.replay(folder, (&platform, &models), &agents, &mut counts).await;
        }
        print_stdout(counts.summary());
        Ok(if counts.failed == 0 { 0 } else { EXIT_DIFFERS })
    }

    /// Returns the folders of the selected cases.
    fn folders(&self) -> Result<Vec<PathBuf>, Failure> {
        let all = find_cases(&self.folder).map_err(|error| Failure::from_error(&error))?;
        let is_selected = |folder: &PathBuf| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.filter.as_deref().is_none_or(|filter| name.contains(filter))
        };
        let selected: Vec<_> = all.into_iter().filter(is_selected).collect();
        if selected.is_empty() {
            let folder = self.folder.display();
            return Err(Failure::new(format!(
                "{folder} has no such case: save one with \"Save as test\" on the page, or `agent-studio call --save-case`."
            )));
        }
        Ok(selected)
    }

    /// Waits until the agent server accepts connections.
    async fn wait_for(&self, url: &Url) -> Result<(), Failure> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        let start = Instant::now();
        let mut is_announced = false;
        loop {
            let connected = tokio::net::TcpStream::connect((host.as_str(), port)).await;
            let Err(error) = connected else { return Ok(()) };
            if start.elapsed() >= Duration::from_secs(self.wait) {
                return Err(Failure::new(format!(
                    "Nothing listens at {url}: start the agents with the variables above. {}",
                    sentence(&error.to_string())
                )));
            }
            if !is_announced {
                print_stderr(format!("Waiting for {url} …"));
                is_announced = true;
            }
            tokio::time::sleep(CONNECT_INTERVAL).await;
        }
    }

    /// Serves the recorded model servers of the cases. A case that cannot be read is reported when it is replayed.
    async fn start_models(&self, folders: &[PathBuf]) -> Result<ModelPlayers, Failure> {
        let recordings: Vec<_> = folders.iter().filter_map(|folder| Case::read(folder).ok()?.models).collect();
        ModelPlayers::start(&recordings, self.models_port).await.map_err(|error| {
            Failure::new(format!(
                "Cannot listen for requests to model servers from port {} on ({error}): choose another port with --models-port.",
                self.models_port
            ))
        })
    }

    async fn replay(
        &self,
        folder: &Path,
        servers: (&ReplayPlatform, &ModelPlayers),
        agents: &AgentTarget,
        counts: &mut Counts,
    ) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        match self.result(folder, servers, agents).await {
            Ok(differences) if differences.is_empty() => {
                counts.passed += 1;
                print_stdout(format!("{}  {name}", styled(GOOD, "ok      ")));
            }
            Ok(differences) => {
                let result = if self.accept {
                    counts.accepted += 1;
                    styled(NOTE, "accepted")
                } else {
                    counts.failed += 1;
                    styled(BAD, "differs ")
                };
                print_stdout(format!("{result}  {name}\n{}", indented(&differences.join("\n"))));
            }
            Err(error) => {
                counts.failed += 1;
                let error = sentence(&error.to_string());
                print_stdout(format!("{}  {name}\n{}", styled(BAD, "error   "), indented(&error)));
            }
        }
    }

    /// Returns the differences of a case. Updates its expectations if that is asked for.
    async fn result(
        &self,
        folder: &Path,
        (platform, models): (&ReplayPlatform, &ModelPlayers),
        agents: &AgentTarget,
    ) -> Result<Vec<String>, ReplayError> {
        let case = Case::read(folder)?;
        let replayed = replay(&case, platform, models, agents).await?;
        if self.accept && !replayed.differences.is_empty() {
            case.accept(&replayed.outcome)?;
        }
        Ok(replayed.differences)
    }
}

impl Counts {
    fn summary(&self) -> String {
        let all = self.passed + self.accepted + self.failed;
        let plural = if all == 1 { "" } else { "s" };
        let mut text = format!("{all} case{plural}: {} as expected", self.passed);
        if self.accepted > 0 {
            text.push_str(&format!(", {} accepted", self.accepted));
        }
        if self.failed > 0 {
            text.push_str(&format!(", {} failed. Update the expectations with --accept", self.failed));
        }
        text + "."
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Returns the variables that the agents need.
fn environment(platform: &ReplayPlatform, key: &Path, models: &ModelPlayers) -> Table {
    let mut table = Table::default();
    table.section(format!("Platform on {}", platform.url()));
    let mut lines = vec![
        format!("export ENCORD_DOMAIN={}", platform.url()),
        format!("export ENCORD_SSH_KEY_FILE='{}'", key.display()),
    ];
    lines.extend(models.variables().map(|(name, url)| format!("export {name}='{url}'  # recorded responses")));
    let settings: Vec<_> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.push(format!("export {}  # agent-runtime only", settings.join(" ")));
    table.row("", lines.join("\n"));
    table
}
