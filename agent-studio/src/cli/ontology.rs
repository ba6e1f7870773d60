//! `agent-studio ontology`: the file of `ontology!`.

use std::path::{Path, PathBuf};

use agent_platform::client::{Domain, PlatformClient};
use agent_platform::ontology::{MatchBy, Ontology};
use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::editor_url::EditorUrl;
use super::failure::Failure;
use super::platform::{self, request_failure};
use super::terminal::print_stdout;
use crate::raw_json::pretty;

const EXAMPLE: &str = "\
Example:
  export ENCORD_SSH_KEY_FILE=~/.ssh/encord
  agent-studio ontology pull \"https://app.encord.com/label_editor/PROJECT/DATA/0\" > ontology.json
  agent-studio ontology check \"https://app.encord.com/label_editor/PROJECT/DATA/0\" ontology.json";

/// Fetch the ontology of a project for `ontology!`, or compare a file with it.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(super) enum OntologyCommand {
    /// Write the ontology of a project to standard output.
    Pull(Pull),
    /// Compare the file of `ontology!` with the ontology of a project.
    ///
    /// Exit codes: 0 the types of the file fit the project, 1 they do not, 2 invalid command line.
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Pull {
    /// The label editor's URL, as in the address bar.
    editor_url: String,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The label editor's URL, as in the address bar.
    editor_url: String,
    /// The file of `ontology!`.
    #[arg(default_value = "ontology.json")]
    file: PathBuf,
    /// Property by which classes, attributes and options are matched.
    #[arg(long, value_enum, default_value = "feature-hash")]
    by: By,
}

/// The values of `by` in `ontology!`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    FeatureHash,
    Title,
}

impl OntologyCommand {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Pull(pull) => {
                print_stdout(fetch(&pull.editor_url).await?);
                Ok(0)
            }
            Self::Check(check) => check.run().await,
        }
    }
}

impl Check {
    async fn run(self) -> Result<u8, Failure> {
        let build = read(&self.file)?;
        let project = fetch(&self.editor_url).await?;
        let project = Ontology::parse(project).map_err(|error| Failure::from_error(&error))?;
        let by = match self.by {
            By::FeatureHash => MatchBy::FeatureHash,
            By::Title => MatchBy::Title,
        };
        let (changes, renames) = build.compare_with_project(&project, by);
        for rename in &renames {
            print_stdout(format!("warning: {rename}"));
        }
        for change in &changes {
            print_stdout(format!("error: {change}"));
        }
        if changes.is_empty() {
            print_stdout(format!("The types of {} fit the project.", self.file.display()));
        }
        Ok(u8::from(!changes.is_empty()))
    }
}

/// Reads a file of `ontology!`.
///
/// # Errors
/// The file cannot be read or is not an ontology.
pub(super) fn read(file: &Path) -> Result<Ontology, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::read(file, &error))?;
    Ontology::parse(text).map_err(|error| Failure::from_error(&error))
}

/// Fetches the ontology of the project in a label editor's URL.
///
/// # Errors
/// The URL is invalid, or a request fails.
pub(super) async fn fetch(editor_url: &str) -> Result<String, Failure> {
    let location = EditorUrl::parse(editor_url)?;
    let domain = platform::domain(location.api_url().as_deref().unwrap_or(Domain::EUROPE))?;
    of_project(&platform::client(domain)?, location.project).await
}

/// Fetches the ontology of a project.
///
/// # Errors
/// A request fails.
pub(super) async fn of_project(platform: &PlatformClient, project: Uuid) -> Result<String, Failure> {
    let failure = |error| request_failure(platform, &format!("Project {project}"), &error);
    let project = platform.project(project).await.map_err(failure)?;
    let failure = |error| request_failure(platform, &format!("Ontology {}", project.ontology_hash), &error);
    Ok(pretty(platform.ontology(&project.ontology_hash).await.map_err(failure)?.get()))
}
