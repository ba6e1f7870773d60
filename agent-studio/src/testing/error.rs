//! Errors of a test project.

use std::io;

use agent_platform::labels::RowError;

use crate::local_platform::LocalPlatformError;

/// Error of a test project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestProjectError {
    /// The project cannot be copied.
    #[error("the project cannot be copied: {0}")]
    Copy(#[from] io::Error),
    /// The platform does not start.
    #[error(transparent)]
    Start(#[from] LocalPlatformError),
    /// The project has no such data unit.
    #[error("the project has no data unit `{title}`. It has {}", list(.titles))]
    NoData {
        /// The title that was asked for.
        title: String,
        /// The titles of all data units.
        titles: Vec<String>,
    },
    /// No object of the class is on the frame.
    #[error("no `{class}` is on frame {frame}. There is {}", list(.classes))]
    NoObject {
        /// The class that was asked for.
        class: String,
        /// The frame, from 0.
        frame: u64,
        /// The classes of the objects on the frame.
        classes: Vec<String>,
    },
    /// A label row cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// An edit of the labels failed.
    #[error("the labels cannot be edited: {0}")]
    Edit(String),
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
