//! `bail!` and `ensure!`: return the agent's own complaint in one line.

/// Returns from the agent with its own complaint (status 400). Takes what `format!` takes.
///
/// The function returns a `Result` whose error is `AgentError`, `anyhow::Error` (feature `anyhow`), a `Box<dyn Error>`, or a type of
/// yours with `From<AgentError>`.
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
        $crate::__private::bail_at_message!($crate; $($format)+)
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
        if $condition {
        } else {
            $crate::bail!($($format)+)
        }
    };
    ($($condition:tt)+) => {
        $crate::__private::ensure_without_message!($($condition)+)
    };
}
