//! Runs over a project: an agent is called for each data unit, with a journal from which a run continues and is undone.
//!
//! From the bottom to the top: `error`, `frame_choice`, `call_mode`, `change_counts`, `labels_digest` < `plan` < `selection` <
//! `journal` < `agent_caller`, `label_rows` < `unit_run` < `engine`, `undo`.

mod agent_caller;
mod agreement;
mod backoff;
mod call_mode;
mod change_counts;
mod engine;
mod error;
mod frame_choice;
mod journal;
mod label_rows;
mod labels_digest;
mod picture;
mod plan;
mod rate_limit;
mod selection;
mod undo;
mod unit_run;

pub(crate) use agent_caller::AgentCaller;
pub(crate) use agreement::{Agreement, ClassAgreement};
pub(crate) use call_mode::CallMode;
pub(crate) use engine::{Engine, Finished};
pub(crate) use error::BatchError;
pub(crate) use frame_choice::FrameChoice;
pub(crate) use journal::{Done, FORMAT, Failed, Header, Journal, JournalReader, JournalState, Outcome, Record, Tally};
pub(crate) use label_rows::LabelRows;
pub(crate) use picture::PictureMaker;
pub(crate) use plan::Plan;
pub(crate) use rate_limit::RateLimit;
pub(crate) use selection::Selection;
pub(crate) use undo::{RecoveredUnits, Undo, UndoEffect, Undone};
pub(crate) use unit_run::{Against, Comparison, RunContext};
