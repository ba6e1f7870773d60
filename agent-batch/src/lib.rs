//! Runs over a project: an agent is called for each data unit, with a journal from which a run continues and is undone.
//!
//! [`OpenRun`] has the journal of a new or an interrupted run. Its [`Engine`] calls the agent through an [`AgentTransport`]. Reports are
//! written from the journal ([`report`]), and [`Undo`] takes the changes of a run back.
//!
//! Modules, from the bottom to the top: `error`, `execution`, `frame_choice`, `call_mode`, `change_counts`, `labels_digest` < `plan` <
//! `selection`, `agreement` < `journal`, `transport` < `agent_caller`, `label_rows`, `picture` < `unit_run` < `engine`, `undo`,
//! `report` < `open_run`.

mod agent_caller;
mod agreement;
mod backoff;
mod call_mode;
mod change_counts;
mod engine;
mod error;
mod execution;
mod frame_choice;
mod journal;
mod label_rows;
mod labels_digest;
mod open_run;
mod picture;
mod plan;
mod rate_limit;
pub mod report;
mod selection;
mod transport;
mod undo;
mod unit_run;

pub use agreement::{Agreement, ClassAgreement};
pub use call_mode::CallMode;
pub use change_counts::{ChangeCounts, Counts};
pub use engine::{Engine, Finished};
pub use error::BatchError;
pub use execution::Execution;
pub use frame_choice::{FrameChoice, InvalidFrameChoice};
pub use journal::{Done, Failed, Header, Outcome, StoredRow, Tally};
pub use open_run::{DEFAULT_LEAST_IOU, LABELS, NewRun, OpenRun, default_journal};
pub use selection::{Selection, parse_class, parse_status};
pub use transport::{AgentCall, AgentResponse, AgentTransport, TransportError, TransportErrorKind};
pub use undo::{RecoveredUnits, Undo, UndoEffect, Undone};
