//! Authentication: credentials, the two signature schemes for requests to the platform, and the signature of the
//! platform's own calls.
//!
//! Secrets never appear in `Debug` output, errors or logs. They are wiped from memory when they are dropped.

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
