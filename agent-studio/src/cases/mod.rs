//! Cases: recorded calls with the project before them, and what is expected of them. `docs/guide/src/reference/cases.md` describes
//! the files.

mod case;
mod case_error;
mod case_name;
mod manifest;
mod media_reference;
mod project_snapshot;

pub(crate) use case::{AgentResponse, Case, Outcome, RecordedCall, find_cases};
pub(crate) use case_error::CaseError;
pub(crate) use case_name::CaseName;
pub(crate) use manifest::{MessageRule, Tolerances};
