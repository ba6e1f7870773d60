//! `agent-studio diff`: shows the label changes between two label rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_platform::client::{Domain, LabelRowFilter, ReadLabels};
use agent_platform::labels::{LabelDifference, LabelRow};
use agent_platform::ontology::Ontology;
use clap::Args;

use super::editor_url::EditorUrl;
use super::failure::Failure;
use super::platform::{self, request_failure};
use super::terminal::print_stdout;

const EXIT_CODES: &str = "\
Exit codes: 0 the labels are the same, 1 failure, 2 invalid command line, 3 the labels differ.

Examples:
  agent-studio diff before.json labels/street.jpg.json
  agent-studio diff before.json \"https://app.encord.com/label_editor/PROJECT/DATA/0\"";

/// Exit code if the labels differ.
const EXIT_DIFFERS: u8 = 3;

/// An ontology without classes: the names that the rows have are shown.
const NO_CLASSES: &str = r#"{"objects": [], "classifications": []}"#;

/// Show the label changes from one label row to another.
///
/// A label row is a file, as in the folder `labels` of a project, or the label editor's URL of a data unit. Compared is the meaning
/// of the labels, not their spelling.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Diff {
    /// The label row before: a file or a URL.
    before: String,
    /// The label row after: a file or a URL.
    after: String,
    /// Ontology file with the names of the classes. Default: ontology.json in a folder above the file.
    #[arg(long, value_name = "FILE")]
    ontology: Option<PathBuf>,
    /// Print the changes as JSON.
    #[arg(long)]
    json: bool,
}

/// A label row that was read; `text` is `None` if the data unit has none.
struct Source {
    text: Option<String>,
    ontology: Option<String>,
}

impl Diff {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let (before, after) = (read(&self.before).await?, read(&self.after).await?);
        let ontology = match &self.ontology {
            Some(path) => Some(read_file(path)?),
            None => after.ontology.or(before.ontology),
        };
        let ontology = Ontology::parse(ontology.as_deref().unwrap_or(NO_CLASSES));
        let ontology = Arc::new(ontology.map_err(|error| Failure::new(format!("The ontology is invalid: {error}.")))?);
        let parse = |text: Option<String>, name: &str| {
            let row = text.map(|text| LabelRow::parse(text, Arc::clone(&ontology))).transpose();
            row.map_err(|error| Failure::new(format!("{name} is not a label row: {error}.")))
        };
        let difference = difference(parse(before.text, &self.before)?, parse(after.text, &self.after)?);
        if self.json {
            print_stdout(serde_json::to_string_pretty(&difference).unwrap_or_default());
        } else if !difference.is_empty() {
            print_stdout(&difference);
        }
        Ok(if difference.is_empty() { 0 } else { EXIT_DIFFERS })
    }
}

/// Returns the changes between two rows. A row that does not exist has no labels.
fn difference(before: Option<LabelRow>, after: Option<LabelRow>) -> LabelDifference {
    match (before, after) {
        (Some(before), Some(after)) => after.difference_from(&before),
        (None, Some(after)) => {
            let before = after.clone().without_labels();
            after.difference_from(&before)
        }
        (Some(before), None) => before.clone().without_labels().difference_from(&before),
        (None, None) => LabelDifference::default(),
    }
}

async fn read(row: &str) -> Result<Source, Failure> {
    if row.contains("://") {
        return read_url(&EditorUrl::parse(row)?).await;
    }
    let path = Path::new(row);
    let text = read_file(path)?;
    let path = std::fs::canonicalize(path).map_err(|error| Failure::read(path, &error))?;
    let mut above = path.ancestors().skip(1).map(|folder| folder.join("ontology.json"));
    let ontology = above.find(|ontology| ontology.is_file()).map(|ontology| read_file(&ontology)).transpose()?;
    Ok(Source { text: Some(text), ontology })
}

fn read_file(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::read(path, &error))
}

async fn read_url(location: &EditorUrl) -> Result<Source, Failure> {
    let platform = platform::client(platform::domain(location.api_url().as_deref().unwrap_or(Domain::EUROPE))?)?;
    let project = location.project;
    let read = async {
        let ontology = platform.ontology(&platform.project(project).await?.ontology_hash).await?;
        let rows = platform.list_label_rows(project, &LabelRowFilter::default().data_hashes([location.data])).await?;
        let text = match rows.first().and_then(|row| row.label_hash.as_ref()) {
            Some(label) => Some(platform.label_row(project, label, &ReadLabels::default()).await?.get().to_owned()),
            None => None,
        };
        Ok(Source { text, ontology: Some(ontology.get().to_owned()) })
    };
    read.await.map_err(|error| request_failure(&platform, &format!("Data {}", location.data), &error))
}
