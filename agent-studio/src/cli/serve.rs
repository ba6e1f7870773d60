//! `agent-studio serve`: runs the local platform with its page.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::env_file;
use super::failure::Failure;
use super::key_file::{self, KeyFile};
use super::model_recorders;
use super::project_folder;
use super::secret::read_secret;
use super::shutdown::shutdown;
use super::table::Table;
use super::terminal::{print_stderr, print_stdout};
use crate::models::ModelRecorder;
use crate::{AgentServer, LocalPlatform, Page, RunningPlatform, SampleCopy, TimestampResolution, open_in_browser};

const EXAMPLES: &str = "\
Examples:
  agent-studio serve --open
  agent-studio serve streets parking --agents http://127.0.0.1:8080 --agents http://127.0.0.1:8081
  agent-studio serve --latency 120 --sign-with AGENT_SECRET
  agent-studio serve --write-env ../my-agents/.env

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 failure, 2 invalid command line.";

/// Serve a platform and a label editor page on this machine.
///
/// Agents and the Python SDK use it like the real platform; the command prints the settings for them. Images, videos,
/// audio files, texts and PDFs added to FOLDER/data appear in the project at once. Labels are saved to FOLDER/labels.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {
    /// Project folders. Default: a new copy of the sample project.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Port to listen on; 0 selects a free port.
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// URL of an agent server whose agents the page offers. May be repeated.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    agents: Vec<String>,
    /// Environment variable with the signing secret of the agent servers, for "send signed" on the page.
    #[arg(long, value_name = "ENV")]
    sign_with: Option<String>,
    /// Folder for calls that the page saves as tests. Default: the page saves none.
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Environment variable of the agents with the URL of a model server, and that URL. The server's responses become part of saved
    /// calls. The agents need the URL that is printed. May be repeated.
    #[arg(long, value_name = "VARIABLE=URL")]
    record_models: Vec<String>,
    /// Latency to add to every response of the platform, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Resolution of the time at which a label row was last edited.
    #[arg(long, value_name = "RESOLUTION", value_enum, default_value_t)]
    timestamps: TimestampResolution,
    /// Write the variables of the agents to this `.env` file, with the signing secret if there is one. A file with other content
    /// is not overwritten.
    #[arg(long, value_name = "FILE")]
    write_env: Option<PathBuf>,
    /// Serve /admin/faults and /admin/calls, for tests in other languages. Every program on this machine can use them.
    #[arg(long)]
    admin: bool,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

impl Serve {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        // Registered first, so that no signal is missed.
        let shutdown = shutdown()?;
        let sample = if self.folders.is_empty() { Some(copy_sample()?) } else { None };
        let served = self.serve(sample.as_ref(), shutdown).await;
        // Also after a failure, so that an unchanged copy is removed.
        if let Some(kept) = sample.and_then(SampleCopy::close) {
            let folder = kept.display();
            print_stderr(format!(
                "Your changes to the sample project are in {folder}. Continue with `agent-studio serve {folder}`."
            ));
        }
        served.map(|()| 0)
    }

    /// Serves until `shutdown` completes.
    async fn serve(&self, sample: Option<&SampleCopy>, shutdown: impl Future<Output = ()>) -> Result<(), Failure> {
        let folders: Vec<&Path> =
            sample.into_iter().map(SampleCopy::folder).chain(self.folders.iter().map(PathBuf::as_path)).collect();
        let first = folders.first().copied().unwrap_or(Path::new("."));
        for folder in &folders {
            project_folder::check(folder)?;
        }
        if let Some(file) = &self.write_env {
            env_file::check(file)?;
        }
        let key = KeyFile::open_or_create(first)?;
        let models = model_recorders::start_for_servers(&self.record_models).await?;
        let running = self.start(&folders, &key, &models).await?;
        if let Some(file) = &self.write_env {
            self.write_variables(file, &running.url(), &key, &models)?;
        }
        print_stdout(self.announcement(&running, &folders, &key, &models).await?);
        if self.open
            && let Err(error) = open_in_browser(&running.url())
        {
            print_stderr(format!("Cannot open a browser ({error}): open {}/ yourself.", running.url()));
        }
        shutdown.await;
        running.stop().await;
        print_stderr("\nStopped.");
        Ok(())
    }

    async fn start(
        &self,
        folders: &[&Path],
        key: &KeyFile,
        models: &[ModelRecorder],
    ) -> Result<RunningPlatform, Failure> {
        let mut page = models.iter().fold(Page::new(), Page::record_models);
        for address in &self.agents {
            let mut server = AgentServer::new(address).map_err(|error| Failure::from_error(&error))?;
            if let Some(variable) = &self.sign_with {
                // The page reads it at each call. A misspelled name is reported now.
                read_secret(variable)?;
                server = server.secret_from(variable);
            }
            page = page.agent_server(server);
        }
        if let Some(cases) = &self.cases {
            // The page shows where a test was written.
            page = page.cases(std::path::absolute(cases).map_err(|error| Failure::read(cases, &error))?);
        }
        let mut builder = LocalPlatform::builder()
            .address(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
            .latency(Duration::from_millis(self.latency))
            .timestamps(self.timestamps)
            .public_key(key_file::USER, key.key_id())
            .page(page);
        if self.admin {
            builder = builder.admin();
        }
        for folder in folders {
            builder = builder.folder(folder);
        }
        builder.start().await.map_err(|error| project_folder::start_failure(&error))
    }

    fn write_variables(&self, file: &Path, url: &str, key: &KeyFile, models: &[ModelRecorder]) -> Result<(), Failure> {
        let key = key.path().to_string_lossy();
        let mut variables = vec![("ENCORD_DOMAIN", url), ("ENCORD_SSH_KEY_FILE", &*key), ("AGENT_ORIGINS", url)];
        let models: Vec<_> = models.iter().map(|recorder| (recorder.variable(), recorder.agent_url())).collect();
        variables.extend(models.iter().map(|(name, url)| (*name, url.as_str())));
        let secret = self.sign_with.as_deref().map(read_secret).transpose()?;
        variables.extend(secret.as_ref().map(|secret| ("ENCORD_WEBHOOK_SECRET", secret.as_str())));
        env_file::write(file, &variables)
    }

    async fn announcement(
        &self,
        running: &RunningPlatform,
        folders: &[&Path],
        key: &KeyFile,
        models: &[ModelRecorder],
    ) -> Result<Table, Failure> {
        let url = running.url();
        let client = running.client().map_err(|error| Failure::from_error(&error))?;
        let mut table = Table::default();
        table.section(format!("Label editor on {url}/"));
        for (hash, folder) in running.project_hashes().into_iter().zip(folders) {
            let title = client.project(hash).await.map_err(|error| Failure::from_error(&error))?.title;
            table.row("project", format!("{title}  {hash}\n{}", folder.display()));
        }
        table.row("agents", self.agents.join("\n"));
        if self.admin {
            table.row("admin", format!("{url}/admin/faults\n{url}/admin/calls"));
        }
        let key_file = key.path().display();
        table.section("Point an agent at it");
        let mut variables =
            vec![format!("export ENCORD_DOMAIN={url}"), format!("export ENCORD_SSH_KEY_FILE='{key_file}'")];
        variables.push(format!("export AGENT_ORIGINS={url}"));
        let models = models.iter();
        variables.extend(models.map(|recorder| format!("export {}='{}'", recorder.variable(), recorder.agent_url())));
        table.row("", variables.join("\n"));
        if let Some(file) = &self.write_env {
            table.row("file", format!("{} has them: `agent-studio dev` reads a file .env", file.display()));
        }
        table.section("Point the Python SDK at it");
        let python = format!(
            "from encord import EncordUserClient\n\
             EncordUserClient.create_with_ssh_private_key(\n    ssh_private_key_path=\"{key_file}\", domain=\"{url}\")"
        );
        table.row("", python);
        table.section("Stop with ctrl-c");
        Ok(table)
    }
}

/// Creates a copy of the sample project.
fn copy_sample() -> Result<SampleCopy, Failure> {
    SampleCopy::new().map_err(|error| Failure::write(&std::env::temp_dir(), &error))
}
