//! Words of the wire.

/// Declares an enum for a set of words on the wire that may grow: an unknown one is kept as it is written.
///
/// The first spelling of a word is the one that is written, the others are read as well.
macro_rules! open_enum {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident = $wire:literal $(| $also:literal)*,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A word that this crate does not know, as it is written; not a word: as JSON text.
            Unknown(Box<str>),
        }

        impl $name {
            /// The word as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($wire $(| $also)* => Self::$variant,)*
                    other => Self::Unknown(other.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
                let word = serde_json::from_str::<String>(raw.get());
                Ok(word.map_or_else(|_| Self::Unknown(raw.get().into()), |word| Self::from(word.as_str())))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use open_enum;
