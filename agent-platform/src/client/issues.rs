//! Issues: comments that are anchored to a data unit, a frame, a coordinate or an annotation.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::hash::{AsHash, DataHash, ObjectHash, ProjectHash};

use super::PlatformClient;
use super::call::Effect;
use super::error::Result;
use super::query::Query;
use super::tolerant::{lenient, lenient_list, open_enum};

/// Maximum number of issues in one request. Longer lists are sent in several requests.
pub const MAX_ISSUES_PER_REQUEST: usize = 1000;

open_enum! {
    /// Type of an issue's anchor.
    IssueType {
        /// The whole data unit.
        DataUnit = "dataUnit",
        /// A frame.
        Frame = "frame",
        /// A coordinate on a frame.
        FrameCoordinate = "frameCoordinate",
        /// A coordinate in a 3D scene, on a frame.
        SceneCoordinate = "sceneCoordinate",
        /// Ranges of frames. The platform lists such issues; clients cannot create them.
        FrameRange = "frameRange",
        /// An object or classification instance, on some frames or on all.
        Annotation = "annotation",
    }
}

/// A range of frames. Both ends are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueFrames {
    /// The first frame.
    pub start: u64,
    /// The last frame.
    pub end: u64,
}

/// The place that a new issue is anchored to (contract: `docs/contract/endpoints.md#issues`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum IssueAnchor {
    /// The whole data unit.
    DataUnit,
    /// A frame.
    Frame {
        /// The frame.
        frame: u64,
    },
    /// A coordinate on a frame.
    Coordinate {
        /// The frame.
        frame: u64,
        /// The horizontal coordinate.
        x: f64,
        /// The vertical coordinate.
        y: f64,
    },
    /// An object or classification instance.
    Annotation {
        /// The object hash or classification hash.
        annotation: String,
        /// The frames. Empty: all frames of the instance.
        frames: Vec<IssueFrames>,
    },
}

impl IssueAnchor {
    /// Returns the anchor of an object on all its frames.
    pub fn from_object(object: impl AsHash<ObjectHash>) -> Self {
        Self::Annotation { annotation: object.as_hash().into_owned(), frames: Vec::new() }
    }
}

/// An issue to create.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewIssue {
    /// The place.
    pub anchor: IssueAnchor,
    /// The first comment.
    pub comment: String,
    /// Names of issue tags. The tags must exist.
    pub tags: Vec<String>,
}

impl NewIssue {
    /// Creates an issue without tags.
    pub fn new(anchor: IssueAnchor, comment: impl Into<String>) -> Self {
        Self { anchor, comment: comment.into(), tags: Vec::new() }
    }
}

/// An issue of a data unit. Times are ISO 8601 strings, unchanged.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Box<RawValue>")]
#[non_exhaustive]
pub struct Issue {
    /// The UUID.
    pub uuid: Uuid,
    /// Type of the anchor.
    pub issue_type: Option<IssueType>,
    /// Frame of the anchor.
    pub frame: Option<u64>,
    /// Hash of the object or classification that the issue is anchored to.
    pub annotation: Option<String>,
    /// Frames of the anchor. Empty if it has none.
    pub frames: Vec<IssueFrames>,
    /// Coordinate on the frame.
    pub coordinate: Option<(f64, f64)>,
    /// Comments, oldest first.
    pub comments: Vec<IssueComment>,
    /// Tags.
    pub tags: Vec<IssueTag>,
    /// Changes of the resolution, oldest first.
    pub resolutions: Vec<IssueResolution>,
    json: Box<RawValue>,
}

impl Issue {
    /// Returns `true` if the issue was resolved and not reopened since.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.resolutions.last().is_some_and(|last| last.is_resolved)
    }

    /// Returns the JSON of the issue as the platform sent it, with members that this type does not have.
    #[must_use]
    pub fn json(&self) -> &str {
        self.json.get()
    }
}

impl TryFrom<Box<RawValue>> for Issue {
    type Error = serde_json::Error;

    fn try_from(json: Box<RawValue>) -> Result<Self, Self::Error> {
        let read: Read = serde_json::from_str(json.get())?;
        Ok(Self {
            uuid: read.uuid,
            issue_type: read.issue_type,
            frame: read.frame_index,
            annotation: read.annotation_id,
            frames: read.frame_ranges,
            coordinate: read.coordinate.map(|at| (at.x, at.y)),
            comments: read.comments,
            tags: read.tags,
            resolutions: read.resolution_history,
            json,
        })
    }
}

/// The members of an issue that are read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    uuid: Uuid,
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    issue_type: Option<IssueType>,
    #[serde(default, alias = "frame_index", deserialize_with = "lenient")]
    frame_index: Option<u64>,
    #[serde(default, alias = "annotation_id", deserialize_with = "lenient")]
    annotation_id: Option<String>,
    #[serde(default, alias = "frame_ranges", deserialize_with = "lenient_list")]
    frame_ranges: Vec<IssueFrames>,
    #[serde(default, deserialize_with = "lenient")]
    coordinate: Option<Coordinate>,
    #[serde(default, deserialize_with = "lenient_list")]
    comments: Vec<IssueComment>,
    #[serde(default, deserialize_with = "lenient_list")]
    tags: Vec<IssueTag>,
    #[serde(default, alias = "resolution_history", deserialize_with = "lenient_list")]
    resolution_history: Vec<IssueResolution>,
}

#[derive(Deserialize)]
struct Coordinate {
    x: f64,
    y: f64,
}

/// A comment on an issue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IssueComment {
    /// The text.
    pub content: String,
    /// Email address of the author.
    #[serde(default, alias = "author_email", deserialize_with = "lenient")]
    pub author_email: Option<String>,
    /// Time of creation.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
}

/// A tag for issues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct IssueTag {
    /// The name.
    pub name: String,
    /// The UUID.
    pub uuid: Uuid,
}

/// A change of an issue's resolution.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IssueResolution {
    /// `false` if the issue was reopened.
    #[serde(alias = "is_resolved")]
    pub is_resolved: bool,
    /// Time of the change.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Email address of the user.
    #[serde(default, alias = "actor_email", deserialize_with = "lenient")]
    pub actor_email: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentIssue<'a> {
    anchor: SentAnchor<'a>,
    comment: &'a str,
    issue_tags: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentAnchor<'a> {
    #[serde(rename = "type")]
    issue_type: IssueType,
    data_uuid: DataHash,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame_index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    frame_ranges: &'a [IssueFrames],
}

impl<'a> SentIssue<'a> {
    fn new(issue: &'a NewIssue, data: DataHash) -> Self {
        let mut anchor = SentAnchor {
            issue_type: IssueType::DataUnit,
            data_uuid: data,
            frame_index: None,
            x: None,
            y: None,
            annotation_id: None,
            frame_ranges: &[],
        };
        match &issue.anchor {
            IssueAnchor::DataUnit => {}
            IssueAnchor::Frame { frame } => {
                (anchor.issue_type, anchor.frame_index) = (IssueType::Frame, Some(*frame));
            }
            IssueAnchor::Coordinate { frame, x, y } => {
                (anchor.issue_type, anchor.frame_index) = (IssueType::FrameCoordinate, Some(*frame));
                (anchor.x, anchor.y) = (Some(*x), Some(*y));
            }
            IssueAnchor::Annotation { annotation, frames } => {
                (anchor.issue_type, anchor.annotation_id) = (IssueType::Annotation, Some(annotation.as_str()));
                anchor.frame_ranges = frames;
            }
        }
        Self { anchor, comment: &issue.comment, issue_tags: &issue.tags }
    }
}

impl PlatformClient {
    /// Lists the issues of a data unit, across all pages (contract: `docs/contract/endpoints.md#issues`).
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn issues(&self, project: impl Into<ProjectHash>, data: impl Into<DataHash>) -> Result<Vec<Issue>> {
        let (project, data) = (project.into().to_string(), data.into().to_string());
        self.all_pages(&["projects", &project, "issues"], || Query::default().text("dataUnitId", &data), false).await
    }

    /// Creates issues of a data unit. Not idempotent: it is not retried if the platform may have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error). If a later one of several requests fails, earlier issues exist.
    pub async fn create_issues(
        &self,
        project: impl Into<ProjectHash>,
        data: impl Into<DataHash>,
        issues: &[NewIssue],
    ) -> Result<()> {
        #[derive(Serialize)]
        struct Body<'a> {
            issues: Vec<SentIssue<'a>>,
        }
        let (project, data) = (project.into().to_string(), data.into());
        for chunk in issues.chunks(MAX_ISSUES_PER_REQUEST) {
            let body = Body { issues: chunk.iter().map(|issue| SentIssue::new(issue, data)).collect() };
            let path = ["projects", &project, "issues"];
            let call = self.v2_send(Method::POST, &path, &body, Effect::NonIdempotent)?;
            self.v2_execute(&call).await?;
        }
        Ok(())
    }

    /// Deletes issues. The author of an issue and admins of the project can delete it; an issue of an annotation only admins.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error). The platform deletes all issues of a request or none.
    pub async fn delete_issues(&self, project: impl Into<ProjectHash>, issues: &[Uuid]) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            issue_uuids: &'a [Uuid],
        }
        let project = project.into().to_string();
        for issue_uuids in issues.chunks(MAX_ISSUES_PER_REQUEST) {
            let path = ["projects", &project, "issues", "delete"];
            let call = self.v2_send(Method::POST, &path, &Body { issue_uuids }, Effect::NonIdempotent)?;
            self.v2_execute(&call).await?;
        }
        Ok(())
    }

    /// Lists the issue tags of a project, across all pages.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn issue_tags(&self, project: impl Into<ProjectHash>) -> Result<Vec<IssueTag>> {
        let project = project.into().to_string();
        self.all_pages(&["projects", &project, "issue-tags"], Query::default, false).await
    }
}
