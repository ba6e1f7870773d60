//! Log of the calls that reached the platform, for assertions in tests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::Method;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// The operation of a call. `Display` gives its name in words, such as `save label rows`.
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
    /// Read a project (contract: `docs/contract/endpoints.md#get-project`).
    Project = "project",
    /// Read an ontology (contract: `docs/contract/endpoints.md#get-ontology`).
    Ontology = "ontology",
    /// List label rows (contract: `docs/contract/endpoints.md#list-label-rows`).
    ListLabelRows = "list label rows",
    /// Read label rows with their labels (contract: `docs/contract/endpoints.md#get-label-rows`).
    GetLabelRows = "get label rows",
    /// Create missing label rows (contract: `docs/contract/endpoints.md#create-label-rows`).
    CreateLabelRows = "create label rows",
    /// Save label rows (contract: `docs/contract/endpoints.md#save-label-rows`).
    SaveLabelRows = "save label rows",
    /// Read a storage item (contract: `docs/contract/endpoints.md#get-storage-item`).
    StorageItem = "storage item",
    /// Read several storage items.
    StorageItems = "storage items",
    /// List the children of a storage item.
    ChildItems = "child items",
    /// Change a storage item.
    UpdateStorageItem = "update storage item",
    /// Change several storage items.
    UpdateStorageItems = "update storage items",
    /// Download a file (contract: `docs/contract/endpoints.md#download-media`).
    Download = "download",
    /// Set priorities (contract: `docs/contract/endpoints.md#set-priorities`).
    SetPriorities = "set priorities",
    /// Complete, reopen or move tasks.
    MoveTasks = "move tasks",
    /// List the tasks of an agent stage.
    AgentTasks = "agent tasks",
    /// Move tasks along pathways.
    AgentActions = "agent actions",
    /// List the caller's projects with the legacy API (contract: `docs/contract/endpoints.md#list-projects-of-the-user`).
    UserProjects = "user projects",
    /// List projects with the v2 API.
    Projects = "projects",
    /// List the branches of a project.
    Branches = "branches",
    /// List the datasets of a project.
    Datasets = "datasets",
    /// List issues, or the issue tags of a project (contract: `docs/contract/endpoints.md#issues`).
    Issues = "issues",
    /// Create issues, or link issue tags.
    CreateIssues = "create issues",
    /// Delete issues.
    DeleteIssues = "delete issues",
    /// Issue a bearer token.
    BearerToken = "bearer token",
    /// Any other operation.
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

    /// Returns the kind of a v2 request from its method and the path segments after `/v2/public/`.
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
            ("GET", ["projects", _, "issues" | "issue-tags"]) => Self::Issues,
            ("POST", ["projects", _, "issues" | "issue-tags"]) => Self::CreateIssues,
            ("POST", ["projects", _, "issues", "delete"]) => Self::DeleteIssues,
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
    /// Sequence number of the call, counted from 0.
    pub number: u64,
    /// Operation of the call.
    pub kind: CallKind,
    /// HTTP method.
    pub method: String,
    /// Path and query as sent, without the signature of a signed URL.
    pub target: String,
    /// Number of the connection, counted from 0.
    pub connection: u64,
    /// Trace ID: the part of `X-Cloud-Trace-Context` before the slash.
    pub trace: Option<String>,
    /// The header `X-Cloud-Trace-Context`: trace ID, span and options.
    pub trace_context: Option<String>,
    /// Label, data or item hashes in the request: those in the envelope's `uid` and in the filter's `data_hashes`.
    pub hashes: Vec<String>,
    /// Time at which the request body was complete.
    pub began: Instant,
    /// Time at which the response was ready; `None` while the call is running.
    pub ended: Option<Instant>,
    /// HTTP status; `None` if there was no response.
    pub status: Option<u16>,
}

impl Call {
    /// Returns whether both calls were running at the same time.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| one.ended.is_some_and(|ended| ended <= other.began);
        !before(self, other) && !before(other, self)
    }
}

/// The log of calls that reached the platform. The oldest entries are removed first.
#[derive(Debug)]
pub struct Calls {
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    calls: VecDeque<Call>,
    /// Number of the next call.
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
        // Running calls are near the end of the log.
        if let Some(call) = log.calls.iter_mut().rev().find(|call| call.number == number) {
            call.ended = Some(Instant::now());
            call.status = status;
        }
    }

    /// Returns the calls since the start or the last [`Self::clear`], oldest first, up to the limit of the log.
    #[must_use]
    pub fn all(&self) -> Vec<Call> {
        self.log().calls.iter().cloned().collect()
    }

    /// Returns the calls of one kind.
    #[must_use]
    pub fn of_kind(&self, kind: CallKind) -> Vec<Call> {
        self.log().calls.iter().filter(|call| call.kind == kind).cloned().collect()
    }

    /// Returns the number of calls of one kind.
    #[must_use]
    pub fn count(&self, kind: CallKind) -> usize {
        self.log().calls.iter().filter(|call| call.kind == kind).count()
    }

    /// Returns the number of calls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log().calls.len()
    }

    /// Returns `true` if there are no calls.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the kinds of all calls, in order.
    #[must_use]
    pub fn kinds(&self) -> Vec<CallKind> {
        self.log().calls.iter().map(|call| call.kind).collect()
    }

    /// Clears the log.
    pub fn clear(&self) {
        self.log().calls.clear();
    }
}
