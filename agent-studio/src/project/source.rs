//! What a project is made of, before it is served: written down in a program, or found in a folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use uuid::Uuid;

use crate::media::{MediaFacts, MediaKind};

use super::workflow::Stage;

/// A project to serve: a folder, or one described in a program, which lives in memory.
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
pub struct ProjectSource {
    /// The title.
    pub title: String,
    /// The description; empty unless set.
    pub description: String,
    /// The ontology: its structure, or an object that has it under `editor`.
    pub ontology: String,
    /// The project hash; follows from the title unless set.
    pub project_hash: Option<Uuid>,
    /// The ontology hash; follows from the project hash unless set.
    pub ontology_hash: Option<Uuid>,
    /// The hash of the one dataset; follows from the project hash unless set.
    pub dataset_hash: Option<Uuid>,
    /// The title of the dataset; that of the project unless set.
    pub dataset_title: Option<String>,
    /// The storage folder; follows from the project hash unless set.
    pub folder: Option<Uuid>,
    /// Who made the project: an e-mail address.
    pub owner: String,
    /// When it was made, in a form of the wire; when it was first served unless set.
    pub created_at: Option<String>,
    /// The stages; annotate, an agent, review and done unless set.
    pub stages: Vec<Stage>,
    /// The data, in the order of the listing.
    pub data: Vec<DataSource>,
}

/// A data unit of a project: a file, or several that are one.
#[derive(Debug, Clone, Default)]
pub struct DataSource {
    /// Its title: a file's name.
    pub title: String,
    /// What kind of data it is; an image unless set.
    pub kind: Option<MediaKind>,
    /// What is known of the file.
    pub facts: MediaFacts,
    /// The file itself.
    pub media: Media,
    /// The images of an image group, in order.
    pub images: Vec<ImageSource>,
    /// The data hash; follows from the project hash and the title unless set.
    pub data_hash: Option<String>,
    /// The storage item; follows from the project hash and the title unless set.
    pub item: Option<Uuid>,
    /// The label rows by branch: each the whole document as JSON.
    pub label_rows: BTreeMap<String, String>,
    /// Members of the listing's entry that stand in for the ones worked out here, as a JSON object.
    pub listing: Option<String>,
    /// The client metadata, a JSON object; empty unless set.
    pub client_metadata: Option<String>,
    /// The title of the stage that the task is in; the first unless set.
    pub stage: Option<String>,
    /// The priority of the task, 0 to 1; 0.5 unless set.
    pub priority: Option<f64>,
}

/// An image of an image group.
#[derive(Debug, Clone, Default)]
pub struct ImageSource {
    /// Its title: a file's name.
    pub title: String,
    /// What is known of the file.
    pub facts: MediaFacts,
    /// The file itself.
    pub media: Media,
    /// The hash of its data unit; follows from the group's unless set.
    pub image_hash: Option<String>,
    /// Its storage item; follows from the group's unless set.
    pub item: Option<Uuid>,
    /// The client metadata, a JSON object; empty unless set.
    pub client_metadata: Option<String>,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone, Default)]
pub enum Media {
    /// There are none: nothing can be downloaded.
    #[default]
    None,
    /// In memory.
    Bytes(Bytes),
    /// In a file. Symbolic links are followed.
    File(PathBuf),
    /// In a file of a folder. Not served if a symbolic link leads out of the folder.
    Within {
        /// The folder.
        folder: PathBuf,
        /// The file, with the folder's path.
        path: PathBuf,
    },
}

impl ProjectSource {
    /// A project without data.
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

    /// With this project hash.
    #[must_use]
    pub fn project_hash(mut self, hash: Uuid) -> Self {
        self.project_hash = Some(hash);
        self
    }

    /// With this data.
    #[must_use]
    pub fn data(mut self, data: DataSource) -> Self {
        self.data.push(data);
        self
    }
}

impl DataSource {
    fn of_kind(title: impl Into<String>, kind: MediaKind, mime: &str) -> Self {
        let facts = MediaFacts { mime: Some(mime.to_owned()), ..MediaFacts::default() };
        Self { title: title.into(), kind: Some(kind), facts, ..Self::default() }
    }

    /// A JPEG image of this size in pixels.
    #[must_use]
    pub fn image(title: impl Into<String>, width: u64, height: u64) -> Self {
        Self::of_kind(title, MediaKind::Image, "image/jpeg").sized(width, height, 1)
    }

    /// An MP4 video of this size in pixels, with this many frames and so many of them each second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no video has 2^52 frames")]
    pub fn video(title: impl Into<String>, width: u64, height: u64, frames: u64, fps: f64) -> Self {
        let mut video = Self::of_kind(title, MediaKind::Video, "video/mp4").sized(width, height, frames);
        video.facts.fps = Some(fps);
        video.facts.duration = Some(frames as f64 / fps);
        video
    }

    /// A group of images.
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

    /// With the bytes of the file.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.media = Media::Bytes(bytes.into());
        self
    }

    /// With this data hash.
    #[must_use]
    pub fn data_hash(mut self, hash: impl Into<String>) -> Self {
        self.data_hash = Some(hash.into());
        self
    }

    /// With a label row on a branch, as JSON.
    #[must_use]
    pub fn label_row(mut self, branch: impl Into<String>, row: impl Into<String>) -> Self {
        self.label_rows.insert(branch.into(), row.into());
        self
    }

    /// With client metadata, a JSON object.
    #[must_use]
    pub fn client_metadata(mut self, metadata: impl Into<String>) -> Self {
        self.client_metadata = Some(metadata.into());
        self
    }

    /// With its task in this stage.
    #[must_use]
    pub fn stage(mut self, title: impl Into<String>) -> Self {
        self.stage = Some(title.into());
        self
    }
}

impl ImageSource {
    /// A JPEG image of this size in pixels.
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

    /// With the bytes of the file.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.media = Media::Bytes(bytes.into());
        self
    }
}
