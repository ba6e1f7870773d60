//! Media extractors: the file, the pixels of a frame, crops of objects, the frames of a video.
//!
//! From the payload to the file are three round trips: the listing, the storage item with a signed URL, the download; an
//! image group takes one more, for its images. All parameters of a call share them, and the pixels too. From the second call on a
//! data unit on, everything but the download is requested at the same time.

mod any_region;
mod asset;
mod crops;
mod file;
mod frame_pixels;
mod media_cache;
mod media_error;
#[cfg(feature = "video")]
mod open_video;
#[cfg(feature = "video")]
mod video_frames;

pub use any_region::AnyRegion;
pub use asset::Asset;
pub use crops::{Crop, CroppableShape, Crops};
pub use frame_pixels::FramePixels;
#[cfg(feature = "video")]
pub use video_frames::{FrameStream, VideoFrames};
