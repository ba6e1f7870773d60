//! Rendering of stored label rows: signed links and feature filters.

use std::collections::HashSet;

use agent_platform::json::{JsonDocument, JsonError};
use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;

use crate::raw_json::{Elements, Members, ObjectWriter, quoted};

use super::data::{Data, StoredRow};

/// Options of a read request (contract: `docs/contract/endpoints.md#get-label-rows`). Reviews and the export history
/// are always included, because a client that reads a row without them and saves it would delete them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReadOptions {
    pub(crate) get_signed_url: bool,
    include_object_feature_hashes: Option<Vec<String>>,
    include_classification_feature_hashes: Option<Vec<String>>,
}

/// Renders the document for a response. `signed` creates the signed URL of a storage item.
pub(crate) fn render(
    data: &Data,
    row: &StoredRow,
    options: &ReadOptions,
    signed: impl Fn(uuid::Uuid) -> Option<String>,
) -> serde_json::Result<String> {
    let mut document = if options.get_signed_url {
        with_links(&row.document, |unit| data.item_of(unit).and_then(&signed)).map_err(Error::custom)?
    } else {
        row.document.to_string()
    };
    if options.include_object_feature_hashes.is_some() || options.include_classification_feature_hashes.is_some() {
        document = filtered(&document, options)?;
    }
    Ok(document)
}

/// Returns whether these options leave the stored document unchanged.
pub(crate) fn is_unmodified(options: &ReadOptions) -> bool {
    !options.get_signed_url
        && options.include_object_feature_hashes.is_none()
        && options.include_classification_feature_hashes.is_none()
}

fn with_links(document: &str, link: impl Fn(&str) -> Option<String>) -> Result<String, JsonError> {
    let mut document = JsonDocument::parse(document)?;
    let root = document.root();
    if let Some(units) = document.member(root, "data_units")?
        && document.text(units) != "null"
    {
        for unit in document.members(units)? {
            if let Some(url) = link(&document.key(unit)) {
                document.set(unit, "data_link", &quoted(&url))?;
            }
        }
    }
    Ok(document.to_json())
}

/// Applies the feature filters to a row. A client that saves the result deletes the other labels.
fn filtered(document: &str, options: &ReadOptions) -> serde_json::Result<String> {
    let row = Members::parse(document)?;
    let mut filter = Filter { options, kept: HashSet::new() };
    let mut units = ObjectWriter::default();
    if let Some(stored) = row.value("data_units") {
        for (hash, unit) in Members::parse(stored.get())?.iter() {
            units.member(hash, &filter.unit(&Members::parse(unit.get())?)?);
        }
    }
    let units = units.finish();
    let mut out = ObjectWriter::default();
    for (key, value) in row.iter() {
        match key {
            "data_units" => out.member(key, &units),
            "object_answers" | "object_actions" => match &options.include_object_feature_hashes {
                // Range objects are on no frame: their class is in their answers.
                Some(features) => out.member(
                    key,
                    &only(value, |hash, answer| filter.kept.contains(hash) || is_among(answer, features))?,
                ),
                None => out.member(key, value.get()),
            },
            "classification_answers" => match &options.include_classification_feature_hashes {
                Some(features) => out.member(key, &only(value, |_, answer| is_among(answer, features))?),
                None => out.member(key, value.get()),
            },
            key => out.member(key, value.get()),
        };
    }
    Ok(out.finish())
}

fn only(object: &RawValue, keep: impl Fn(&str, &Members<'_>) -> bool) -> serde_json::Result<String> {
    let mut out = ObjectWriter::default();
    for (key, value) in Members::parse(object.get())?.iter() {
        if keep(key, &Members::parse(value.get())?) {
            out.member(key, value.get());
        }
    }
    Ok(out.finish())
}

fn is_among(entry: &Members<'_>, features: &[String]) -> bool {
    entry.text("featureHash").is_some_and(|feature| features.iter().any(|wanted| *wanted == feature))
}

struct Filter<'a> {
    options: &'a ReadOptions,
    /// Hashes of the objects that pass the filter.
    kept: HashSet<String>,
}

impl Filter<'_> {
    fn unit(&mut self, unit: &Members<'_>) -> serde_json::Result<String> {
        let mut out = ObjectWriter::default();
        for (key, value) in unit.iter() {
            match key {
                "labels" => out.member(key, &self.labels(&Members::parse(value.get())?)?),
                key => out.member(key, value.get()),
            };
        }
        Ok(out.finish())
    }

    fn labels(&mut self, labels: &Members<'_>) -> serde_json::Result<String> {
        if labels.get("objects").is_some() {
            return self.blob(labels);
        }
        let mut out = ObjectWriter::default();
        for (frame, blob) in labels.iter() {
            out.member(frame, &self.blob(&Members::parse(blob.get())?)?);
        }
        Ok(out.finish())
    }

    fn blob(&mut self, blob: &Members<'_>) -> serde_json::Result<String> {
        let mut out = ObjectWriter::default();
        for (key, value) in blob.iter() {
            let features = match key {
                "objects" => &self.options.include_object_feature_hashes,
                "classifications" => &self.options.include_classification_feature_hashes,
                _ => &None,
            };
            let mut entries = Vec::new();
            if features.is_none() && key != "objects" {
                out.member(key, value.get());
                continue;
            }
            for entry in Elements::parse(value.get())?.0 {
                let members = Members::parse(entry.get())?;
                if features.as_ref().is_none_or(|features| is_among(&members, features)) {
                    entries.push(entry.get());
                    if key == "objects" {
                        self.kept.extend(members.text("objectHash").map(String::from));
                    }
                }
            }
            out.member(key, &format!("[{}]", entries.join(",")));
        }
        Ok(out.finish())
    }
}
