//! `agent-studio dev`: builds and runs the agents of a crate against the local platform, again after each change.

mod cargo_build;
mod child_group;
mod environment;
mod source_watcher;
mod supervisor;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use super::key_file::KeyFile;
use super::model_recorders;
use super::project_folder;
use super::shutdown::shutdown;
use super::table::Table;
use super::terminal::{print_stderr, print_stdout};
use crate::dev_status::DevStatus;
use crate::{AgentServer, LocalPlatform, Page, RunningPlatform, copy_sample_project, open_in_browser};

use cargo_build::{CargoBuild, Colours, Metadata};
use source_watcher::SourceWatcher;
use supervisor::{ServerConfig, Supervisor};

const EXAMPLES: &str = "\
Examples:
  agent-studio dev --open
  agent-studio dev ../streets --release
  agent-studio dev --package street-agents --port 9000 -- --agents-own-option
  agent-studio dev --record-models LLM_BASE_URL

The file .env in the crate's folder sets variables of the agents; those of the shell take precedence.
Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 failure, 2 invalid command line.";

/// Run the agents of the crate in this folder, with a local platform and page, and restart them after each change.
///
/// Sets the environment that the agents need. The previous version keeps running until a build succeeds. Compiler errors and exits
/// of the program are shown in the terminal and on the page.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Dev {
    /// Project folder. Default: a copy of the sample project in .scratch/sample, which is kept.
    #[arg(value_name = "FOLDER")]
    project: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
    /// Port of the platform and its page; 0 selects a free port.
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// Port of the agents; 0 selects a free port.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    agents_port: u16,
    /// Folder for calls that the page saves as tests.
    #[arg(long, value_name = "DIR", default_value = "cases")]
    cases: PathBuf,
    /// Environment variable with the URL of a model server, whose responses become part of saved calls. May be repeated.
    #[arg(long, value_name = "VARIABLE")]
    record_models: Vec<String>,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// Arguments of the agents' program.
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

/// The program to build, as for `cargo run`.
#[derive(Debug, Args)]
struct Selection {
    /// Package to build.
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// Program to run.
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Example to run.
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Features to enable, separated by commas.
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Option<String>,
    /// Build with optimizations.
    #[arg(short, long)]
    release: bool,
}

impl Selection {
    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        for (option, value) in [
            ("--package", &self.package),
            ("--bin", &self.bin),
            ("--example", &self.example),
            ("--features", &self.features),
        ] {
            arguments.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
        }
        if self.bin.is_none() && self.example.is_none() {
            arguments.push("--bins".to_owned());
        }
        if self.release {
            arguments.push("--release".to_owned());
        }
        arguments
    }
}

impl Dev {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        // Registered first, so that no signal is missed.
        let shutdown = shutdown()?;
        let folder = std::env::current_dir().map_err(|error| Failure::read(Path::new("."), &error))?;
        let metadata = Metadata::read(&folder).await.map_err(Failure::new)?;
        let project = self.project_folder(&folder)?;
        let key = KeyFile::open_or_create(&project)?;
        let address = self.agents_address()?;
        let status = Arc::new(DevStatus::default());
        let cases = folder.join(&self.cases);
        let models = model_recorders::start(&self.record_models).await?;
        let page = Page::new().agent_server(agent_server(address)?).dev_status(Arc::clone(&status)).cases(&cases);
        let page = models.iter().fold(page, Page::record_models);
        let platform = self.start_platform(&project, &key, page).await?;
        let server = ServerConfig {
            arguments: self.arguments.clone(),
            address,
            platform: variables(&platform, &key, address),
            models,
            folder: folder.clone(),
        };
        let watcher = watch(&metadata, &project, cases)?;
        let build = CargoBuild {
            arguments: self.selection.arguments(),
            default_programs: metadata.default_programs(),
            colours: if std::io::stderr().is_terminal() { Colours::Ansi } else { Colours::Plain },
            folder,
        };
        print_stdout(announcement(&platform, &project, address));
        if self.open
            && let Err(error) = open_in_browser(&platform.url())
        {
            print_stderr(format!("Cannot open a browser ({error}): open {}/ yourself.", platform.url()));
        }
        Supervisor::new(build, server, status, watcher).run(shutdown).await;
        platform.stop().await;
        print_stderr("\nStopped.");
        Ok(0)
    }

    /// Returns the folder of the project. Copies the sample project if none is given and there is no copy yet.
    fn project_folder(&self, crate_folder: &Path) -> Result<PathBuf, Failure> {
        if let Some(project) = &self.project {
            project_folder::check(project)?;
            return std::fs::canonicalize(project).map_err(|error| Failure::read(project, &error));
        }
        let scratch = crate_folder.join(".scratch");
        let sample = scratch.join("sample");
        if !sample.join("project.toml").is_file() {
            let copied = copy_sample_project(&sample).and_then(|()| std::fs::write(scratch.join(".gitignore"), "*\n"));
            copied.map_err(|error| Failure::write(&sample, &error))?;
        }
        Ok(sample)
    }

    /// Returns the address of the agents, if it is free.
    fn agents_address(&self) -> Result<SocketAddr, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.agents_port));
        let bound = TcpListener::bind(address).and_then(|listener| listener.local_addr());
        bound.map_err(|error| {
            Failure::new(format!(
                "The agents cannot listen on port {} ({error}): stop the other program, or choose another port with \
                 --agents-port, or --agents-port 0 for a free one.",
                self.agents_port
            ))
        })
    }

    async fn start_platform(&self, project: &Path, key: &KeyFile, page: Page) -> Result<RunningPlatform, Failure> {
        let builder = LocalPlatform::builder()
            .address(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
            .public_key(super::key_file::USER, key.key_id())
            .page(page)
            .folder(project);
        builder.start().await.map_err(|error| project_folder::start_failure(&error))
    }
}

fn agent_server(address: SocketAddr) -> Result<AgentServer, Failure> {
    AgentServer::new(&format!("http://{address}")).map_err(|error| Failure::from_error(&error))
}

/// Returns the variables of the agents that the local platform determines.
fn variables(platform: &RunningPlatform, key: &KeyFile, agents: SocketAddr) -> BTreeMap<String, String> {
    let url = platform.url();
    [
        ("ENCORD_DOMAIN", url.clone()),
        ("ENCORD_SSH_KEY_FILE", key.path().display().to_string()),
        ("AGENT_ORIGINS", url),
        ("PORT", agents.port().to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Watches the workspace, except build results and what the platform and the page save.
fn watch(metadata: &Metadata, project: &Path, cases: PathBuf) -> Result<SourceWatcher, Failure> {
    let ignored = ["labels", "data", "state.json", "state-changes.jsonl"].map(|name| project.join(name));
    let ignored = ignored.into_iter().chain([metadata.target_directory.clone(), cases]).collect();
    SourceWatcher::new(&metadata.workspace_root, ignored).map_err(|error| {
        let root = metadata.workspace_root.display();
        Failure::new(format!("Cannot watch {root} for changes: {error}."))
    })
}

fn announcement(platform: &RunningPlatform, project: &Path, agents: SocketAddr) -> Table {
    let mut table = Table::default();
    table.section(format!("Label editor on {}/", platform.url()));
    table.row("project", project.display().to_string());
    table.row("agents", format!("http://{agents} (after the build)"));
    table.section("Stop with ctrl-c\n");
    table
}
