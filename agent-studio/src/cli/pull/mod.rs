//! `agent-studio pull`: downloads a data unit with its labels into a project folder.

mod download;
mod file_name;
mod project_file;
mod remote;
mod staging;
mod state_file;
mod target;

use std::path::PathBuf;

use agent_platform::client::Domain;
use clap::Args;

use super::editor_url::EditorUrl;
use super::failure::Failure;
use super::http::Http;
use super::platform;
use super::table::Table;
use super::terminal::print_stdout;
use crate::project::Project;
use crate::raw_json::pretty;

pub(super) use file_name::file_name_from_title;
use remote::Remote;
use staging::Staging;
use target::Target;

const EXAMPLE: &str = "\
Example:
  export ENCORD_SSH_KEY_FILE=~/.ssh/encord
  agent-studio pull \"https://app.encord.com/label_editor/PROJECT/DATA/0\" streets
  agent-studio serve streets

The platform is that of the URL, unless ENCORD_DOMAIN is set. Nothing is changed there. Further data of the same \
project can be pulled into the same folder. Exit codes: 0 success, 1 failure, 2 invalid command line.";

/// Download a data unit of the platform into a project folder: ontology, media and labels.
///
/// Supports images, image groups, videos, audio files, texts and PDFs. The labels are those of the branch `main`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Pull {
    /// The label editor's URL, as in the address bar. Quote it, because it contains `&` and `#`.
    editor_url: String,
    /// The project folder: a new one, or one with the same project.
    folder: PathBuf,
    /// Maximum size of a file, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    largest: u64,
}

impl Pull {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let location = EditorUrl::parse(&self.editor_url)?;
        let domain = platform::domain(location.api_url().as_deref().unwrap_or(Domain::EUROPE))?;
        let platform = platform::client(domain)?;
        let target = Target::open(&self.folder, location.project)?;
        let remote = Remote::fetch(&platform, &location).await?;
        let files = remote.files()?;
        target.ensure_absent(&files)?;
        let staging = Staging::new(&self.folder)?;
        let http = Http::new()?;
        for file in &files.media {
            let limit = self.largest.saturating_mul(1 << 20);
            download::to_file(&http, file.url, &staging.path(&file.path), &file.path, limit).await?;
        }
        if let Some(row) = &remote.row {
            staging.write(&files.labels, pretty(row.get()).as_bytes())?;
        }
        staging.write("ontology.json", pretty(remote.ontology.get()).as_bytes())?;
        staging.write("state.json", target.state(&remote, &files)?.as_bytes())?;
        staging.write("project.toml", target.settings(&remote, &files).as_bytes())?;
        staging.commit(&files)?;
        self.check(&remote, &files)?;
        print_stdout(self.summary(&remote, &files, &location));
        Ok(0)
    }

    /// Checks that the written project can be served.
    fn check(&self, remote: &Remote, files: &remote::Files<'_>) -> Result<(), Failure> {
        let project = Project::in_folder(&self.folder);
        let project = project.map_err(|error| {
            Failure::new(format!(
                "The downloaded project cannot be served: \
        {error}."
            ))
        })?;
        let world = project.world();
        let data = world.data(&remote.listing.data_hash);
        let labels = data.is_some_and(|data| remote.row.is_none() || data.rows.contains_key("main"));
        if labels {
            return Ok(());
        }
        let path = self.folder.join("data").join(&files.name);
        Err(Failure::new(format!(
            "{} was downloaded, but cannot be served: its content does not match its file name \
        extension.",
            path.display()
        )))
    }

    fn summary(&self, remote: &Remote, files: &remote::Files<'_>, location: &EditorUrl) -> Table {
        let mut table = Table::default();
        table.section(format!("{} of {}", files.name, remote.project.title));
        table.row("kind", files.kind.as_str());
        table.row("frames", remote.listing.number_of_frames.unwrap_or(1).to_string());
        table.row("labels", remote.listing.label_hash.as_ref().map_or("none", |hash| hash.as_str()));
        table.row("folder", self.folder.display().to_string());
        table.section("Next");
        table.row("serve it", format!("agent-studio serve '{}'", self.folder.display()));
        let (project, data) = (location.project, location.data);
        let frame = location.frame.unwrap_or(0);
        table.row("open it", format!("http://127.0.0.1:8899/#project={project}&data={data}&frame={frame}"));
        table
    }
}
