//! A draft that was checked.

use std::time::Instant;

use super::draft::Draft;

/// A draft of the row as it is on the platform.
pub(crate) struct Checked {
    pub(crate) draft: Draft,
    /// When the request was sent whose response showed that.
    pub(crate) asked: Instant,
}
