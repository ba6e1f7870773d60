//! What an agent authenticates with, and how it is found.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::credentials_error::CredentialsError;
use super::ssh_key::SshKey;
use crate::environment;

/// The variable that holds a private key's text.
const KEY_TEXT: &str = "ENCORD_SSH_KEY";
/// The variable that holds the path of a private key.
const KEY_FILE: &str = "ENCORD_SSH_KEY_FILE";
/// The variable that holds the passphrase of an encrypted private key.
const PASSPHRASE: &str = "ENCORD_SSH_KEY_PASSPHRASE";

/// What an agent authenticates with: an SSH key or a bearer token. Cheap to clone; `Debug` shows no secret.
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Key(Arc<SshKey>),
    Bearer(Arc<BearerToken>),
}

/// A bearer token. Wiped from memory when dropped; `Debug` does not show it.
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    pub(crate) fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// The token itself, a secret: whoever has it acts as the user.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value of `Authorization`, marked as a secret.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(&*Zeroizing::new(format!("Bearer {}", &*self.0))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

impl Credentials {
    /// A private key.
    #[must_use]
    pub fn key(key: SshKey) -> Self {
        Self(Kind::Key(Arc::new(key)))
    }

    /// A bearer token, as [`PlatformClient::bearer_token`](crate::client::PlatformClient::bearer_token) gives it.
    ///
    /// # Errors
    /// The token is empty or cannot stand in a header.
    pub fn bearer(token: impl Into<String>) -> Result<Self, CredentialsError> {
        let token = BearerToken::new(token.into());
        if token.expose().trim().is_empty() || token.header().is_none() {
            return Err(CredentialsError::Token);
        }
        Ok(Self(Kind::Bearer(Arc::new(token))))
    }

    /// Reads the key that the environment names (contract: `platform-api.md`, section 2).
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `ENCORD_SSH_KEY` | the text of an OpenSSH Ed25519 private key; counts before the file, with a warning |
    /// | `ENCORD_SSH_KEY_FILE` | the path of such a key; `~` is the home directory |
    /// | `ENCORD_SSH_KEY_PASSPHRASE` | the passphrase, if the key is encrypted |
    ///
    /// A variable that is set must be usable: a blank one is an error.
    ///
    /// # Errors
    /// A variable is missing or unusable. The error shows no secret.
    pub fn from_env() -> Result<Self, CredentialsError> {
        Self::from_os_variables(|name| std::env::var_os(name))
    }

    /// Reads the key that these variables name, as [`from_env`](Self::from_env) does.
    ///
    /// # Errors
    /// A variable is missing or unusable. The error shows no secret.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        Self::from_os_variables(|name| variable(name).map(OsString::from))
    }

    fn from_os_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, CredentialsError> {
        let read = |name| environment::checked(name, variable(name));
        let passphrase = read(PASSPHRASE)?;
        let (origin, text) = match (read(KEY_TEXT)?, read(KEY_FILE)?) {
            (Some(text), file) => {
                if names_a_file(&text) {
                    return Err(CredentialsError::PathInsteadOfText);
                }
                if file.is_some() {
                    tracing::warn!("{KEY_TEXT} and {KEY_FILE} are both set: {KEY_TEXT} counts, the file is not read");
                }
                (KEY_TEXT.to_owned(), text)
            }
            (None, Some(file)) => {
                let home = variable("HOME").and_then(|home| home.into_string().ok());
                let path = expanded(file.trim(), home)?;
                let text = std::fs::read_to_string(&path).map(Zeroizing::new);
                let origin = path.display().to_string();
                (origin, text.map_err(|source| CredentialsError::File { path, source })?)
            }
            (None, None) => return Err(CredentialsError::Missing),
        };
        match SshKey::from_openssh(&text, passphrase.as_ref().map(|phrase| phrase.as_str())) {
            Ok(key) => Ok(Self::key(key)),
            Err(source) => Err(CredentialsError::Key { origin, source }),
        }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Key(key) => f.debug_tuple("Credentials").field(key).finish(),
            Kind::Bearer(token) => f.debug_tuple("Credentials").field(token).finish(),
        }
    }
}

/// Whether a text that should be a key is the path of a file that is there.
fn names_a_file(text: &str) -> bool {
    let text = text.trim();
    !text.contains('\n') && !text.starts_with("-----BEGIN") && Path::new(text).is_file()
}

/// `~` and `~/...` from the home directory on.
fn expanded(path: &str, home: Option<String>) -> Result<PathBuf, CredentialsError> {
    let Some(rest) = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return Ok(PathBuf::from(path));
    };
    let home = home.filter(|home| !home.is_empty()).ok_or(CredentialsError::NoHome)?;
    Ok(PathBuf::from(home).join(rest.trim_start_matches('/')))
}
