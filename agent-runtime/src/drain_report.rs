//! The report of a drain.

use std::fmt;

use agent_platform::hash::DataHash;
use uuid::Uuid;

/// The outcome of a drain: the tasks by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrainReport {
    /// Number of tasks that were moved along a pathway.
    pub moved: u64,
    /// Number of tasks that stay in the stage, because the agent decided nothing.
    pub left: u64,
    /// Number of tries after the first of each task.
    pub retries: u64,
    /// The tasks that failed.
    pub failed: Vec<FailedTask>,
    /// Number of tasks that were not finished, because the program was stopped.
    pub interrupted: u64,
}

/// A task that failed as often as it may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedTask {
    /// The UUID of the task.
    pub task: Uuid,
    /// The data hash.
    pub data: DataHash,
    /// The title of the data unit.
    pub title: Option<String>,
    /// The last error.
    pub message: String,
    /// `true` if the task was moved along the pathway for failures. Otherwise it is parked: it stays in the stage until the next drain.
    pub is_moved: bool,
}

impl DrainReport {
    /// Adds the tasks of another drain.
    pub(crate) fn add(&mut self, other: Self) {
        self.moved += other.moved;
        self.left += other.left;
        self.retries += other.retries;
        self.interrupted += other.interrupted;
        self.failed.extend(other.failed);
    }

    /// Returns the number of tasks that failed and stay in the stage.
    #[must_use]
    pub fn parked(&self) -> usize {
        self.failed.iter().filter(|task| !task.is_moved).count()
    }
}

impl fmt::Display for DrainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moved, left, failed, retries) = (self.moved, self.left, self.failed.len(), self.retries);
        write!(f, "{moved} tasks moved, {left} left in the stage, {failed} failed, {retries} retries")?;
        if self.interrupted > 0 {
            write!(f, ", {} interrupted", self.interrupted)?;
        }
        for failed in &self.failed {
            let title = failed.title.as_deref().unwrap_or_default();
            write!(f, "\n  failed: {} {title}: {}", failed.data, failed.message)?;
        }
        Ok(())
    }
}
