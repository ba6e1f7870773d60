//! The memory that decoded media and large responses may take together.
//!
//! A file of some bytes can announce an image of gigabytes, and a response can grow a thousand times when it is
//! decompressed. Limits for one image or one response do not bound a server that works on many at once. A [`ByteBudget`]
//! does: whoever is about to take much memory computes the need, acquires it, and keeps the [`BytePermit`] for as long as
//! the memory.
//!
//! # Deadlocks
//!
//! All acquisitions of one call go through one [`MemoryAccount`]. An account that holds a permit never waits for another:
//! it gets it at once, or [`MemoryError::Busy`]. So whoever waits holds nothing that others wait for.

mod account;
mod available;
mod budget;

pub use account::{BytePermit, MemoryAccount};
pub use budget::{ByteBudget, MemoryError};
