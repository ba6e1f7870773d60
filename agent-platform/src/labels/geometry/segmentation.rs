//! Segmentations: points of a point cloud.

use crate::json::{quote, string};
use crate::labels::ranges::{IntoRanges, Range, Ranges};

use super::finite::finite;
use super::rle::{decode_runs, encode_runs};
use crate::labels::rle_error::RleError;

/// Points of a point cloud file, by their indices from 0 (contract: `docs/contract/label-format.md#segmentation`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segmentation {
    /// The indices.
    pub points: Ranges,
}

impl Segmentation {
    pub(super) const KEY: &'static str = "segmentation";

    /// The points with these indices.
    pub fn new(points: impl IntoRanges) -> Self {
        Self { points: points.into_ranges() }
    }

    /// Reads a run-length string: absent, present, absent, and so on.
    ///
    /// # Errors
    /// A string that is no run-length string.
    pub fn decode(text: &str) -> Result<Self, RleError> {
        let mut ranges = Vec::new();
        let mut at: u64 = 0;
        for (index, run) in decode_runs(text)?.into_iter().enumerate() {
            let next = at.checked_add(run).ok_or(RleError::TooLong)?;
            if index % 2 == 1 && run > 0 {
                ranges.push(Range { start: at, end: next - 1 });
            }
            at = next;
        }
        Ok(Self { points: Ranges::merged(ranges) })
    }

    /// The run-length string, without the absent points at the end.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut at = 0;
        let mut runs = Vec::with_capacity(self.points.as_slice().len() * 2);
        for range in self.points.iter() {
            runs.push(range.start - at);
            runs.push(range.end - range.start + 1);
            at = range.end + 1;
        }
        encode_runs(&runs)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::decode(&string(text)?).ok()
    }

    pub(super) fn to_json(&self) -> String {
        quote(&self.encode())
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        if self.points.is_empty() {
            return Some("a segmentation without points is no label");
        }
        (self.points.last() >= Some(u64::from(u32::MAX) << 20)).then_some("an index of a segmentation is too large")
    }
}

finite!(Segmentation, [self => []]);
