//! Deliveries of notifications: each is worked on once, in the background.

mod coalescing;
mod inbox;
mod seen;
mod taken;

pub(crate) use inbox::{Inbox, Job};
pub(crate) use taken::Taken;
