//! Errors of reading an SSH key.

/// Error of parsing an SSH key. No variant shows any part of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not an OpenSSH private key.
    #[error("it is {found}, not an OpenSSH private key, which begins with `-----BEGIN OPENSSH PRIVATE KEY-----`")]
    NotOpenSsh {
        /// The detected kind of text.
        found: &'static str,
    },
    /// The line breaks are escaped as a backslash and an `n`.
    #[error("its line ends are written as `\\n`; they must be real line ends")]
    EscapedLineEnds,
    /// The key type is not supported.
    #[error(
        "it is not an Ed25519 key, as `ssh-keygen -t ed25519` makes them and the platform takes them, but of the type \
         {algorithm}"
    )]
    OtherAlgorithm {
        /// The key type.
        algorithm: String,
    },
    /// The key is encrypted, and no passphrase was given.
    #[error("it is encrypted and needs a passphrase: set ENCORD_SSH_KEY_PASSPHRASE")]
    PassphraseMissing,
    /// The passphrase is wrong.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// The key is truncated or corrupted.
    #[error("it is damaged: part of it is missing or was changed")]
    Damaged,
}
