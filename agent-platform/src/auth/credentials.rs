//! Credentials of an agent, and reading them from the environment.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::credentials_error::CredentialsError;
use super::ssh_key::SshKey;
use crate::environment;

/// Environment variable with the text of a private key.
const KEY_VARIABLE: &str = "ENCORD_SSH_KEY";
/// Environment variable with the path of a private key.
const KEY_FILE_VARIABLE: &str = "ENCORD_SSH_KEY_FILE";
/// Environment variable with the passphrase of an encrypted private key.
const PASSPHRASE_VARIABLE: &str = "ENCORD_SSH_KEY_PASSPHRASE";

/// Credentials of an agent: an SSH key or a bearer token. Cheap to clone; `Debug` shows no secret.
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Key(Arc<SshKey>),
    Bearer(Arc<BearerToken>),
}

/// A bearer token. It is wiped from memory when dropped; `Debug` does not show it.
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    pub(crate) fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// Returns the token. It is a secret: anyone who has it can act as the user.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
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
    /// Creates credentials from a private key.
    #[must_use]
    pub fn key(key: SshKey) -> Self {
        Self(Kind::Key(Arc::new(key)))
    }

    /// Creates credentials from a bearer token, as returned by
    /// [`PlatformClient::bearer_token`](crate::client::PlatformClient::bearer_token).
    ///
    /// # Errors
    /// The token is empty or is not a valid header value.
    pub fn bearer(token: impl Into<String>) -> Result<Self, CredentialsError> {
        let token = BearerToken::new(token.into());
        if token.expose().trim().is_empty() || token.header().is_none() {
            return Err(CredentialsError::Token);
        }
        Ok(Self(Kind::Bearer(Arc::new(token))))
    }

    /// Reads the key from environment variables (contract: `docs/contract/signatures.md#keys`).
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `ENCORD_SSH_KEY` | text of an OpenSSH Ed25519 private key; takes precedence over the file, with a warning |
    /// | `ENCORD_SSH_KEY_FILE` | path of such a key; `~` is the home directory |
    /// | `ENCORD_SSH_KEY_PASSPHRASE` | passphrase, if the key is encrypted |
    ///
    /// A variable that is set must be valid: a blank one is an error.
    ///
    /// # Errors
    /// A variable is missing or invalid. The error shows no secret.
    pub fn from_env() -> Result<Self, CredentialsError> {
        Self::from_os_variables(|name| std::env::var_os(name))
    }

    /// Reads the key from variables returned by a function. See [`from_env`](Self::from_env).
    ///
    /// # Errors
    /// A variable is missing or invalid. The error shows no secret.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        Self::from_os_variables(|name| variable(name).map(OsString::from))
    }

    fn from_os_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, CredentialsError> {
        let read = |name| environment::checked(name, variable(name));
        let passphrase = read(PASSPHRASE_VARIABLE)?;
        let (origin, text) = match (read(KEY_VARIABLE)?, read(KEY_FILE_VARIABLE)?) {
            (Some(text), file) => {
                if is_path_of_file(&text) {
                    return Err(CredentialsError::PathInsteadOfText);
                }
                if file.is_some() {
                    tracing::warn!(
                        "{KEY_VARIABLE} and {KEY_FILE_VARIABLE} are both set: using {KEY_VARIABLE} and ignoring the file"
                    );
                }
                (KEY_VARIABLE.to_owned(), text)
            }
            (None, Some(file)) => {
                let home = variable("HOME").and_then(|home| home.into_string().ok());
                let path = expand_home(file.trim(), home)?;
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

/// Returns `true` if a text that should be a key is the path of an existing file.
fn is_path_of_file(text: &str) -> bool {
    let text = text.trim();
    !text.contains('\n') && !text.starts_with("-----BEGIN") && Path::new(text).is_file()
}

/// Expands `~` and `~/...` to the home directory.
fn expand_home(path: &str, home: Option<String>) -> Result<PathBuf, CredentialsError> {
    let Some(rest) = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return Ok(PathBuf::from(path));
    };
    let home = home.filter(|home| !home.is_empty()).ok_or(CredentialsError::NoHome)?;
    Ok(PathBuf::from(home).join(rest.trim_start_matches('/')))
}
