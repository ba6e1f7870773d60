//! The label changes of a data unit from one label row to another.

use std::sync::Arc;

use agent_platform::labels::{LabelDifference, LabelRow, RowError};
use agent_platform::ontology::Ontology;

/// Returns the changes between two label rows, as JSON. A row that did not exist had no labels.
///
/// # Errors
/// A row cannot be parsed.
pub(crate) fn changes(
    before: Option<&str>,
    after: Option<&str>,
    ontology: &Arc<Ontology>,
) -> Result<LabelDifference, RowError> {
    let parse = |text: &str| LabelRow::parse(text, Arc::clone(ontology));
    let Some(after) = after.map(parse).transpose()? else { return Ok(LabelDifference::default()) };
    let before = before.map(parse).transpose()?.unwrap_or_else(|| without_labels(after.clone()));
    Ok(after.difference_from(&before))
}

/// Removes all objects and classifications of a row.
pub(crate) fn without_labels(mut row: LabelRow) -> LabelRow {
    let objects: Vec<_> = row.objects().map(|object| object.hash().clone()).collect();
    let classifications: Vec<_> = row.classifications().map(|one| one.hash().clone()).collect();
    // The row has them, so that no removal fails.
    for hash in objects {
        let _ = row.delete(&hash);
    }
    for hash in classifications {
        let _ = row.delete_classification(&hash);
    }
    row
}
