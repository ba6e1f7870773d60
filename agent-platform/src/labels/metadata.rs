//! Metadata of the media, from the listing of label rows.

use std::collections::HashMap;

use crate::json::{elements, float, is_null, member, members, unsigned};

/// Metadata of one row's media, from the listing of label rows (contract: `docs/contract/endpoints.md#list-label-rows`).
///
/// A label row does not say how many frames its media has. With this, edits are checked against it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct RowMetadata {
    /// Number of frames, slices or pages.
    pub number_of_frames: Option<u64>,
    /// Frames each second.
    pub frames_per_second: Option<f64>,
    /// Seconds.
    pub duration: Option<f64>,
    /// The width in pixels.
    pub width: Option<u64>,
    /// The height in pixels.
    pub height: Option<u64>,
    /// The spaces by their ids.
    pub spaces: HashMap<String, SpaceMetadata>,
}

/// Metadata of one space, from the listing of label rows (contract: `docs/contract/label-format.md#spaces`).
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SpaceMetadata {
    /// Number of frames, slices or pages.
    pub number_of_frames: Option<u64>,
    /// The width in pixels.
    pub width: Option<u64>,
    /// The height in pixels.
    pub height: Option<u64>,
    /// The width and height of each file, in pixels, where they differ.
    pub frame_sizes: Vec<Option<(u64, u64)>>,
}

impl RowMetadata {
    /// Reads an entry of the listing. What it does not say, or says in another way, is unknown.
    #[must_use]
    pub fn parse(listing_entry: &str) -> Self {
        let mut metadata = Self::default();
        for (key, value) in members(listing_entry) {
            match key.as_ref() {
                "number_of_frames" => metadata.number_of_frames = unsigned(value),
                "frames_per_second" => metadata.frames_per_second = float(value),
                "duration" => metadata.duration = float(value),
                "width" => metadata.width = unsigned(value),
                "height" => metadata.height = unsigned(value),
                "spaces" => {
                    let spaces = members(value).map(|(id, space)| (id.into_owned(), SpaceMetadata::parse(space)));
                    metadata.spaces = spaces.collect();
                }
                _ => {}
            }
        }
        metadata
    }
}

impl SpaceMetadata {
    pub(crate) fn parse(space: &str) -> Self {
        let number = |key| member(space, key).and_then(unsigned);
        let size =
            |frame| Some((member(frame, "width").and_then(unsigned)?, member(frame, "height").and_then(unsigned)?));
        let frames = member(space, "frames").filter(|frames| !is_null(frames));
        let frame_sizes: Vec<_> = frames.map(|frames| elements(frames).map(size).collect()).unwrap_or_default();
        let counted = frames.map(|_| frame_sizes.len() as u64).filter(|count| *count > 0);
        Self {
            number_of_frames: number("number_of_frames").or_else(|| number("number_of_pages")).or(counted),
            width: number("width"),
            height: number("height"),
            frame_sizes,
        }
    }
}
