//! The private key with which agents reach the local platform.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use agent_platform::auth::SshKey;
use zeroize::Zeroizing;

use crate::ClientKey;
use crate::cli::failure::Failure;

/// Whom the key belongs to.
pub(super) const USER: &str = "agent@example.test";

/// The file of a private key that opens nothing but the local platform. It stays, so that agents go on working when the
/// platform is started again.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    key_id: String,
}

impl KeyFile {
    /// The key of a project's folder: the one that is there, or a new one. Nobody else on this machine can read it, and
    /// git does not take it.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub(super) fn of(project: &Path) -> Result<Self, Failure> {
        let folder =
            fs::canonicalize(project).map_err(|error| Failure::file("read", project, &error))?.join(".scratch");
        let path = folder.join("key");
        if let Some(key) = read(&path) {
            return Ok(Self { path, key_id: key.key_id().to_owned() });
        }
        let key = ClientKey::random().map_err(|error| Failure::of(&error))?;
        let text = key.openssh().map_err(|error| Failure::of(&error))?;
        let written = write(&folder, &path, &text);
        written.map_err(|error| Failure::file("written", &path, &error))?;
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
    keep_to_owner(path).ok()?;
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
fn keep_to_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_to_owner(_: &Path) -> io::Result<()> {
    Ok(())
}
