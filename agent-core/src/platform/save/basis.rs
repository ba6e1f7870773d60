//! The row that an edit is based on.

/// The row on the platform, as it was read.
#[derive(Debug, Clone)]
pub(super) enum Basis {
    /// Last edited at this time, which every later save changes.
    Edited(String),
    /// The content that was read: its time does not tell saves apart.
    Content,
    /// Not on the platform.
    Absent,
}
