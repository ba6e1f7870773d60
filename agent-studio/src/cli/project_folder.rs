//! Errors of serving a project folder.

use std::path::Path;

use super::failure::Failure;
use crate::LocalPlatformError;

/// Checks that a folder contains a project.
///
/// # Errors
/// The folder has no `project.toml`.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    if folder.join("project.toml").is_file() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{0} is not a project folder: it needs a file project.toml with a line such as title = \"Streets\", and \
         ontology.json; create one with `agent-studio pull` or `agent-studio import coco`.",
        folder.display()
    )))
}

/// Converts an error of starting the platform, with the option that changes the port.
pub(super) fn start_failure(error: &LocalPlatformError) -> Failure {
    match error {
        LocalPlatformError::Listen { address, source } => Failure::new(format!(
            "Cannot listen on port {} ({source}): choose another with --port, or --port 0 for a free one.",
            address.port()
        )),
        error => Failure::from_error(error),
    }
}
