//! *Apply* of a preview: saves the label changes that a dry run returned, exactly as they were shown.

use agent_platform::labels::{LabelDifference, MergeError};
use serde::Deserialize;

use super::Editor;
use super::data_unit::RowLocation;
use super::problem::Problem;

/// A request to save the changes of a dry run.
#[derive(Debug, Deserialize)]
pub(super) struct Preview {
    #[serde(flatten)]
    location: RowLocation,
    /// Version of the row that the agent read; `None` if there was no row.
    version: Option<String>,
    /// Body of the agent's response, as text: the page would change the spelling of numbers.
    response: String,
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "dryRun")]
    dry_run: DryRun,
}

#[derive(Deserialize)]
struct DryRun {
    /// A difference for each save, in order.
    labels: Vec<LabelDifference>,
}

impl Editor {
    /// Makes the changes of a dry run and saves the row. Returns the new row and its version, as JSON.
    ///
    /// # Errors
    /// The response has no valid changes, or somebody saved since the agent read the row. In both cases nothing is saved.
    pub(super) fn apply_preview(&self, preview: &Preview) -> Result<String, Problem> {
        let location = &preview.location;
        let Response { dry_run } = serde_json::from_str(&preview.response)
            .map_err(|error| Problem::bad_request(format!("The response is not that of a dry run: {error}.")))?;
        let (label_hash, document) = self.current_row(location, preview.version.as_deref())?;
        let mut row = self.editable(location, &document)?;
        for difference in &dry_run.labels {
            row.apply_difference(difference).map_err(|error| not_applied(&error))?;
        }
        if row.is_changed() {
            self.save(location, &label_hash, &document, &row.to_json())?;
        }
        self.with_row("{}", location)
    }
}

fn not_applied(error: &MergeError) -> Problem {
    Problem::bad_request(format!("The changes do not fit the labels: {error}. Preview the agent again."))
}
