//! The data units and frames of a run.

use agent_platform::client::{LabelRowFilter, LabelStatus};
use agent_platform::labels::LabelRow;
use agent_platform::ontology::ObjectClass;
use serde::{Deserialize, Serialize};

use super::frame_choice::FrameChoice;
use super::plan::Unit;

/// The data units, frames and objects of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Selection {
    /// Title of the data; `%` matches any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Statuses of the labels. Empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<LabelStatus>,
    /// Title of the workflow stage; `%` matches any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Data hashes. Empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// The frames.
    pub frames: FrameChoice,
    /// Title or feature hash of a class. The objects of this class are selected in each call, and frames without one are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// A call for a data unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallTarget {
    pub(crate) frame: u64,
    /// Hashes of the selected objects; `None`: the call has no selection.
    pub(crate) objects: Option<Vec<String>>,
}

impl Selection {
    /// Returns the filter of the listing.
    pub(crate) fn filter(&self) -> LabelRowFilter {
        let exact_or_pattern = |text: &Option<String>| match text {
            Some(text) if text.contains('%') => (None, Some(text.clone())),
            other => (other.clone(), None),
        };
        let (data_title_eq, data_title_like) = exact_or_pattern(&self.title);
        let (workflow_graph_node_title_eq, workflow_graph_node_title_like) = exact_or_pattern(&self.stage);
        LabelRowFilter {
            label_statuses: (!self.statuses.is_empty()).then(|| self.statuses.clone()),
            data_hashes: (!self.data.is_empty()).then(|| self.data.clone()),
            data_title_eq,
            data_title_like,
            workflow_graph_node_title_eq,
            workflow_graph_node_title_like,
            ..LabelRowFilter::default()
        }
    }

    /// Returns whether the calls depend on the labels of the data unit.
    pub(crate) fn needs_labels(&self) -> bool {
        self.class.is_some() || self.frames == FrameChoice::Labelled
    }

    /// Returns the calls for a data unit, in the order of the frames.
    pub(crate) fn targets(&self, unit: &Unit, row: Option<&LabelRow>) -> Vec<CallTarget> {
        let frames = unit.frames.max(1);
        let chosen: Vec<u64> = match self.frames {
            FrameChoice::First => vec![0],
            FrameChoice::Each => (0..frames).collect(),
            FrameChoice::Every(distance) => {
                let distance = usize::try_from(distance.get()).unwrap_or(usize::MAX);
                (0..frames).step_by(distance).collect()
            }
            FrameChoice::Labelled => row.map(labelled_frames).unwrap_or_default(),
        };
        let Some(class) = &self.class else {
            return chosen.into_iter().map(|frame| CallTarget { frame, objects: None }).collect();
        };
        let Some(row) = row else { return Vec::new() };
        let with_objects = chosen.into_iter().map(|frame| {
            let on_frame = row.frame(frame).objects();
            let is_of_class = |feature: &str, title: Option<&str>| feature == class || title == Some(class);
            let selected = on_frame
                .filter(|object| is_of_class(object.feature_hash().as_str(), object.class().map(ObjectClass::name)));
            CallTarget { frame, objects: Some(selected.map(|object| object.hash().to_string()).collect()) }
        });
        with_objects.filter(|target| target.objects.as_ref().is_some_and(|objects| !objects.is_empty())).collect()
    }
}

fn labelled_frames(row: &LabelRow) -> Vec<u64> {
    let has_labels = row.frames().filter(|frame| {
        frame.objects().next().is_some() || frame.classifications().any(|classification| !classification.is_global())
    });
    has_labels.map(|frame| frame.frame()).collect()
}

/// Parses a status of labels, such as `LABELLED`.
///
/// # Errors
/// The status is unknown.
pub fn parse_status(text: &str) -> Result<LabelStatus, String> {
    match LabelStatus::from(text.to_uppercase().replace(['-', ' '], "_").as_str()) {
        LabelStatus::Unknown(_) => {
            Err("use NOT_LABELLED, LABEL_IN_PROGRESS, LABELLED, REVIEW_IN_PROGRESS, REVIEWED or \
                                        REVIEWED_TWICE"
                .to_owned())
        }
        status => Ok(status),
    }
}

/// Parses a selection of objects, such as `class=Coin`.
///
/// # Errors
/// It has another form.
pub fn parse_class(text: &str) -> Result<String, String> {
    let class = text.strip_prefix("class=").filter(|class| !class.is_empty());
    class.map(ToOwned::to_owned).ok_or_else(|| "write it as class=Coin, with the title of a class".to_owned())
}
