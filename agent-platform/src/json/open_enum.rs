//! Enums for string values that may be extended.

/// Declares an enum for a set of string values that may grow. Unknown values are kept unchanged.
///
/// The first spelling of a value is serialized; all spellings are accepted.
macro_rules! open_enum {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident = $wire:literal $(| $also:literal)*,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// An unknown value, unchanged; JSON text if it is not a string.
            Unknown(Box<str>),
        }

        impl $name {
            /// Returns the value as it is serialized.
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
