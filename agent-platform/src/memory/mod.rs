//! Shared memory budget of decoded media and large responses.
//!
//! A file of a few bytes can announce an image of gigabytes, and a response can grow a thousandfold when it is
//! decompressed. Limits per image or per response do not bound a server that handles many at once; a [`ByteBudget`]
//! does. Code that is about to use much memory computes the requirement, acquires it, and keeps the [`BytePermit`] as
//! long as the memory.
//!
//! # Deadlocks
//!
//! All acquisitions of one call go through one [`MemoryAccount`]. An account that holds a permit never waits for
//! another: it gets it at once, or fails with [`MemoryError::Busy`]. So a waiting call holds nothing that others wait
//! for. Caches have accounts of their own; their memory is reclaimed before a call waits or fails ([`Reclaim`]).

mod account;
mod available;
mod budget;

pub use account::{BytePermit, MemoryAccount};
pub use budget::{ByteBudget, MemoryError, Reclaim};
