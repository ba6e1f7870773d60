//! The private key that agents use for the local platform.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use agent_platform::auth::SshKey;
use zeroize::Zeroizing;

use crate::ClientKey;
use crate::cli::failure::Failure;

/// The user that the key belongs to.
pub(super) const USER: &str = "agent@example.test";

/// A file with a private key that is valid for the local platform only. It is kept, so that agents continue to work
/// after a restart of the platform.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    key_id: String,
}

impl KeyFile {
    /// Opens the key file of a project folder, or creates one with a random key. Only its owner can read the file, and
    /// git ignores it.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(super) fn open_or_create(project: &Path) -> Result<Self, Failure> {
        let folder = fs::canonicalize(project).map_err(|error| Failure::read(project, &error))?.join(".scratch");
        let path = folder.join("key");
        if let Some(key) = read(&path) {
            return Ok(Self { path, key_id: key.key_id().to_owned() });
        }
        let key = ClientKey::random().map_err(|error| Failure::from_error(&error))?;
        let text = key.openssh().map_err(|error| Failure::from_error(&error))?;
        let written = write(&folder, &path, &text);
        written.map_err(|error| Failure::write(&path, &error))?;
        Ok(Self { path, key_id: key.key_id() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }
}

fn read(path: &Path) -> Option<SshKey> {
    let text = Zeroizing::new(fs::read_to_string(path).ok()?);
    restrict_to_owner(path).ok()?;
    SshKey::from_openssh(&text, None).ok()
}

fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(".gitignore"), "*\n")?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(unix)]
fn restrict_to_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict_to_owner(_: &Path) -> io::Result<()> {
    Ok(())
}
