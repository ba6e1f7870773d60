//! Hashes, by which the platform names things: one type for each kind, so that the compiler tells them apart.
//!
//! | type | names | form |
//! |---|---|---|
//! | [`ProjectHash`] | a project | UUID |
//! | [`DataHash`] | a data unit | UUID |
//! | [`LabelHash`] | a label row | text, a UUID in practice |
//! | [`ObjectHash`] | an object instance of a label row | text, mostly 8 characters |
//! | [`ClassificationHash`] | a classification instance of a label row | text, mostly 8 characters |
//! | [`FeatureHash`] | a class, attribute or option of an ontology | text, mostly 8 characters |
//!
//! Old data has texts of any length, so those hashes are opaque (contract: `docs/contract/label-format.md#hashes`). They hold
//! an `Arc<str>`: the index of a label row shares them with all who ask, and a clone copies no text. A label row or a listing
//! may name its data by a text that is no UUID; there, data hashes are text as written, which [`AsHash`] accepts.
//!
//! Functions that look something up take `impl AsHash<...>`: the hash, text, or a value that has the hash.

mod text;
mod uuid;

use std::borrow::Cow;
use std::sync::Arc;

pub use text::{ClassificationHash, FeatureHash, LabelHash, ObjectHash};
pub use uuid::{DataHash, InvalidHash, ProjectHash};

/// A value that names something by a hash of the kind `H`: the hash itself, text, or a view such as
/// [`Object`](crate::labels::Object).
///
/// A hash of another kind is rejected:
///
/// ```compile_fail,E0277
/// use agent_platform::hash::FeatureHash;
/// use agent_platform::labels::LabelRow;
///
/// fn edit(row: &mut LabelRow, class: FeatureHash) {
///     row.edit(class).unwrap();
/// }
/// ```
///
/// ```compile_fail,E0277
/// use agent_platform::hash::ObjectHash;
/// use agent_platform::labels::LabelRow;
///
/// fn add(row: &mut LabelRow, object: ObjectHash) {
///     // A class is named by title or feature hash.
///     row.add(object).point(0.5, 0.5).on(0).unwrap();
/// }
/// ```
///
/// ```compile_fail,E0277
/// use agent_platform::client::{PlatformClient, Result};
/// use agent_platform::hash::DataHash;
///
/// async fn title(platform: PlatformClient, data: DataHash) -> Result<String> {
///     Ok(platform.project(data).await?.title)
/// }
/// ```
///
/// Implement it for types of your own that belong to an object:
///
/// ```
/// use std::borrow::Cow;
///
/// use agent_platform::hash::{AsHash, ObjectHash};
/// use agent_platform::labels::LabelRow;
///
/// struct Track {
///     object: ObjectHash,
///     speed: f64,
/// }
///
/// impl AsHash<ObjectHash> for Track {
///     fn as_hash(&self) -> Cow<'_, str> {
///         self.object.as_hash()
///     }
/// }
///
/// fn remove_slow(row: &mut LabelRow, tracks: &[Track]) -> Result<(), agent_platform::labels::ReadError> {
///     tracks.iter().filter(|track| track.speed < 1.0).try_for_each(|track| row.delete(track))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "expected `{H}`, found `{Self}`",
    label = "not `{H}`",
    note = "`{H}`, text, and values that have the hash are accepted; a hash of another kind is not"
)]
pub trait AsHash<H> {
    /// Returns the text of the hash.
    fn as_hash(&self) -> Cow<'_, str>;
}

#[diagnostic::do_not_recommend]
impl<H, T: AsHash<H> + ?Sized> AsHash<H> for &T {
    fn as_hash(&self) -> Cow<'_, str> {
        (**self).as_hash()
    }
}

/// Implements `AsHash` of every kind for types of text.
macro_rules! text_names {
    ($($text:ty),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<H> AsHash<H> for $text {
                fn as_hash(&self) -> Cow<'_, str> {
                    Cow::Borrowed(self)
                }
            }
        )*
    };
}

text_names!(str, String, Cow<'_, str>, Box<str>, Arc<str>);

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::*;

    #[test]
    fn compares_text_hashes_with_text() {
        let hash = ObjectHash::from("a+B/c1D2");
        assert_eq!(hash, "a+B/c1D2");
        assert_eq!("a+B/c1D2", hash);
        assert_eq!(&hash, "a+B/c1D2");
        assert_eq!(hash, *"a+B/c1D2");
        assert_eq!(hash, "a+B/c1D2".to_owned());
        assert_ne!(hash, "");
        assert_eq!(vec![hash.clone()], ["a+B/c1D2"]);
        assert_eq!(format!("{hash} {hash:?}"), r#"a+B/c1D2 "a+B/c1D2""#);
    }

    #[test]
    fn looks_up_text_hashes_by_text() {
        let map = HashMap::from([(FeatureHash::from("car"), 1)]);
        assert_eq!(map.get("car"), Some(&1));
        let ordered: BTreeSet<LabelHash> = ["b", "a"].into_iter().map(LabelHash::from).collect();
        assert!(ordered.contains("a"));
        assert_eq!(ordered.first().unwrap(), "a");
    }

    #[test]
    fn serializes_hashes_as_text() {
        let hashes: Vec<ObjectHash> = serde_json::from_str(r#"["x\/y", ""]"#).unwrap();
        assert_eq!(hashes, ["x/y", ""]);
        assert_eq!(serde_json::to_string(&hashes).unwrap(), r#"["x/y",""]"#);
        let project: ProjectHash = serde_json::from_str(r#""8F1D2C3A0B7E4A519C645D1E7A90B2F3""#).unwrap();
        assert_eq!(serde_json::to_string(&project).unwrap(), r#""8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3""#);
    }

    #[test]
    fn parses_uuids_in_every_spelling() {
        let hash: DataHash = "{33333333-AAAA-4bbb-8ccc-000000000003}".parse().unwrap();
        assert_eq!(hash.to_string(), "33333333-aaaa-4bbb-8ccc-000000000003");
        assert_eq!(hash, "33333333-AAAA-4BBB-8CCC-000000000003");
        assert_eq!(hash, hash.0);
        assert_ne!(hash, "no UUID");
        let error = ProjectHash::parse("street").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`street` is not a project hash. It is a UUID, such as `8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3`."
        );
    }

    #[test]
    fn reads_the_hash_of_every_kind_of_text() {
        fn text(hash: impl AsHash<ObjectHash>) -> String {
            hash.as_hash().into_owned()
        }
        let hash = ObjectHash::from("h");
        let texts = [text("h"), text("h".to_owned()), text(&hash), text(Cow::from("h")), text(Box::<str>::from("h"))];
        assert_eq!(texts, ["h"; 5]);
        assert_eq!(AsHash::<DataHash>::as_hash(&::uuid::Uuid::nil()), DataHash::from(::uuid::Uuid::nil()).to_string());
    }
}
