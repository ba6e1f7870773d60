//! State shared by all request handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::calls::Calls;
use crate::faults::Faults;
use crate::project::{Item, Project};

use super::auth::Auth;
use super::signed_url::SignedUrls;

/// State shared by all request handlers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) projects: Vec<Arc<Project>>,
    pub(crate) auth: Auth,
    pub(crate) urls: SignedUrls,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    /// Added latency in nanoseconds.
    pub(crate) latency: AtomicU64,
    pub(crate) page_size: usize,
    /// Maximum request body, in bytes.
    pub(crate) max_body_bytes: usize,
    pub(crate) admin: bool,
    /// Additional accepted host names.
    pub(crate) hosts: Vec<String>,
}

impl Shared {
    pub(crate) fn project(&self, hash: Uuid) -> Option<&Arc<Project>> {
        self.projects.iter().find(|project| project.identity.project == hash)
    }

    /// Returns the project in the scope of a legacy request (contract: `docs/contract/endpoints.md#headers`).
    pub(crate) fn in_scope(&self, resource_type: &str, resource: &str) -> Option<&Arc<Project>> {
        let hash = Uuid::parse_str(resource).ok()?;
        self.projects.iter().find(|project| match resource_type {
            "project" => project.identity.project == hash,
            "dataset" => project.identity.dataset == hash,
            _ => false,
        })
    }

    /// Returns a storage item and its project.
    pub(crate) fn item(&self, uuid: Uuid) -> Option<(&Arc<Project>, Item)> {
        self.projects.iter().find_map(|project| {
            let item = project.world().items.get(&uuid).cloned()?;
            Some((project, item))
        })
    }

    pub(crate) fn latency(&self) -> Duration {
        Duration::from_nanos(self.latency.load(Ordering::Relaxed))
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.latency.store(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
