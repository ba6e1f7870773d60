//! Errors of media that cannot be downloaded or read, as the annotator reads them.

use agent_platform::client::{Error, ItemType};
use agent_platform::media::MediaError;
#[cfg(feature = "video")]
use agent_platform::media::video::VideoError;

use crate::error::{AgentError, ErrorStatus};

/// A kind of data in words.
fn words(kind: &ItemType) -> &str {
    match kind {
        ItemType::Video => "video",
        ItemType::Image => "image",
        ItemType::Group => "group",
        ItemType::ImageGroup => "image group",
        ItemType::ImageSequence => "image sequence",
        ItemType::DicomFile => "DICOM file",
        ItemType::DicomSeries => "DICOM series",
        ItemType::Audio => "audio file",
        ItemType::TimeSeries => "time series",
        ItemType::Nifti => "NIfTI volume",
        ItemType::PlainText => "text",
        ItemType::Pdf => "PDF document",
        ItemType::Scene => "scene",
        other => other.as_str(),
    }
}

/// Returns the words for a kind of data, with the article.
pub(super) fn a_kind(kind: &ItemType) -> String {
    let words = words(kind);
    format!("{} {words}", if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

/// 404: the data has no such frame.
pub(super) fn no_frame(kind: &ItemType, title: &str, frame: u64, frames: u64) -> AgentError {
    let some = match frames {
        1 => "1 frame".to_owned(),
        frames => format!("{frames} frames"),
    };
    let message = format!("There is no frame {frame}: the {} {title} has {some}, counted from 0.", words(kind));
    AgentError::absent(message)
}

/// 400: the data has nothing of what the agent needs.
pub(super) fn wrong_kind(agent: &str, kind: &ItemType, title: &str, needs: &str) -> AgentError {
    AgentError::complaint(format!("{agent} needs {needs}; {title} is {}.", a_kind(kind)))
}

/// A file that could not be downloaded.
pub(super) fn download(title: &str, error: Error) -> AgentError {
    let (status, message) = match &error {
        Error::Authorisation(_) => (
            ErrorStatus::Forbidden,
            format!("The storage does not hand out {title}: its address is refused, or has expired. Please try again."),
        ),
        Error::ResourceNotFound(_) => (ErrorStatus::NotFound, format!("{title} is not in its storage.")),
        Error::AnswerTooLarge(_) => {
            (ErrorStatus::PayloadTooLarge, format!("{title} is larger than the files that this agent reads."))
        }
        Error::NotKept(_) => return AgentError::internal(error),
        Error::Unknown(_) if error.status().is_some_and(|status| status < 500) => {
            let status = error.status().unwrap_or_default();
            (
                ErrorStatus::BadGateway,
                format!("The storage does not hand out {title}: it answered with the status {status}."),
            )
        }
        _ => return AgentError::from(error),
    };
    AgentError::new(status, message).with_cause(error)
}

/// An image that could not be read.
pub(super) fn image(title: &str, error: MediaError) -> AgentError {
    let status = match &error {
        MediaError::TooManyPixels { .. } | MediaError::TooManyBytes { .. } | MediaError::TooMuchMetadata { .. } => {
            ErrorStatus::PayloadTooLarge
        }
        _ => ErrorStatus::BadRequest,
    };
    AgentError::new(status, format!("{title} cannot be read: {error}.")).with_cause(error)
}

/// A video that could not be read.
#[cfg(feature = "video")]
pub(super) fn video(kind: &ItemType, title: &str, error: VideoError) -> AgentError {
    let status = match &error {
        VideoError::NoFrame { frame, frames } => return no_frame(kind, title, *frame, *frames),
        VideoError::Io(_) => return AgentError::internal(error),
        VideoError::TooLarge { .. } => ErrorStatus::PayloadTooLarge,
        _ => ErrorStatus::BadRequest,
    };
    AgentError::new(status, format!("{title} cannot be read: {error}.")).with_cause(error)
}
