//! A place for the sample project.

use std::path::PathBuf;

use uuid::Uuid;

use crate::cli::failure::Failure;
use crate::copy_sample_project;

/// A fresh copy of the sample project among the temporary files.
pub(super) fn sample() -> Result<PathBuf, Failure> {
    // Nobody else can have made a folder of this name, so nobody else's files are in it.
    let random = crate::ClientKey::random().map_err(|error| Failure::of(&error))?.key_id();
    let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, random.as_bytes()).simple().to_string();
    let folder = std::env::temp_dir().join(format!("agent-studio-{}", &name[..12]));
    let failed = |error: std::io::Error| Failure::file("written", &folder, &error);
    std::fs::create_dir(&folder).map_err(failed)?;
    copy_sample_project(&folder).map_err(failed)?;
    Ok(folder)
}
