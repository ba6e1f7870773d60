//! Conversions between numbers of pixels and coordinates.

/// Converts a count, exactly up to 2²⁴.
#[expect(clippy::cast_precision_loss, reason = "counts of channels and pixels per side")]
pub(super) fn real(count: usize) -> f32 {
    count as f32
}

/// Rounds down; negative numbers become 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn index(number: f32) -> usize {
    number as usize
}
