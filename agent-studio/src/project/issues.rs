//! Operations on issues: creating, listing and deleting them.

use serde::Deserialize;
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};

use super::data::Data;
use super::identity::derived;
use super::issue::{AnchorType, Comment, Coordinate, FrameRange, Issue, Tag};
use super::loaded_project::Project;
use super::refusal::Refusal;
use super::world::World;

/// The body of a request that creates issues.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NewIssues {
    issues: Vec<NewIssue>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewIssue {
    anchor: Anchor,
    comment: String,
    issue_tags: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Anchor {
    #[serde(rename = "type")]
    anchor_type: AnchorType,
    data_uuid: Uuid,
    space_id: Option<String>,
    frame_index: Option<u64>,
    x: Option<f64>,
    y: Option<f64>,
    z: Option<f64>,
    annotation_id: Option<String>,
    frame_ranges: Option<Vec<FrameRange>>,
}

/// The body of a request that deletes issues.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedIssues {
    issue_uuids: Vec<Uuid>,
}

/// The body of a request that links tags to the project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkedTags {
    issue_tag_names: Vec<String>,
}

/// Maximum number of issues in a request that deletes issues.
const MAX_DELETED: usize = 1000;

impl Project {
    /// Returns the issues of a data unit as JSON, oldest first, each with a name by which they are sorted.
    pub(crate) fn issues(&self, data_hash: &str) -> Vec<(String, String)> {
        let world = self.world();
        let issues = world.data(data_hash).map(|data| data.issues.as_slice()).unwrap_or_default();
        // Serializing a struct of plain values cannot fail.
        issues.iter().map(|issue| (issue.sort_name(), serde_json::to_string(issue).unwrap_or_default())).collect()
    }

    /// Creates issues, in one transaction.
    ///
    /// # Errors
    /// A data unit is unknown, or an anchor is invalid.
    pub(crate) fn create_issues(&self, new: &NewIssues, caller: &str) -> Result<(), Refusal> {
        self.change_state(|world| new.issues.iter().try_for_each(|issue| create(world, issue, caller)))
    }

    /// Deletes issues: all of them or none.
    ///
    /// # Errors
    /// An issue is unknown, or there are too many.
    pub(crate) fn delete_issues(&self, deleted: &DeletedIssues) -> Result<(), Refusal> {
        let uuids = &deleted.issue_uuids;
        if uuids.len() > MAX_DELETED {
            return Err(invalid(format!("at most {MAX_DELETED} issues can be deleted at once")));
        }
        self.change_state(|world| {
            for uuid in uuids {
                let data =
                    world.data_of_issue(*uuid).ok_or_else(|| Refusal::NotFound(format!("unknown issue {uuid}")))?;
                data.issues.retain(|issue| issue.uuid != *uuid);
            }
            Ok(())
        })
    }

    /// Returns the issue tags of the project, each with its name.
    pub(crate) fn issue_tags(&self) -> Vec<(String, Tag)> {
        self.world().issue_tags.iter().map(|name| (name.clone(), Tag::new(name))).collect()
    }

    /// Links issue tags to the project. Every name counts as a tag of the workspace.
    ///
    /// # Errors
    /// The change cannot be written.
    pub(crate) fn link_issue_tags(&self, linked: &LinkedTags) -> Result<(), Refusal> {
        self.change_state(|world| {
            world.issue_tags_mut().extend(linked.issue_tag_names.iter().cloned());
            Ok(())
        })
    }
}

fn create(world: &mut World, new: &NewIssue, caller: &str) -> Result<(), Refusal> {
    let data_hash = new.anchor.data_uuid.to_string();
    let data = world.data_mut(&data_hash).ok_or_else(|| Refusal::NotFound(format!("unknown data {data_hash}")))?;
    new.anchor.check(data)?;
    let earlier = data.issues.last().and_then(|issue| Moment::parse(&issue.comments.first()?.created_at));
    let created = earlier.map_or_else(Moment::now, |earlier| Moment::after(earlier, TimestampResolution::default()));
    let created = created.iso();
    let anchor = new.anchor.clone();
    let is_coordinate = matches!(anchor.anchor_type, AnchorType::FrameCoordinate | AnchorType::SceneCoordinate);
    let coordinate = anchor.x.zip(anchor.y).filter(|_| is_coordinate).map(|(x, y)| Coordinate { x, y, z: anchor.z });
    data.issues.push(Issue {
        uuid: derived(&data_hash, &format!("issue:{created}")),
        anchor_type: anchor.anchor_type,
        data_uuid: data_hash,
        space_id: anchor.space_id,
        frame_index: anchor.frame_index,
        coordinate,
        annotation_id: anchor.annotation_id,
        frame_ranges: anchor.frame_ranges,
        comments: vec![Comment { content: new.comment.clone(), author_email: caller.to_owned(), created_at: created }],
        tags: new.issue_tags.iter().map(|name| Tag::new(name)).collect(),
        resolution_history: Vec::new(),
    });
    Ok(())
}

impl Anchor {
    /// Rejects an anchor that lacks a member or names a frame outside of the data unit.
    fn check(&self, data: &Data) -> Result<(), Refusal> {
        let frames = data.frames();
        let needs = |is_there: bool, member: &str| {
            if is_there { Ok(()) } else { Err(invalid(format!("the anchor has no {member}"))) }
        };
        match self.anchor_type {
            AnchorType::DataUnit => {}
            AnchorType::Frame => needs(self.frame_index.is_some(), "frameIndex")?,
            AnchorType::FrameCoordinate | AnchorType::SceneCoordinate => {
                needs(self.frame_index.is_some(), "frameIndex")?;
                needs(self.x.is_some() && self.y.is_some(), "x and y")?;
                needs(self.z.is_some() || self.anchor_type == AnchorType::FrameCoordinate, "z")?;
            }
            AnchorType::Annotation => needs(self.annotation_id.is_some(), "annotationId")?,
            AnchorType::FrameRange => return Err(invalid("an issue of frame ranges cannot be created".to_owned())),
        }
        let ranges = self.frame_ranges.as_deref();
        if ranges.is_some_and(<[_]>::is_empty) {
            return Err(invalid("frameRanges is empty".to_owned()));
        }
        let mut ends = ranges.unwrap_or_default().iter().map(|range| (range.start, range.end));
        let outside = |(start, end): (u64, u64)| start > end || end >= frames;
        if ends.any(outside) || self.frame_index.is_some_and(|frame| frame >= frames) {
            return Err(invalid(format!("the anchor is outside of the {frames} frames of {}", data.title)));
        }
        Ok(())
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::InvalidArguments(message)
}
