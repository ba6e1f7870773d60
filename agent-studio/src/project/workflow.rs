//! Workflows and their stages.

use serde::Serialize;
use uuid::Uuid;

/// Kind of a stage (contract: `docs/contract/endpoints.md#get-project`). There are no routers, because the platform
/// does not list them: the Python SDK rejects a project with a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum StageKind {
    /// Annotation by people.
    Annotation,
    /// Review by people.
    Review,
    /// Independent annotation of the same data by several people.
    ConsensusAnnotation,
    /// Review of consensus annotations.
    ConsensusReview,
    /// Final stage.
    Done,
    /// Stage in which an agent chooses the pathway of each task.
    Agent,
}

impl StageKind {
    /// Returns the name in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Annotation => "ANNOTATION",
            Self::Review => "REVIEW",
            Self::ConsensusAnnotation => "CONSENSUS_ANNOTATION",
            Self::ConsensusReview => "CONSENSUS_REVIEW",
            Self::Done => "DONE",
            Self::Agent => "AGENT",
        }
    }

    /// Returns whether people submit or approve tasks in stages of this kind.
    pub(crate) fn has_next(self) -> bool {
        matches!(self, Self::Annotation | Self::Review | Self::ConsensusReview)
    }

    /// Returns whether people reject tasks in stages of this kind.
    pub(crate) fn has_rejected(self) -> bool {
        matches!(self, Self::Review | Self::ConsensusReview)
    }
}

/// A stage of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stage {
    /// Kind of the stage.
    #[serde(rename = "stageType")]
    pub kind: StageKind,
    /// UUID of the stage.
    pub uuid: Uuid,
    /// Title, unique in the workflow.
    pub title: String,
    /// Pathways along which an agent moves tasks. Only agent stages have pathways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pathways: Option<Vec<Pathway>>,
    /// Stage that a submitted or approved task enters. Without it, tasks cannot be submitted or approved. Not part of
    /// responses. Default: `None`.
    #[serde(skip)]
    pub next: Option<Uuid>,
    /// Stage that a rejected task enters. Without it, tasks cannot be rejected. Not part of responses. Default: `None`.
    #[serde(skip)]
    pub rejected: Option<Uuid>,
}

/// A pathway out of an agent stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pathway {
    /// UUID of the pathway.
    pub uuid: Uuid,
    /// Title, which an agent returns as its decision.
    pub title: String,
    /// UUID of the destination stage.
    pub destination_uuid: Uuid,
}

impl Stage {
    /// Creates a stage without pathways.
    #[must_use]
    pub fn new(kind: StageKind, uuid: Uuid, title: impl Into<String>) -> Self {
        Self { kind, uuid, title: title.into(), pathways: None, next: None, rejected: None }
    }
}

impl Pathway {
    /// Creates a pathway to a stage.
    #[must_use]
    pub fn new(uuid: Uuid, title: impl Into<String>, destination: Uuid) -> Self {
        Self { uuid, title: title.into(), destination_uuid: destination }
    }
}

/// A workflow: an ordered list of stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Workflow {
    pub(crate) stages: Vec<Stage>,
}

impl Workflow {
    /// Creates the default workflow: annotation, an agent stage with pathways to review and to the final stage, review,
    /// done.
    pub(crate) fn default_for(project: Uuid) -> Self {
        let id = |name: &str| Uuid::new_v5(&project, format!("stage:{name}").as_bytes());
        let stage = |kind, title: &str| Stage::new(kind, id(title), title);
        let pathway = |title: &str, to: &str| {
            Pathway::new(Uuid::new_v5(&project, format!("pathway:Agent 1:{title}").as_bytes()), title, id(to))
        };
        let pathways = vec![pathway("review", "Review 1"), pathway("complete", "Complete")];
        let agent = Stage { pathways: Some(pathways), ..stage(StageKind::Agent, "Agent 1") };
        Self {
            stages: vec![
                Stage { next: Some(id("Agent 1")), ..stage(StageKind::Annotation, "Annotate 1") },
                agent,
                Stage {
                    next: Some(id("Complete")),
                    rejected: Some(id("Annotate 1")),
                    ..stage(StageKind::Review, "Review 1")
                },
                stage(StageKind::Done, "Complete"),
            ],
        }
    }

    pub(crate) fn stage(&self, uuid: Uuid) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.uuid == uuid)
    }

    pub(crate) fn stage_by_title(&self, title: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.title == title)
    }

    /// Returns the stage of new and reopened tasks.
    pub(crate) fn first(&self) -> Option<Uuid> {
        let first = self.of_kind(StageKind::Annotation).or_else(|| self.stages.first());
        first.map(|stage| stage.uuid)
    }

    /// Returns the stage of completed tasks.
    pub(crate) fn done(&self) -> Option<Uuid> {
        self.of_kind(StageKind::Done).map(|stage| stage.uuid)
    }

    fn of_kind(&self, kind: StageKind) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.kind == kind)
    }
}
