//! Promptable segmentation with `MobileSAM`, in pure Rust.
//!
//! The weights are those that `PyTorch` published (`mobile_sam.pt`, 40 MB, Apache-2.0). They are read directly.

mod cache;
mod checkpoint;
mod decoder;
mod detail;
mod disk_cache;
mod encode_turn;
mod encoder;
mod error;
mod layers;
mod mask;
mod metrics;
mod numbers;
mod prompt_encoder;
mod prompts;
mod segmenter;
mod selected;
mod shared;
mod similar;
mod track;
mod transformer;
mod warming;
mod warming_places;
mod weights;

pub use cache::CacheCounts;
pub use detail::DetailedMask;
pub use disk_cache::DiskCacheError;
pub use error::{FETCH_COMMAND, LoadError, SegmentError};
pub use mask::Mask;
pub use prompts::{MAX_POINTS, Polarity, Prompts};
pub use segmenter::{Embedding, Segmenter, WEIGHTS_SHA256};
pub use selected::{MAX_SELECTED, NegativeClasses, SelectedPrompt, SelectedPrompts};
pub use shared::SharedSegmenter;
pub use similar::{SimilarObject, SimilarOptions};
pub use track::{DEFAULT_TRACK_BUDGET, TrackEnd, TrackedObject, Tracker};
