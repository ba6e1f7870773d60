//! Files of `ontology!`, compared with the ontology of a project.

use std::path::{Path, PathBuf};

use agent_platform::client::Domain;
use agent_platform::ontology::{MatchBy, Ontology};
use uuid::Uuid;

use super::finding::Finding;
use crate::cli::failure::Failure;
use crate::cli::ontology;
use crate::cli::platform;

/// Compares each file with the project's ontology.
///
/// # Errors
/// A file cannot be read or is not an ontology.
pub(super) async fn examine(files: &[PathBuf], project: Uuid) -> Result<Vec<Finding>, Failure> {
    let builds =
        files.iter().map(|file| Ok((file.as_path(), ontology::read(file)?))).collect::<Result<Vec<_>, Failure>>()?;
    let current = match fetch(project).await {
        Ok(current) => current,
        Err(failure) => return Ok(vec![Finding::wrong("ontology", &failure.to_string())]),
    };
    Ok(builds.iter().flat_map(|(file, build)| findings(file, build, &current)).collect())
}

async fn fetch(project: Uuid) -> Result<Ontology, Failure> {
    let client = platform::client(platform::domain(Domain::EUROPE)?)?;
    let text = ontology::of_project(&client, project).await?;
    Ontology::parse(text).map_err(|error| Failure::from_error(&error))
}

fn findings(file: &Path, build: &Ontology, current: &Ontology) -> Vec<Finding> {
    let what = file.display().to_string();
    let (changes, renames) = build.compare_with_project(current, MatchBy::FeatureHash);
    let mut findings: Vec<_> = renames
        .iter()
        .map(|rename| Finding::note(&*what, &format!("{rename}; items are matched by feature hash")))
        .collect();
    findings.extend(changes.iter().map(|change| Finding::wrong(&*what, &change.to_string())));
    if changes.is_empty() {
        findings.push(Finding::ok(&*what, "its types fit the project"));
    }
    findings
}
