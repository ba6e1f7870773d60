//! The server's public behaviour: agents called in-process and over real sockets.

mod after_call;
mod background;
mod calls;
mod description;
mod error_conversions;
mod errors;
mod extra;
mod limits;
mod listing;
mod metrics;
mod notifications;
mod parameters;
mod proxies;
mod shutdown;
mod signatures;
#[cfg(unix)]
mod sockets;
mod start;
mod transactions;
mod transport;
#[cfg(unix)]
mod variables;
