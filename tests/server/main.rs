//! The server as its users meet it: agents called in-process and over real sockets.

mod calls;
mod errors;
mod limits;
mod listing;
mod parameters;
mod shutdown;
mod start;
mod transactions;
mod transport;
mod wire;
