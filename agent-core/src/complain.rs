//! `agent_error!`: the agent's own complaint in one line. `bail!` and `ensure!` are in `agent-runtime`.

/// Makes the agent's own complaint: an [`AgentError`](crate::AgentError) with status 400 whose message the annotator
/// reads. Takes what `format!` takes.
///
/// ```
/// let error = agent_runtime::agent_error!("Frame {} has no labels.", 3);
/// assert_eq!(error.message(), "Frame 3 has no labels.");
/// ```
#[macro_export]
macro_rules! agent_error {
    ($($format:tt)+) => {
        $crate::AgentError::complaint($crate::__private::format!($($format)+))
    };
}
