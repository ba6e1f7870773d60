//! What reached the platform: a log that tests count in.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::Method;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What a call asks for. Its text is the name in words: `save label rows`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum CallKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl fmt::Display for CallKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$kind => $name,)* })
            }
        }
    };
}

kinds! {
    /// The project (contract: `docs/contract/endpoints.md#get-project`).
    Project = "project",
    /// The ontology (section 8.2).
    Ontology = "ontology",
    /// The listing of label rows (section 8.3).
    ListLabelRows = "list label rows",
    /// Label rows with their labels (section 8.4).
    GetLabelRows = "get label rows",
    /// Label rows made where there are none (section 8.5).
    CreateLabelRows = "create label rows",
    /// Label rows saved (section 8.6).
    SaveLabelRows = "save label rows",
    /// A storage item (section 8.7).
    StorageItem = "storage item",
    /// Several storage items.
    StorageItems = "storage items",
    /// The children of a storage item.
    ChildItems = "child items",
    /// A storage item changed.
    UpdateStorageItem = "update storage item",
    /// Several storage items changed.
    UpdateStorageItems = "update storage items",
    /// A file (section 8.8).
    Download = "download",
    /// Priorities set (section 8.9).
    SetPriorities = "set priorities",
    /// Tasks completed, reopened, or moved to another stage.
    MoveTasks = "move tasks",
    /// The tasks in an agent's stage.
    AgentTasks = "agent tasks",
    /// Tasks sent along pathways.
    AgentActions = "agent actions",
    /// The caller's projects in the legacy form (section 8.10).
    UserProjects = "user projects",
    /// The projects in the v2 form.
    Projects = "projects",
    /// The branches of a project.
    Branches = "branches",
    /// The datasets of a project.
    Datasets = "datasets",
    /// A bearer token.
    BearerToken = "bearer token",
    /// Anything else.
    Other = "other",
}

impl CallKind {
    pub(crate) fn legacy(query_type: &str, method: &str) -> Self {
        match (query_type, method) {
            ("labelrowmetadata", "GET") => Self::ListLabelRows,
            ("labelrow", "GET") => Self::GetLabelRows,
            ("labelrow", "PUT") => Self::CreateLabelRows,
            ("labelrow", "POST") => Self::SaveLabelRows,
            ("labelworkflowgraphnode", "POST") => Self::MoveTasks,
            ("projectwithuserrole", "GET") => Self::UserProjects,
            _ => Self::Other,
        }
    }

    /// By method and the segments of the path after `/v2/public/`.
    pub(crate) fn v2(method: &Method, path: &[&str]) -> Self {
        match (method.as_str(), path) {
            ("GET", ["projects"]) => Self::Projects,
            ("GET", ["projects", _]) => Self::Project,
            ("GET", ["projects", _, "branches"]) => Self::Branches,
            ("GET", ["projects", _, "datasets"]) => Self::Datasets,
            ("POST", ["projects", _, "priorities"]) => Self::SetPriorities,
            ("GET", ["projects", _, "workflow", "stages", _, "tasks"]) => Self::AgentTasks,
            ("POST", ["projects", _, "workflow", "stages", _, "actions"]) => Self::AgentActions,
            ("POST", ["projects", _, "workflow", "stages", _, "move-tasks"]) => Self::MoveTasks,
            ("GET", ["ontologies", _]) => Self::Ontology,
            ("POST", ["storage", "items", "get-bulk"]) => Self::StorageItems,
            ("PATCH", ["storage", "items", "patch-bulk"]) => Self::UpdateStorageItems,
            ("GET", ["storage", "items", _]) => Self::StorageItem,
            ("PATCH", ["storage", "folders", _, "items", _]) => Self::UpdateStorageItem,
            ("GET", ["storage", "folders", _, "items", _, "child-items"]) => Self::ChildItems,
            ("GET", ["user", "bearer-token"]) => Self::BearerToken,
            _ => Self::Other,
        }
    }
}

/// A call that reached the platform.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// Which one it was, from 0.
    pub number: u64,
    /// What it asked for.
    pub kind: CallKind,
    /// The method.
    pub method: String,
    /// Path and query as sent, but without the signature of a signed URL.
    pub target: String,
    /// The connection that it came on, from 0.
    pub connection: u64,
    /// The trace of `X-Cloud-Trace-Context`: what is before the slash.
    pub trace: Option<String>,
    /// The label, data or item hashes that it names: those of the envelope's `uid` and of the filter's `data_hashes`.
    pub hashes: Vec<String>,
    /// When its body had arrived.
    pub began: Instant,
    /// When its answer was ready; `None` while it is being answered.
    pub ended: Option<Instant>,
    /// The HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
}

impl Call {
    /// Whether both were being answered at one moment.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| one.ended.is_some_and(|ended| ended <= other.began);
        !before(self, other) && !before(other, self)
    }
}

/// The calls that reached the platform, the oldest forgotten first.
#[derive(Debug)]
pub struct Calls {
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    calls: VecDeque<Call>,
    /// The number of the next call.
    next: u64,
    limit: usize,
}

impl Calls {
    pub(crate) fn new(limit: usize) -> Self {
        Self { log: Mutex::new(Log { limit, ..Log::default() }) }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, mut call: Call) -> u64 {
        let mut log = self.log();
        call.number = log.next;
        log.next += 1;
        if log.calls.len() >= log.limit {
            log.calls.pop_front();
        }
        let number = call.number;
        log.calls.push_back(call);
        number
    }

    pub(crate) fn end(&self, number: u64, status: Option<u16>) {
        let mut log = self.log();
        // The newest are at the end, and so is the one that is answered.
        if let Some(call) = log.calls.iter_mut().rev().find(|call| call.number == number) {
            call.ended = Some(Instant::now());
            call.status = status;
        }
    }

    /// The calls since the start or the last [`Self::clear`], oldest first; at most as many as the platform remembers.
    #[must_use]
    pub fn all(&self) -> Vec<Call> {
        self.log().calls.iter().cloned().collect()
    }

    /// The calls of one kind.
    #[must_use]
    pub fn of(&self, kind: CallKind) -> Vec<Call> {
        self.log().calls.iter().filter(|call| call.kind == kind).cloned().collect()
    }

    /// How many calls of one kind there were.
    #[must_use]
    pub fn count(&self, kind: CallKind) -> usize {
        self.log().calls.iter().filter(|call| call.kind == kind).count()
    }

    /// How many calls there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log().calls.len()
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was asked for, in order.
    #[must_use]
    pub fn kinds(&self) -> Vec<CallKind> {
        self.log().calls.iter().map(|call| call.kind).collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        self.log().calls.clear();
    }
}
