//! Types that the output of `ontology!` uses.

use agent_platform::labels::EditError;

/// Result of an edit.
pub type EditResult = Result<(), EditError>;
