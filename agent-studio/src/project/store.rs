//! Where a project is kept.

use super::data::{Data, StoredRow};
use super::world::World;

/// Keeps what changes of a project. Called before a change is seen by anyone, one call at a time.
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Keeps label rows, each with its data and branch.
    ///
    /// # Errors
    /// The row cannot be kept; then it is as it was.
    fn keep_row(&self, data: &Data, branch: &str, row: &StoredRow) -> std::io::Result<()>;

    /// Keeps tasks, priorities, names and client metadata.
    ///
    /// # Errors
    /// They cannot be kept; then they are as they were.
    fn keep_state(&self, world: &World) -> std::io::Result<()>;
}

/// Keeps nothing: the project ends with the process.
#[derive(Debug)]
pub(crate) struct InMemory;

impl Store for InMemory {
    fn keep_row(&self, _: &Data, _: &str, _: &StoredRow) -> std::io::Result<()> {
        Ok(())
    }

    fn keep_state(&self, _: &World) -> std::io::Result<()> {
        Ok(())
    }
}
