//! Hashes that are opaque text.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
#[cfg(feature = "labels")]
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::AsHash;

/// Defines a hash that is opaque text. It has no `AsRef<str>` and no `Deref`, by which a hash of one kind would pass for text
/// and so for a hash of another kind.
macro_rules! text_hash {
    ($(#[$doc:meta])* $hash:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $hash(Arc<str>);

        impl $hash {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns `true` if the text is empty, as where a label row does not name a hash.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl AsHash<$hash> for $hash {
            fn as_hash(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.0)
            }
        }

        impl FromStr for $hash {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self::from(text))
            }
        }

        impl From<&Self> for $hash {
            fn from(hash: &Self) -> Self {
                hash.clone()
            }
        }

        text_hash!(@from $hash: &str, String, Box<str>, Arc<str>, Cow<'_, str>);

        impl From<&String> for $hash {
            fn from(text: &String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl Borrow<str> for $hash {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        text_hash!(@compare $hash: str, &str, String, Cow<'_, str>);

        impl fmt::Display for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Serialize for $hash {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $hash {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
    (@from $hash:ident: $($text:ty),*) => {
        $(
            impl From<$text> for $hash {
                fn from(text: $text) -> Self {
                    Self(Arc::from(text))
                }
            }
        )*
    };
    (@compare $hash:ident: $($text:ty),*) => {
        $(
            impl PartialEq<$text> for $hash {
                fn eq(&self, text: &$text) -> bool {
                    let text: &str = text;
                    *self.0 == *text
                }
            }

            impl PartialEq<$hash> for $text {
                fn eq(&self, hash: &$hash) -> bool {
                    hash == self
                }
            }
        )*
    };
}

text_hash! {
    /// The hash of a label row.
    LabelHash
}

text_hash! {
    /// The hash of an object instance, which is the same on all frames and spaces of a label row.
    ObjectHash
}

text_hash! {
    /// The hash of a classification instance.
    ClassificationHash
}

text_hash! {
    /// The hash of a class, attribute or option of an ontology. It is accepted wherever a class is named by title or hash.
    FeatureHash
}

#[cfg(feature = "labels")]
impl FeatureHash {
    /// Returns the empty hash, of a label whose row does not name its class.
    pub(crate) fn none() -> &'static Self {
        static NONE: LazyLock<FeatureHash> = LazyLock::new(FeatureHash::default);
        &NONE
    }
}

/// Functions that take a title or a feature hash take `impl AsRef<str>`.
impl AsRef<str> for FeatureHash {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsHash<LabelHash> for uuid::Uuid {
    fn as_hash(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}
