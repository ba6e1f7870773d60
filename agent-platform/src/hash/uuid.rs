//! Hashes that are UUIDs.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AsHash;

/// Error of parsing a hash that is a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}. It is a UUID, such as `8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3`.")]
pub struct InvalidHash {
    kind: &'static str,
    text: String,
}

/// Defines a hash that is a UUID.
macro_rules! uuid_hash {
    ($(#[$doc:meta])* $hash:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $hash(pub Uuid);

        impl $hash {
            /// Parses a UUID, with or without hyphens, in upper or lower case, in braces or as a URN.
            ///
            /// # Errors
            /// The text is not a UUID.
            pub fn parse(text: &str) -> Result<Self, InvalidHash> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidHash { kind: $kind, text: text.to_owned() })
            }
        }

        impl FromStr for $hash {
            type Err = InvalidHash;

            fn from_str(text: &str) -> Result<Self, InvalidHash> {
                Self::parse(text)
            }
        }

        impl From<Uuid> for $hash {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<&Self> for $hash {
            fn from(hash: &Self) -> Self {
                *hash
            }
        }

        impl From<$hash> for Uuid {
            fn from(hash: $hash) -> Self {
                hash.0
            }
        }

        impl AsHash<$hash> for $hash {
            fn as_hash(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }

        impl AsHash<$hash> for Uuid {
            fn as_hash(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }

        impl PartialEq<Uuid> for $hash {
            fn eq(&self, uuid: &Uuid) -> bool {
                self.0 == *uuid
            }
        }

        /// Compares with a UUID in any spelling.
        impl PartialEq<str> for $hash {
            fn eq(&self, text: &str) -> bool {
                Uuid::parse_str(text).is_ok_and(|uuid| uuid == self.0)
            }
        }

        /// Compares with a UUID in any spelling.
        impl PartialEq<&str> for $hash {
            fn eq(&self, text: &&str) -> bool {
                *self == **text
            }
        }

        impl fmt::Display for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_hash! {
    /// The hash of a project.
    ProjectHash, "project hash"
}

uuid_hash! {
    /// The hash of a data unit.
    DataHash, "data hash"
}
