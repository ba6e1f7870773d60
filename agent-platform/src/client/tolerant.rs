//! Lenient deserialization, which accepts future changes of the platform's responses.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub(super) use crate::json::open_enum;

/// Deserializes an optional field. Absent, null and values of another type are `None`.
///
/// An unimportant field must not make an agent fail (contract: `field-probe.json`).
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(raw.get()).ok().flatten())
}

/// Deserializes a list. Other values are an empty list, and elements of another structure are skipped.
pub(super) fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let elements: Option<Vec<Box<RawValue>>> = lenient(deserializer)?;
    Ok(elements.into_iter().flatten().filter_map(|element| serde_json::from_str(element.get()).ok()).collect())
}
