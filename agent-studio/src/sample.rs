//! The sample project, which is part of the program.

use std::path::Path;
use std::{fs, io};

/// Its files, by their path below the project's folder.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sample_files.rs"));

/// Writes the sample project into a folder, which is made if it is not there. Files that are there are replaced.
///
/// The folder can then be served with [`LocalPlatformBuilder::folder`](crate::LocalPlatformBuilder::folder).
///
/// # Errors
/// The folder or a file cannot be written.
pub fn copy_sample_project(folder: &Path) -> io::Result<()> {
    for (name, content) in FILES {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}
