//! Functions and types that the output of `ontology!` uses.

use agent_platform::labels::{EditError, LabelRow, ReadError};
use agent_platform::typed::{Checklist, ObjectType};

/// Result of reading a label.
pub type ReadResult<T> = Result<T, ReadError>;

/// Result of an edit.
pub type EditResult = Result<(), EditError>;

/// Compares a class with the ontology of a row. The first comparison logs titles that differ.
///
/// # Errors
/// The project lacks something that the types of the class rely on.
pub fn check_class<C: ObjectType>(row: &LabelRow) -> ReadResult<()> {
    for rename in agent_platform::typed::check_class::<C>(row)? {
        tracing::warn!(class = C::class().title(), %rename, "the ontology of the project has another title");
    }
    Ok(())
}

/// Collects the options of a checklist.
pub fn checklist<T: PartialEq>(options: impl IntoIterator<Item = T>) -> Checklist<T> {
    options.into_iter().collect()
}
