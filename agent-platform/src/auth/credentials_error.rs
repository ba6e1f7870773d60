//! Errors of reading credentials.

use std::path::PathBuf;

use super::key_error::KeyError;
use crate::environment::InvalidVariable;

/// Error of reading credentials. No variant shows a key, a passphrase or a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Neither variable is set.
    #[error(
        "there are no credentials for the platform: set ENCORD_SSH_KEY_FILE to the path of an OpenSSH Ed25519 private \
         key, or ENCORD_SSH_KEY to its text"
    )]
    Missing,
    /// A variable has an invalid value.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// The variable for the key's text holds a path.
    #[error("ENCORD_SSH_KEY holds the path of a file, not the text of a key: use ENCORD_SSH_KEY_FILE for a path")]
    PathInsteadOfText,
    /// The path of the key file begins with `~`, but the home directory is unknown.
    #[error("ENCORD_SSH_KEY_FILE begins with `~`, but HOME is not set")]
    NoHome,
    /// Reading the key file failed.
    #[error("the key file {} cannot be read: {source}", path.display())]
    File {
        /// The path after `~` was expanded.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// The text is not a usable private key.
    #[error("the private key of {origin} cannot be used: {source}")]
    Key {
        /// Source of the text: `ENCORD_SSH_KEY`, or the path of the key file.
        origin: String,
        /// The problem with the key.
        source: KeyError,
    },
    /// The bearer token is empty or is not a valid header value.
    #[error("the bearer token is empty or holds characters that a header cannot carry")]
    Token,
}
