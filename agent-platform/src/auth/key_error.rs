//! Errors of reading an SSH key.

/// Why a text is no key to sign with. No variant shows any part of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is something else.
    #[error("it is {found}, not an OpenSSH private key, which begins with `-----BEGIN OPENSSH PRIVATE KEY-----`")]
    NotOpenSsh {
        /// What it is, if that can be told.
        found: &'static str,
    },
    /// The line ends arrived as a backslash and an `n`.
    #[error("its line ends are written as `\\n`; they must be real line ends")]
    EscapedLineEnds,
    /// The key is of another type.
    #[error(
        "it is not an Ed25519 key, as `ssh-keygen -t ed25519` makes them and the platform takes them, but of the type \
         {algorithm}"
    )]
    OtherAlgorithm {
        /// The key's type.
        algorithm: String,
    },
    /// The key is encrypted, and no passphrase was given.
    #[error("it is encrypted and needs a passphrase: set ENCORD_SSH_KEY_PASSPHRASE")]
    PassphraseMissing,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// The key is cut off or changed.
    #[error("it is damaged: part of it is missing or was changed")]
    Damaged,
}
