//! Data units opened in the editor: media and stored label row.

use std::sync::Arc;

use agent_platform::labels::{LabelRow, RowMetadata};
use serde::Serialize;

use crate::media::MediaKind;
use crate::project::{Data, Item, ListingFilter, Project, ReadOptions};

use super::Editor;
use super::listing::{DataEntry, data_entry};
use super::problem::Problem;

/// A data unit and a branch, which identify a label row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(super) struct RowLocation {
    pub(super) project: uuid::Uuid,
    pub(super) data: String,
    #[serde(default = "main")]
    pub(super) branch: String,
}

pub(super) fn main() -> String {
    "main".to_owned()
}

/// A media file of the data unit, with one frame or all frames.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MediaUnit {
    data_hash: String,
    title: String,
    mime: Option<String>,
    width: Option<u64>,
    height: Option<u64>,
    /// Signed URL of the file; `None` if there is no file.
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenedData {
    data: DataEntry,
    units: Vec<MediaUnit>,
    label_hash: Option<String>,
}

impl Editor {
    pub(super) fn project(&self, hash: uuid::Uuid) -> Result<&Arc<Project>, Problem> {
        self.platform.project(hash).ok_or_else(|| Problem::not_found("Unknown project."))
    }

    /// Reloads the project if its files have changed on disk.
    pub(super) fn reload_if_changed(&self, location: &RowLocation) -> Result<(), Problem> {
        let project = self.project(location.project)?;
        if project.listing_has_changed(&ListingFilter::for_data(&location.data)) {
            project.refresh();
        }
        Ok(())
    }

    /// Returns the label hash and the document of the stored row.
    pub(super) fn stored_row(&self, location: &RowLocation) -> Result<Option<(String, Arc<str>)>, Problem> {
        let project = self.project(location.project)?;
        let world = project.world();
        let data = world.data(&location.data).ok_or_else(unknown_data)?;
        Ok(data.rows.get(&location.branch).map(|row| (row.label_hash.clone(), Arc::clone(&row.document))))
    }

    /// Returns the data unit with its media and its label row, as JSON. The row is the stored document, byte for byte.
    pub(super) fn open(&self, location: &RowLocation) -> Result<String, Problem> {
        self.reload_if_changed(location)?;
        let project = self.project(location.project)?;
        let head = {
            let world = project.world();
            let data = world.data(&location.data).ok_or_else(unknown_data)?;
            let units = self.units(data, |item| world.items.get(&item));
            let size = world.items.get(&data.item).and_then(|item| item.size);
            let label_hash = data.rows.get(&location.branch).map(|row| row.label_hash.clone());
            OpenedData { data: data_entry(self, project, data, size, &location.branch), units, label_hash }
        };
        // Serializing a struct of plain values cannot fail.
        let head = serde_json::to_string(&head).unwrap_or_default();
        self.with_row(&head, location)
    }

    /// Adds the version and the document of the row to a JSON object.
    pub(super) fn with_row(&self, object: &str, location: &RowLocation) -> Result<String, Problem> {
        let head = object.strip_suffix('}').unwrap_or(object);
        let comma = if head.len() > 1 { "," } else { "" };
        Ok(match self.stored_row(location)? {
            Some((label_hash, document)) => {
                let version = self.history.remember(&label_hash, &document);
                [head, comma, "\"version\":\"", &version, "\",\"row\":", &document, "}"].concat()
            }
            None => [head, comma, "\"version\":null,\"row\":null}"].concat(),
        })
    }

    fn units<'a>(&self, data: &Data, item: impl Fn(uuid::Uuid) -> Option<&'a Item>) -> Vec<MediaUnit> {
        let unit = |hash: &str, title: &str, uuid, facts: &crate::media::MediaFacts| MediaUnit {
            data_hash: hash.to_owned(),
            title: title.to_owned(),
            mime: facts.mime.clone(),
            width: facts.width,
            height: facts.height,
            url: item(uuid)
                .filter(|item| item.has_media())
                .map(|item| self.platform.urls.url("", item.uuid, &item.name)),
        };
        if data.kind == MediaKind::ImageGroup {
            return data.images.iter().map(|image| unit(&image.hash, &image.title, image.item, &image.facts)).collect();
        }
        vec![unit(&data.hash, &data.title, data.item, &data.facts)]
    }

    /// Parses the row for editing, with the media metadata of the listing.
    pub(super) fn editable(&self, location: &RowLocation, document: &str) -> Result<LabelRow, Problem> {
        let project = self.project(location.project)?;
        let mut row = LabelRow::parse(document, Arc::clone(&project.ontology))?.with_author(&self.user);
        let filter = ListingFilter::for_data(&location.data);
        if let Some(entry) = project.listing(&filter, |_| None)?.first() {
            row = row.with_metadata(RowMetadata::parse(entry));
        }
        Ok(row)
    }

    /// Returns the label row, and creates it if it is missing.
    pub(super) fn row_to_edit(&self, location: &RowLocation) -> Result<(String, Arc<str>), Problem> {
        let project = self.project(location.project)?;
        let hashes = project.create(std::slice::from_ref(&location.data), &location.branch)?;
        let rows = project.read(&hashes, &ReadOptions::default(), |_| None)?;
        match (hashes.into_iter().next(), rows.into_iter().next()) {
            (Some(hash), Some(row)) => Ok((hash, row)),
            _ => Err(unknown_data()),
        }
    }
}

fn unknown_data() -> Problem {
    Problem::not_found("Unknown data unit.")
}
