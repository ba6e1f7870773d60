//! Deliveries of notifications: each is handled once, in the background.

mod coalescing;
mod delivery_outcome;
mod inbox;
mod recent_deliveries;

pub(crate) use delivery_outcome::DeliveryOutcome;
pub(crate) use inbox::{Inbox, Job};
