//! What agents get from the platform: the extractors over `agent-platform`, and the label row as a transaction.
//!
//! What several parameters of a call need is fetched once, and what does not depend on each other at the same time:
//! the listing and then the labels on one side, the project and then its ontology on the other.

mod client;
mod connection;
mod fetch;
mod label_row;
mod label_row_info;
mod label_row_request;
#[cfg(feature = "media")]
mod media;
mod memory;
mod object_instance;
mod ontologies;
mod ontology;
mod project;
mod refusal;
mod row_locks;
mod save;
mod selection;
mod storage_item;

pub use client::PlatformClient;
pub(crate) use connection::{PlatformHooks, Whose};
pub use label_row::LabelRow;
pub use label_row_request::{LabelRowRequest, OnConflict};
#[cfg(feature = "media")]
pub use media::{AnyRegion, Asset, Crop, CroppableShape, Crops, FramePixels};
#[cfg(feature = "video")]
pub use media::{FrameStream, VideoFrames};
pub use object_instance::{AnyShape, ObjectInstance, ShapeOnFrame};
pub(crate) use refusal::refusal;
pub use save::SaveVerification;
pub use selection::{FrameObjects, Selected};
