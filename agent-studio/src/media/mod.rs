//! Properties of media files: size, frames, duration.

mod file_type;
mod flac;
mod mp3;
mod orientation;
mod pdf;
mod probe;
mod probe_error;
mod wav;

pub(crate) use file_type::FileType;
#[cfg(feature = "cli")]
pub(crate) use probe::image_size;
pub(crate) use probe::probe;
pub(crate) use probe_error::ProbeError;

use serde::{Deserialize, Serialize};

/// The kind of data, as a label row names it (contract: `docs/contract/label-format.md#data-types`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// One image.
    Image,
    /// An ordered group of images.
    ImageGroup,
    /// A video.
    Video,
    /// An audio file.
    Audio,
    /// A text or an HTML page.
    PlainText,
    /// A PDF document.
    Pdf,
    /// A DICOM series.
    Dicom,
    /// A `NIfTI` volume.
    Nifti,
    /// A time series.
    TimeSeries,
    /// Several files that are displayed together.
    Group,
    /// A scene of point clouds and cameras.
    Scene,
}

impl MediaKind {
    /// Parses the name in a label row. Case is ignored. Returns `None` for an unknown name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let kinds = [
            Self::Image,
            Self::ImageGroup,
            Self::Video,
            Self::Audio,
            Self::PlainText,
            Self::Pdf,
            Self::Dicom,
            Self::Nifti,
            Self::TimeSeries,
            Self::Group,
            Self::Scene,
        ];
        kinds.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns the name in a label row. The listing has it in upper case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::ImageGroup => "img_group",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::PlainText => "plain_text",
            Self::Pdf => "pdf",
            Self::Dicom => "dicom",
            Self::Nifti => "nifti",
            Self::TimeSeries => "time_series",
            Self::Group => "group",
            Self::Scene => "scene",
        }
    }

    /// Returns the name in a storage item (contract: `docs/contract/endpoints.md#get-storage-item`).
    pub(crate) fn in_storage(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::ImageGroup => "imageGroup",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::PlainText => "plainText",
            Self::Pdf => "pdf",
            Self::Dicom => "dicomSeries",
            Self::Nifti => "nifti",
            Self::TimeSeries => "timeseries",
            Self::Group => "group",
            Self::Scene => "scene",
        }
    }

    /// Returns whether the labels of a data unit are a map from frame to blob.
    pub(crate) fn has_frame_map(self) -> bool {
        !matches!(self, Self::Image | Self::ImageGroup | Self::Group)
    }
}

/// Properties of a media file. `None` means unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct MediaFacts {
    /// MIME type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u64>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// Number of frames or pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
    /// Frames per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// Duration in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Audio codec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    /// Audio samples per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_sample_rate: Option<u64>,
    /// Bits per audio sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_bit_depth: Option<u64>,
    /// Audio channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_channels: Option<u64>,
    /// Length of a text in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
}
