//! Frames by their number.

/// The number of a frame, slice or page, from 0; on continuous scenes nanoseconds from the start.
///
/// Calls take whatever turns into one: a number, or a type of your own with `impl From<MyFrame> for FrameIndex`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameIndex(pub u64);

// The only implementation for an integer type: that is how `row.frame(3)` knows the type of `3`.
impl From<u64> for FrameIndex {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<FrameIndex> for super::Ranges {
    fn from(frame: FrameIndex) -> Self {
        Self::from(frame.0)
    }
}
