//! The outcome of a delivered notification.

/// The outcome of a delivered notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryOutcome {
    /// The handler runs, or will run.
    Accepted,
    /// The same work waits, or is under way and will run once more.
    Coalesced,
    /// A redelivery of a notification that was accepted before.
    Redelivered,
    /// The background queue or the memory of deliveries is full.
    Overloaded,
}
