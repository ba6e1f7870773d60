//! Ontologies, shared by calls for a bounded time.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_platform::hash::ProjectHash;
use agent_platform::ontology::Ontology;
use tokio::sync::OnceCell;

use crate::error::AgentError;

/// A cache of the ontologies of projects. A large ontology has megabytes and changes seldom. Concurrent calls share one
/// request.
pub(crate) struct Ontologies {
    /// Maximum age of a cached ontology.
    age: Duration,
    of_projects: Mutex<HashMap<ProjectHash, Entry>>,
}

#[derive(Clone)]
struct Entry {
    asked: Instant,
    slot: Arc<OnceCell<Result<Arc<Ontology>, AgentError>>>,
}

impl Ontologies {
    pub(crate) fn new(age: Duration) -> Self {
        Self { age, of_projects: Mutex::default() }
    }

    /// The ontology of a project: a shared one, or what `fetch` brings. A failure is told to those who waited for it, and
    /// is not kept.
    pub(crate) async fn get_or_fetch<F>(
        &self,
        project: ProjectHash,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Ontology>, AgentError>
    where
        F: Future<Output = Result<Arc<Ontology>, AgentError>>,
    {
        let entry = self.entry(project);
        let fetched = entry.slot.get_or_init(fetch).await.clone();
        if fetched.is_err() {
            let mut known = self.of_projects.lock().unwrap_or_else(PoisonError::into_inner);
            if known.get(&project).is_some_and(|current| Arc::ptr_eq(&current.slot, &entry.slot)) {
                known.remove(&project);
            }
        }
        fetched
    }

    fn entry(&self, project: ProjectHash) -> Entry {
        let now = Instant::now();
        let mut known = self.of_projects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(&project)
            && now.duration_since(entry.asked) < self.age
        {
            return entry.clone();
        }
        known.retain(|_, entry| now.duration_since(entry.asked) < self.age);
        let entry = Entry { asked: now, slot: Arc::default() };
        known.insert(project, entry.clone());
        entry
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use uuid::Uuid;

    use super::*;

    fn ontology() -> Arc<Ontology> {
        Arc::new(Ontology::parse(r#"{"objects": [], "classifications": []}"#).unwrap())
    }

    #[tokio::test]
    async fn concurrent_calls_share_a_fetch_until_it_expires() {
        let (ontologies, fetched) = (Ontologies::new(Duration::from_millis(50)), AtomicU32::new(0));
        let fetch = || async {
            fetched.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(ontology())
        };
        let ask = || ontologies.get_or_fetch(ProjectHash(Uuid::nil()), fetch);
        let (one, two, three) = tokio::join!(ask(), ask(), ontologies.get_or_fetch(ProjectHash(Uuid::max()), fetch));
        assert!(Arc::ptr_eq(&one.unwrap(), &two.unwrap()) && three.is_ok());
        assert_eq!(fetched.load(Ordering::Relaxed), 2);
        tokio::time::sleep(Duration::from_millis(60)).await;
        ask().await.unwrap();
        assert_eq!(fetched.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn failure_reaches_all_waiting_calls_and_is_not_cached() {
        let ontologies = Ontologies::new(Duration::from_secs(60));
        let fail = || async { Err(AgentError::complaint("no")) };
        let (one, two) = tokio::join!(
            ontologies.get_or_fetch(ProjectHash(Uuid::nil()), fail),
            ontologies.get_or_fetch(ProjectHash(Uuid::nil()), fail)
        );
        assert!(one.is_err() && two.is_err());
        assert!(ontologies.get_or_fetch(ProjectHash(Uuid::nil()), || async { Ok(ontology()) }).await.is_ok());
    }
}
