//! Models for editor agents: promptable segmentation, embeddings, and clients of model servers.

#[cfg(feature = "sam")]
pub mod sam;
