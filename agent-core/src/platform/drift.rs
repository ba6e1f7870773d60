//! Comparison of the classes of `ontology!` with projects, before the first call.

use std::collections::BTreeMap;

use agent_platform::client::PlatformClient;
use agent_platform::hash::ProjectHash;
use agent_platform::ontology::{Ontology, OntologyChange};
use agent_platform::typed::TypedClass;

use crate::service::ServiceError;

/// Projects that a server checks at its start, and the classes that its agents read, as a shared value of the server.
#[derive(Debug, Clone, Default)]
pub struct CheckedProjects {
    /// The projects.
    pub projects: Vec<ProjectHash>,
    /// The classes.
    pub classes: Vec<TypedClass>,
}

/// Error of a server whose classes do not fit the ontology of a project.
#[derive(Debug, thiserror::Error)]
#[error("the ontology of project {project} does not fit the agents: {}", join(.changes))]
struct Drift {
    project: ProjectHash,
    changes: Vec<OntologyChange>,
}

fn join(changes: &[OntologyChange]) -> String {
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    changes.join("; ")
}

impl CheckedProjects {
    /// Compares the classes with the ontology of each project. Logs a warning for each title that differs.
    ///
    /// # Errors
    /// A project lacks something that a class relies on, or a request fails.
    pub(super) async fn check(&self, client: &PlatformClient) -> Result<(), ServiceError> {
        for project in &self.projects {
            let ontology_hash = client.project(*project).await?.ontology_hash;
            let ontology = Ontology::parse(client.ontology(&ontology_hash).await?.get())?;
            self.compare(*project, &ontology)?;
        }
        Ok(())
    }

    fn compare(&self, project: ProjectHash, ontology: &Ontology) -> Result<(), Drift> {
        let mut changes = Vec::new();
        // Classes with a common title have the same rename.
        let mut renames = BTreeMap::new();
        for class in &self.classes {
            match class.check(ontology) {
                Ok(found) => renames.extend(found.into_iter().map(|rename| (rename.to_string(), class.title()))),
                Err(change) => changes.push(change),
            }
        }
        for (rename, class) in renames {
            tracing::warn!(%project, class, rename, "the ontology of the project has another title");
        }
        if changes.is_empty() { Ok(()) } else { Err(Drift { project, changes }) }
    }
}
