//! Models for editor agents: promptable segmentation, embeddings, and clients of model servers.

#![warn(missing_debug_implementations)]

#[cfg(feature = "points")]
pub mod points;
#[cfg(feature = "sam")]
pub mod sam;
#[cfg(feature = "served")]
pub mod served;
