//! Numbers that JSON can hold.

/// Gives a shape `is_finite`, over all of its numbers: only finite ones can be written as JSON.
macro_rules! finite {
    ($type:ident, [$this:ident => $numbers:expr]) => {
        impl $type {
            /// Returns `true` if all numbers are finite.
            pub(super) fn is_finite(&$this) -> bool {
                IntoIterator::into_iter($numbers).all(|number: f64| number.is_finite())
            }
        }
    };
}
pub(super) use finite;
