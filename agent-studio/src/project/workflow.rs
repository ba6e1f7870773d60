//! The stages that tasks go through.

use serde::Serialize;
use uuid::Uuid;

/// What happens in a stage (contract: `docs/contract/endpoints.md#get-project`). Routers are left out, as the platform
/// leaves them out: the Python SDK refuses a project that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum StageKind {
    /// People annotate.
    Annotation,
    /// People review.
    Review,
    /// Several people annotate the same.
    ConsensusAnnotation,
    /// People review what several have annotated.
    ConsensusReview,
    /// The end.
    Done,
    /// A task agent decides where tasks go.
    Agent,
}

impl StageKind {
    /// The word of the wire.
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

    /// Returns whether people submit or approve tasks of such a stage.
    pub(crate) fn has_next(self) -> bool {
        matches!(self, Self::Annotation | Self::Review | Self::ConsensusReview)
    }

    /// Returns whether people reject tasks of such a stage.
    pub(crate) fn has_rejected(self) -> bool {
        matches!(self, Self::Review | Self::ConsensusReview)
    }
}

/// A stage of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// What happens in it.
    #[serde(rename = "stageType")]
    pub kind: StageKind,
    /// Its UUID.
    pub uuid: Uuid,
    /// Its title, unique in the workflow.
    pub title: String,
    /// Where an agent can send tasks; only stages of agents have any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pathways: Option<Vec<Pathway>>,
    /// The stage that a submitted or approved task enters. Without one, tasks cannot be submitted or approved here. The
    /// platform does not show it to its clients. Default: `None`.
    #[serde(skip)]
    pub next: Option<Uuid>,
    /// The stage that a rejected task enters. Without one, tasks cannot be rejected here. Default: `None`.
    #[serde(skip)]
    pub rejected: Option<Uuid>,
}

/// A way out of an agent's stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pathway {
    /// Its UUID.
    pub uuid: Uuid,
    /// Its title: what an agent decides by.
    pub title: String,
    /// The stage it leads to.
    pub destination_uuid: Uuid,
}

/// A workflow: stages, of which tasks begin in the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Workflow {
    pub(crate) stages: Vec<Stage>,
}

impl Workflow {
    /// The workflow of a project that describes none: annotate, an agent that sends on to review or to the end, review,
    /// done.
    pub(crate) fn usual(project: Uuid) -> Self {
        let id = |name: &str| Uuid::new_v5(&project, format!("stage:{name}").as_bytes());
        let stage = |kind, title: &str| Stage {
            kind,
            uuid: id(title),
            title: title.to_owned(),
            pathways: None,
            next: None,
            rejected: None,
        };
        let pathway = |title: &str, to: &str| Pathway {
            uuid: Uuid::new_v5(&project, format!("pathway:Agent 1:{title}").as_bytes()),
            title: title.to_owned(),
            destination_uuid: id(to),
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

    pub(crate) fn titled(&self, title: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.title == title)
    }

    /// Where tasks begin, and where they are again once they are reopened.
    pub(crate) fn first(&self) -> Option<Uuid> {
        let first = self.of_kind(StageKind::Annotation).or_else(|| self.stages.first());
        first.map(|stage| stage.uuid)
    }

    /// Where completed tasks are.
    pub(crate) fn done(&self) -> Option<Uuid> {
        self.of_kind(StageKind::Done).map(|stage| stage.uuid)
    }

    fn of_kind(&self, kind: StageKind) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.kind == kind)
    }
}
