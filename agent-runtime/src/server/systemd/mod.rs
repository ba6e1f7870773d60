//! Integration with systemd: socket activation, and notifications of readiness.

mod notify;
#[cfg(unix)]
mod socket;

pub(super) use notify::{notify_ready, notify_stopping};
#[cfg(unix)]
pub(super) use socket::activated_listener;
