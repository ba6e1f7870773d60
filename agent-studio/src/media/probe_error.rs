//! Errors of reading a media file.

use std::io::Read;

use agent_platform::media::video::VideoError;

use super::FileType;

/// The cause of a file that cannot be served as data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    /// The file extension is unknown.
    #[error("unsupported file extension. Supported: {}", FileType::supported_extensions())]
    UnknownKind,
    /// The content does not match the file extension, or is incomplete.
    #[error("the content does not match the file extension: {0}")]
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

/// Creates the error of content that does not match the file extension.
pub(super) fn content(problem: &str) -> ProbeError {
    ProbeError::Content(problem.to_owned())
}

/// Reads exactly `N` bytes.
pub(super) fn bytes<const N: usize>(file: &mut impl Read) -> Result<[u8; N], ProbeError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).map_err(|_| content("the file is truncated"))?;
    Ok(bytes)
}
