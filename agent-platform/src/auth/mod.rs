//! Who calls the platform: keys, tokens, and the two ways a request is signed. And how the platform signs what it sends.
//!
//! Nothing in here shows a secret: not in `Debug`, not in an error, not in a log. Secrets are wiped from memory when
//! they are dropped.

mod credentials;
mod credentials_error;
mod digest;
mod key_error;
mod key_text;
mod legacy_signature;
mod message_signature;
mod ssh_key;
mod webhook_signature;

pub use credentials::{BearerToken, Credentials};
pub use credentials_error::CredentialsError;
pub use digest::BodyDigest;
pub use key_error::KeyError;
pub use legacy_signature::legacy_authorization;
pub use message_signature::{MessageSignature, SIGNATURE_LABEL};
pub use ssh_key::{SigningError, SshKey};
pub use webhook_signature::webhook_signature;

pub(crate) use credentials::Kind;
