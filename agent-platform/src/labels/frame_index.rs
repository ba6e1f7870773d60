//! Frames by their number.

/// The number of a frame, slice or page, from 0; on continuous scenes nanoseconds from the start.
///
/// Methods accept every [`IntoFrameIndex`]: a `u64`, or a type of your own with `impl From<MyFrame> for FrameIndex`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameIndex(pub u64);

// The only implementation for an integer type: that is how `row.frame(3)` knows the type of `3`.
impl From<u64> for FrameIndex {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// A frame as an argument: `3`, a `u64`, the extractor `Frame`, or a [`FrameIndex`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the number of a frame",
    label = "not the number of a frame",
    note = "a frame is a `u64` or the extractor `Frame`: convert another integer with `as u64` or `u64::try_from(...)`"
)]
pub trait IntoFrameIndex {
    /// Converts the argument.
    fn into_frame_index(self) -> FrameIndex;
}

#[diagnostic::do_not_recommend]
impl<T: Into<FrameIndex>> IntoFrameIndex for T {
    fn into_frame_index(self) -> FrameIndex {
        self.into()
    }
}

impl From<FrameIndex> for super::Ranges {
    fn from(frame: FrameIndex) -> Self {
        Self::from(frame.0)
    }
}
