//! Datatypes of tensors.

use std::fmt;
use std::str::FromStr;

use super::error::ServedError;

/// The datatype of a tensor's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are those of the protocol")]
pub enum Datatype {
    Bool,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Bf16,
    Fp32,
    Fp64,
    /// Byte strings of any length, such as files.
    Bytes,
}

/// The datatypes with their names in the protocol and their sizes in bytes.
const DATATYPES: [(Datatype, &str, Option<usize>); 14] = [
    (Datatype::Bool, "BOOL", Some(1)),
    (Datatype::Uint8, "UINT8", Some(1)),
    (Datatype::Uint16, "UINT16", Some(2)),
    (Datatype::Uint32, "UINT32", Some(4)),
    (Datatype::Uint64, "UINT64", Some(8)),
    (Datatype::Int8, "INT8", Some(1)),
    (Datatype::Int16, "INT16", Some(2)),
    (Datatype::Int32, "INT32", Some(4)),
    (Datatype::Int64, "INT64", Some(8)),
    (Datatype::Fp16, "FP16", Some(2)),
    (Datatype::Bf16, "BF16", Some(2)),
    (Datatype::Fp32, "FP32", Some(4)),
    (Datatype::Fp64, "FP64", Some(8)),
    (Datatype::Bytes, "BYTES", None),
];

impl Datatype {
    /// Returns the name in the protocol, such as `FP32`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        DATATYPES.iter().find(|(datatype, ..)| *datatype == self).map_or("", |(_, name, _)| *name)
    }

    /// Returns the size of an element in bytes. `None` for [`Bytes`](Self::Bytes).
    #[must_use]
    pub fn size(self) -> Option<usize> {
        DATATYPES.iter().find(|(datatype, ..)| *datatype == self).and_then(|(.., size)| *size)
    }

    /// Returns `true` for the floating-point datatypes.
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::Fp16 | Self::Bf16 | Self::Fp32 | Self::Fp64)
    }
}

impl fmt::Display for Datatype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Datatype {
    type Err = ServedError;

    fn from_str(name: &str) -> Result<Self, ServedError> {
        // MLServer and TorchServe also write lowercase names in metadata.
        let found = DATATYPES.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        let unknown = || ServedError::invalid_response(format!("unknown datatype {name:?}"));
        found.map(|(datatype, ..)| *datatype).ok_or_else(unknown)
    }
}
