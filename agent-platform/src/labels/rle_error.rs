//! Errors of run-length strings.

/// The cause of a run-length string that cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RleError {
    /// A character that is not in the alphabet, which is `0` to `o`.
    #[error("the run-length string has a character that it cannot have, at {at}")]
    Character {
        /// Offset in bytes.
        at: usize,
    },
    /// The string ends inside a number.
    #[error("the run-length string ends inside a number")]
    End,
    /// A number does not fit 64 bits, or a run is negative.
    #[error("the run-length string has a run that is negative or too long")]
    Run,
    /// The runs are longer together than the mask has pixels.
    #[error("the run-length string covers more than the mask has")]
    TooLong,
    /// A mask of more pixels than fit in memory, or of another number of pixels than width times height.
    #[error("the mask does not have width times height pixels")]
    Size,
}
