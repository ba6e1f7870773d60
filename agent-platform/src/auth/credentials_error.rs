//! Why there are no credentials.

use std::path::PathBuf;

use super::key_error::KeyError;
use crate::environment::InvalidVariable;

/// Why the environment gives no credentials. No variant shows a key, a passphrase or a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Neither variable is set.
    #[error(
        "there are no credentials for the platform: set ENCORD_SSH_KEY_FILE to the path of an OpenSSH Ed25519 private \
         key, or ENCORD_SSH_KEY to its text"
    )]
    Missing,
    /// A variable is set to a value that cannot be used.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// The variable for the text holds a path.
    #[error("ENCORD_SSH_KEY holds the path of a file, not the text of a key: use ENCORD_SSH_KEY_FILE for a path")]
    PathInsteadOfText,
    /// The key file begins with `~`, and nobody says where that is.
    #[error("ENCORD_SSH_KEY_FILE begins with `~`, but HOME is not set")]
    NoHome,
    /// The key file cannot be read.
    #[error("the key file {} cannot be read: {source}", path.display())]
    File {
        /// The path after `~` was expanded.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is a text, but it is no key to sign with.
    #[error("the private key of {origin} cannot be used: {source}")]
    Key {
        /// Where the text is from: `ENCORD_SSH_KEY`, or the key file's path.
        origin: String,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A bearer token has characters that no header can carry, or is empty.
    #[error("the bearer token is empty or holds characters that a header cannot carry")]
    Token,
}
