//! `agent_error!`, `bail!` and `ensure!`: the agent's own complaint in one line.

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

/// Returns from the agent with its own complaint (status 400). Takes what `format!` takes.
///
/// ```
/// fn check(frame: u64) -> agent_runtime::Result<()> {
///     if frame > 100 {
///         agent_runtime::bail!("Frame {frame} is beyond the end.");
///     }
///     Ok(())
/// }
/// assert!(check(101).is_err());
/// ```
#[macro_export]
macro_rules! bail {
    ($($format:tt)+) => {
        return $crate::__private::Err($crate::agent_error!($($format)+).into())
    };
}

/// Returns from the agent with its own complaint (status 400) unless the condition holds. The rest is what `format!`
/// takes.
///
/// ```
/// fn check(objects: &[&str]) -> agent_runtime::Result<()> {
///     agent_runtime::ensure!(!objects.is_empty(), "Select an object first.");
///     Ok(())
/// }
/// assert!(check(&[]).is_err());
/// ```
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($format:tt)+) => {
        if !$condition {
            $crate::bail!($($format)+)
        }
    };
}
