//! Errors of reading a media file.

use std::io::Read;

use agent_platform::media::video::VideoError;

use super::FileEnd;

/// The cause of a file that cannot be served as data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    /// The file extension is unknown.
    #[error("no kind of data ends in this; known are {}", FileEnd::all_in_words())]
    UnknownKind,
    /// The content does not match the file extension, or is incomplete.
    #[error("it does not hold what its name says: {0}")]
    Content(String),
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<VideoError> for ProbeError {
    fn from(error: VideoError) -> Self {
        match error {
            VideoError::Io(error) => Self::Io(error),
            error => Self::Content(error.to_string()),
        }
    }
}

/// The error of content that does not match the file extension.
pub(super) fn content(problem: &str) -> ProbeError {
    ProbeError::Content(problem.to_owned())
}

/// Reads exactly `N` bytes.
pub(super) fn bytes<const N: usize>(file: &mut impl Read) -> Result<[u8; N], ProbeError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).map_err(|_| content("it is cut off"))?;
    Ok(bytes)
}
