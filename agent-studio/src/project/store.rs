//! Storage backends of projects.

use super::data::{Data, StoredRow};
use super::identity::Identity;
use super::open_error::OpenError;
use super::source::ProjectSource;
use super::world::World;

/// Storage backend of a project. A change is written before it becomes visible, and writes are serialized.
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Writes a label row.
    ///
    /// # Errors
    /// The row cannot be written. The stored row is unchanged.
    fn write_row(&self, data: &Data, branch: &str, row: &StoredRow) -> std::io::Result<()>;

    /// Writes tasks, priorities, names, client metadata and issues that the current transaction changed.
    ///
    /// # Errors
    /// The state cannot be written. The stored state is unchanged.
    fn write_state(&self, world: &World, identity: &Identity) -> std::io::Result<()>;

    /// Restores into `world` what [`Self::write_state`] wrote.
    ///
    /// # Errors
    /// The stored data cannot be read.
    fn restore(&self, world: &mut World, identity: &Identity) -> Result<(), OpenError>;

    /// Called when the project is closed.
    ///
    /// # Errors
    /// The state cannot be written. Nothing is lost.
    fn close(&self, world: &World, identity: &Identity) -> std::io::Result<()>;

    /// Returns whether another program changed the data, or one of these rows, each with its branch. Cheap.
    fn has_changed(&self, rows: &mut dyn Iterator<Item = (&Data, &str)>) -> bool;

    /// Reads the stored project again; `None` if no other program can change it.
    ///
    /// # Errors
    /// The stored data cannot be read.
    fn reload(&self) -> Result<Option<ProjectSource>, OpenError>;
}

/// Backend that writes nothing: the project exists in memory only.
#[derive(Debug)]
pub(crate) struct InMemory;

impl Store for InMemory {
    fn write_row(&self, _: &Data, _: &str, _: &StoredRow) -> std::io::Result<()> {
        Ok(())
    }

    fn write_state(&self, _: &World, _: &Identity) -> std::io::Result<()> {
        Ok(())
    }

    fn restore(&self, _: &mut World, _: &Identity) -> Result<(), OpenError> {
        Ok(())
    }

    fn close(&self, _: &World, _: &Identity) -> std::io::Result<()> {
        Ok(())
    }

    fn has_changed(&self, _: &mut dyn Iterator<Item = (&Data, &str)>) -> bool {
        false
    }

    fn reload(&self) -> Result<Option<ProjectSource>, OpenError> {
        Ok(None)
    }
}
