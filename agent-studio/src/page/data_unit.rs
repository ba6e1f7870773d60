//! Data that is opened in the editor: its media, and its label row as it is stored.

use std::sync::Arc;

use agent_platform::labels::{LabelRow, RowMetadata};
use serde::Serialize;

use crate::media::MediaKind;
use crate::project::{Data, Item, ListingFilter, Project, ReadOptions};

use super::Editor;
use super::listing::{DataEntry, data_entry};
use super::problem::Problem;

/// Which data on which branch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Place {
    pub(super) project: uuid::Uuid,
    pub(super) data: String,
    #[serde(default = "main")]
    pub(super) branch: String,
}

pub(super) fn main() -> String {
    "main".to_owned()
}

/// A file of the data, which is one frame or all of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MediaUnit {
    data_hash: String,
    title: String,
    mime: Option<String>,
    width: Option<u64>,
    height: Option<u64>,
    /// Where its bytes are, for a while; `None` if there are none.
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    data: DataEntry,
    units: Vec<MediaUnit>,
    label_hash: Option<String>,
}

impl Editor {
    pub(super) fn project(&self, hash: uuid::Uuid) -> Result<&Arc<Project>, Problem> {
        self.platform.project(hash).ok_or_else(|| Problem::missing("There is no such project."))
    }

    /// Takes in what was changed on disk, so that what is read next is what is there.
    pub(super) fn look_at_disk(&self, place: &Place) -> Result<(), Problem> {
        let project = self.project(place.project)?;
        if project.has_news_for(&ListingFilter::of_data(&place.data)) {
            project.refresh();
        }
        Ok(())
    }

    /// The stored row of the data: its label hash and its text.
    pub(super) fn stored(&self, place: &Place) -> Result<Option<(String, Arc<str>)>, Problem> {
        let project = self.project(place.project)?;
        let world = project.world();
        let data = world.data(&place.data).ok_or_else(no_data)?;
        Ok(data.rows.get(&place.branch).map(|row| (row.label_hash.clone(), Arc::clone(&row.document))))
    }

    /// The data with its media and its label row, as JSON. The row is the stored text itself.
    pub(super) fn opened(&self, place: &Place) -> Result<String, Problem> {
        self.look_at_disk(place)?;
        let project = self.project(place.project)?;
        let head = {
            let world = project.world();
            let data = world.data(&place.data).ok_or_else(no_data)?;
            let units = self.units(data, |item| world.items.get(&item));
            let size = world.items.get(&data.item).and_then(|item| item.size);
            let label_hash = data.rows.get(&place.branch).map(|row| row.label_hash.clone());
            Opened { data: data_entry(project, data, size, &place.branch), units, label_hash }
        };
        // A struct of plain values always has a JSON text.
        let head = serde_json::to_string(&head).unwrap_or_default();
        self.with_row(&head, place)
    }

    /// A JSON object with the version and the text of the row added to it.
    pub(super) fn with_row(&self, object: &str, place: &Place) -> Result<String, Problem> {
        let head = object.strip_suffix('}').unwrap_or(object);
        let comma = if head.len() > 1 { "," } else { "" };
        Ok(match self.stored(place)? {
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

    /// The row as it can be edited, with what the listing says of its media.
    pub(super) fn editable(&self, place: &Place, document: &str) -> Result<LabelRow, Problem> {
        let project = self.project(place.project)?;
        let mut row = LabelRow::parse(document, Arc::clone(&project.ontology))?.with_author(&self.user);
        let filter = ListingFilter::of_data(&place.data);
        if let Some(entry) = project.listing(&filter, |_| None)?.first() {
            row = row.with_metadata(RowMetadata::parse(entry));
        }
        Ok(row)
    }

    /// The row that the data has, made if it has none: what an annotator does by labelling.
    pub(super) fn row_to_edit(&self, place: &Place) -> Result<(String, Arc<str>), Problem> {
        let project = self.project(place.project)?;
        let hashes = project.create(std::slice::from_ref(&place.data), &place.branch)?;
        let rows = project.read(&hashes, &ReadOptions::default(), |_| None)?;
        match (hashes.into_iter().next(), rows.into_iter().next()) {
            (Some(hash), Some(row)) => Ok((hash, row)),
            _ => Err(no_data()),
        }
    }
}

fn no_data() -> Problem {
    Problem::missing("The project has no such data.")
}
