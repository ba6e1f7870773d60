//! Descriptions of projects, created in a program or read from a folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use uuid::Uuid;

use crate::media::{MediaFacts, MediaKind};

use super::workflow::Stage;

/// The description of a project, which is served from memory.
///
/// ```
/// use agent_studio::{DataSource, ProjectSource};
///
/// let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
///     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
/// let project = ProjectSource::new("Cars", ontology).data(DataSource::video("drive.mp4", 640, 480, 250, 25.0));
/// assert_eq!(project.title, "Cars");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProjectSource {
    /// Title of the project.
    pub title: String,
    /// Description of the project. Default: empty.
    pub description: String,
    /// Ontology as JSON: its structure, or an object with the structure under `editor`.
    pub ontology: String,
    /// Project hash. Default: derived from the title.
    pub project_hash: Option<Uuid>,
    /// Ontology hash. Default: derived from the project hash.
    pub ontology_hash: Option<Uuid>,
    /// Hash of the only dataset. Default: derived from the project hash.
    pub dataset_hash: Option<Uuid>,
    /// Title of the dataset. Default: the title of the project.
    pub dataset_title: Option<String>,
    /// UUID of the storage folder. Default: derived from the project hash.
    pub folder: Option<Uuid>,
    /// E-mail address of the project's owner. Default: `owner@example.test`.
    pub owner: String,
    /// Creation time, in a format of the platform. Default: the start of the platform.
    pub created_at: Option<String>,
    /// Stages of the workflow. Default: annotation, agent, review and done.
    pub stages: Vec<Stage>,
    /// Data units, in the order of the listing.
    pub data: Vec<DataSource>,
}

/// A data unit of a project: a file, or a group of files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DataSource {
    /// Title: the name of the file.
    pub title: String,
    /// Kind of the data. Default: image.
    pub kind: Option<MediaKind>,
    /// Properties of the file.
    pub facts: MediaFacts,
    /// Content of the file.
    pub media: Media,
    /// Images of an image group, in order.
    pub images: Vec<ImageSource>,
    /// Data hash. Default: derived from the project hash and the title.
    pub data_hash: Option<String>,
    /// UUID of the storage item. Default: derived from the project hash and the title.
    pub item: Option<Uuid>,
    /// Label rows by branch, each a complete document as JSON.
    pub label_rows: BTreeMap<String, String>,
    /// Members of the listing entry that override the computed ones: a JSON object.
    pub listing: Option<String>,
    /// Client metadata: a JSON object. Default: empty.
    pub client_metadata: Option<String>,
    /// Title of the task's stage. Default: the first stage.
    pub stage: Option<String>,
    /// Priority of the task, 0 to 1. Default: 0.5.
    pub priority: Option<f64>,
}

/// An image of an image group.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImageSource {
    /// Title: the name of the file.
    pub title: String,
    /// Properties of the file.
    pub facts: MediaFacts,
    /// Content of the file.
    pub media: Media,
    /// Hash of the image's data unit. Default: derived from the group's data hash.
    pub image_hash: Option<String>,
    /// UUID of the storage item. Default: derived from the group's title and the image's title.
    pub item: Option<Uuid>,
    /// Client metadata: a JSON object. Default: empty.
    pub client_metadata: Option<String>,
}

/// Content of a media file.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Media {
    /// No content: the file cannot be downloaded.
    #[default]
    None,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file on disk. Symbolic links are followed.
    File(PathBuf),
    /// A file inside a folder. It is not served if a symbolic link leads out of the folder.
    Within {
        /// Path of the folder.
        folder: PathBuf,
        /// Path of the file, including the folder's path.
        path: PathBuf,
    },
}

impl ProjectSource {
    /// Creates a project without data.
    #[must_use]
    pub fn new(title: impl Into<String>, ontology: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
            ontology: ontology.into(),
            project_hash: None,
            ontology_hash: None,
            dataset_hash: None,
            dataset_title: None,
            folder: None,
            owner: "owner@example.test".to_owned(),
            created_at: None,
            stages: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Sets the project hash.
    #[must_use]
    pub fn project_hash(mut self, hash: Uuid) -> Self {
        self.project_hash = Some(hash);
        self
    }

    /// Adds a data unit.
    #[must_use]
    pub fn data(mut self, data: DataSource) -> Self {
        self.data.push(data);
        self
    }
}

impl DataSource {
    /// Creates a data unit without content.
    #[must_use]
    pub fn new(title: impl Into<String>, kind: MediaKind) -> Self {
        Self { title: title.into(), kind: Some(kind), ..Self::default() }
    }

    fn with_mime(mut self, mime: &str) -> Self {
        self.facts.mime = Some(mime.to_owned());
        self
    }

    /// Creates a JPEG image of this size in pixels.
    #[must_use]
    pub fn image(title: impl Into<String>, width: u64, height: u64) -> Self {
        Self::new(title, MediaKind::Image).with_mime("image/jpeg").sized(width, height, 1)
    }

    /// Creates an MP4 video of this size in pixels, with a number of frames and a frame rate in frames per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no video has 2^52 frames")]
    pub fn video(title: impl Into<String>, width: u64, height: u64, frames: u64, fps: f64) -> Self {
        let mut video = Self::new(title, MediaKind::Video).with_mime("video/mp4").sized(width, height, frames);
        video.facts.fps = Some(fps);
        video.facts.duration = Some(frames as f64 / fps);
        video
    }

    /// Creates an image group.
    #[must_use]
    pub fn image_group(title: impl Into<String>, images: Vec<ImageSource>) -> Self {
        let frames = Some(images.len() as u64);
        let facts = MediaFacts { frames, ..MediaFacts::default() };
        Self { title: title.into(), kind: Some(MediaKind::ImageGroup), facts, images, ..Self::default() }
    }

    fn sized(mut self, width: u64, height: u64, frames: u64) -> Self {
        self.facts.width = Some(width);
        self.facts.height = Some(height);
        self.facts.frames = Some(frames);
        self
    }

    /// Sets the content of the file.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.media = Media::Bytes(bytes.into());
        self
    }

    /// Sets the data hash.
    #[must_use]
    pub fn data_hash(mut self, hash: impl Into<String>) -> Self {
        self.data_hash = Some(hash.into());
        self
    }

    /// Adds a label row on a branch, as JSON.
    #[must_use]
    pub fn label_row(mut self, branch: impl Into<String>, row: impl Into<String>) -> Self {
        self.label_rows.insert(branch.into(), row.into());
        self
    }

    /// Sets the client metadata, a JSON object.
    #[must_use]
    pub fn client_metadata(mut self, metadata: impl Into<String>) -> Self {
        self.client_metadata = Some(metadata.into());
        self
    }

    /// Sets the stage of the task, by title.
    #[must_use]
    pub fn stage(mut self, title: impl Into<String>) -> Self {
        self.stage = Some(title.into());
        self
    }
}

impl ImageSource {
    /// Creates a JPEG image of this size in pixels.
    #[must_use]
    pub fn new(title: impl Into<String>, width: u64, height: u64) -> Self {
        let facts = MediaFacts {
            mime: Some("image/jpeg".to_owned()),
            width: Some(width),
            height: Some(height),
            frames: Some(1),
            ..MediaFacts::default()
        };
        Self { title: title.into(), facts, ..Self::default() }
    }

    /// Sets the content of the file.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.media = Media::Bytes(bytes.into());
        self
    }
}
