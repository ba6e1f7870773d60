//! The settings of a run over a project, in code and as arguments of the program.

mod arguments;
mod batch_run;

pub(crate) use arguments::{RunArguments, USAGE};
pub use batch_run::BatchRun;
