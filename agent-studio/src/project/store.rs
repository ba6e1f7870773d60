//! Where a project is kept.

use super::data::{Data, StoredRow};
use super::identity::Identity;
use super::open_error::OpenError;
use super::source::ProjectSource;
use super::world::World;

/// Keeps what changes of a project. Called before a change is seen by anyone, one call at a time.
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Keeps a label row.
    ///
    /// # Errors
    /// The row cannot be kept; then it is as it was.
    fn keep_row(&self, data: &Data, branch: &str, row: &StoredRow) -> std::io::Result<()>;

    /// Keeps tasks, priorities, names and client metadata.
    ///
    /// # Errors
    /// They cannot be kept; then they are as they were.
    fn keep_state(&self, world: &World, identity: &Identity) -> std::io::Result<()>;

    /// Puts into the world what [`Self::keep_state`] kept.
    ///
    /// # Errors
    /// What is kept cannot be read.
    fn restore(&self, world: &mut World, identity: &Identity) -> Result<(), OpenError>;

    /// Whether somebody else changed the data, or one of these rows, each with its branch. Cheap.
    fn has_news(&self, rows: &mut dyn Iterator<Item = (&Data, &str)>) -> bool;

    /// The project as it is kept now; `None` if nobody else can have changed it.
    ///
    /// # Errors
    /// What is kept cannot be read.
    fn reload(&self) -> Result<Option<ProjectSource>, OpenError>;
}

/// Keeps nothing: the project ends with the process.
#[derive(Debug)]
pub(crate) struct InMemory;

impl Store for InMemory {
    fn keep_row(&self, _: &Data, _: &str, _: &StoredRow) -> std::io::Result<()> {
        Ok(())
    }

    fn keep_state(&self, _: &World, _: &Identity) -> std::io::Result<()> {
        Ok(())
    }

    fn restore(&self, _: &mut World, _: &Identity) -> Result<(), OpenError> {
        Ok(())
    }

    fn has_news(&self, _: &mut dyn Iterator<Item = (&Data, &str)>) -> bool {
        false
    }

    fn reload(&self) -> Result<Option<ProjectSource>, OpenError> {
        Ok(None)
    }
}
