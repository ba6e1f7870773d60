//! Reading what the platform sends without refusing what it may send tomorrow.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub(super) use crate::json::open_enum;

/// An optional field: absent, null or of another type than expected are all `None`.
///
/// A field that nothing depends on must not make an agent fail (contract: `field-probe.json`).
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(raw.get()).ok().flatten())
}

/// The same for a list: anything but a list is an empty one, and elements of another shape are left out.
pub(super) fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let elements: Option<Vec<Box<RawValue>>> = lenient(deserializer)?;
    Ok(elements.into_iter().flatten().filter_map(|element| serde_json::from_str(element.get()).ok()).collect())
}
