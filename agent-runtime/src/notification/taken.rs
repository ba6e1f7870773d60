//! The outcome of a delivery.

/// Outcome of a notification that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is worked on, or will be.
    Yes,
    /// The same work waits or is under way: it is looked at again afterwards.
    Coalesced,
    /// It has arrived before.
    Repeated,
    /// There is too much work already, or too many deliveries to remember.
    Full,
}
