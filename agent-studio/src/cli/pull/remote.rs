//! What the platform has of a data unit.

use agent_platform::client::{
    ImageData, LabelRowFilter, LabelRowMetadata, Platform, Project, ReadLabels, SignedUrl, StorageItem,
};
use serde_json::value::RawValue;

use super::file_name::{image_names, with_known_end, without_separators};
use crate::MediaKind;
use crate::cli::editor_url::EditorUrl;
use crate::cli::failure::Failure;
use crate::cli::platform::refused;

/// What the platform has of a data unit.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) project: Project,
    /// The whole answer, as it came.
    pub(super) ontology: Box<RawValue>,
    pub(super) listing: LabelRowMetadata,
    /// The label row as it came; `None` if nobody has labelled the data.
    pub(super) row: Option<Box<RawValue>>,
    pub(super) item: StorageItem,
    /// The images of an image group with their storage items, in order.
    images: Vec<(ImageData, StorageItem)>,
}

/// The files that a data unit becomes.
#[derive(Debug)]
pub(super) struct Files<'a> {
    pub(super) kind: MediaKind,
    /// The name below `data/`: a file's, or an image group's folder's.
    pub(super) name: String,
    /// The label file below the project's folder.
    pub(super) labels: String,
    pub(super) media: Vec<MediaFile<'a>>,
}

/// A file to download.
#[derive(Debug)]
pub(super) struct MediaFile<'a> {
    /// Below the project's folder, starting with `data/`.
    pub(super) path: String,
    /// Signed: a secret.
    pub(super) url: &'a str,
    /// The hash of the data unit that it shows.
    pub(super) data_hash: &'a str,
    pub(super) item: &'a StorageItem,
}

impl Remote {
    /// Asks for everything, what can be at the same time.
    ///
    /// # Errors
    /// The platform refuses it, or has no such data.
    pub(super) async fn fetch(platform: &Platform, place: &EditorUrl) -> Result<Self, Failure> {
        let filter = LabelRowFilter {
            include_client_metadata: true,
            include_images_data: true,
            ..LabelRowFilter::default().data_hashes([place.data])
        };
        let of_project = |error| refused(platform, &format!("Project {}", place.project), &error);
        let (project, rows) =
            tokio::try_join!(platform.project(place.project), platform.list_label_rows(place.project, &filter))
                .map_err(of_project)?;
        let listing = rows.into_iter().next().ok_or_else(|| {
            Failure::new(format!("Project {} has no data {}: check the address.", place.project, place.data))
        })?;
        let item = listing.backing_item_uuid.ok_or_else(|| {
            Failure::new(format!("The platform names no file behind data {}: it cannot be pulled.", place.data))
        })?;
        let read = ReadLabels { include_reviews: true, ..ReadLabels::default() };
        let row = async {
            match &listing.label_hash {
                Some(hash) => platform.label_row(place.project, hash, &read).await.map(Some),
                // Reading it would create it.
                None => Ok(None),
            }
        };
        let of_data = |error| refused(platform, &format!("Data {}", place.data), &error);
        let (ontology, row, item) = tokio::try_join!(
            platform.ontology(&project.ontology_hash),
            row,
            platform.storage_item(item, SignedUrl::Wanted)
        )
        .map_err(of_data)?;
        let children = match MediaKind::named(listing.data_type.as_str()) {
            Some(MediaKind::ImageGroup) => {
                platform.child_items(item.parent, item.uuid, SignedUrl::Wanted).await.map_err(of_data)?
            }
            _ => Vec::new(),
        };
        let images = images(&listing, children)?;
        Ok(Self { project, ontology, listing, row, item, images })
    }

    /// The files that it becomes.
    ///
    /// # Errors
    /// Data of a kind that project folders do not hold, or a file that cannot be downloaded.
    pub(super) fn files(&self) -> Result<Files<'_>, Failure> {
        use MediaKind::{Audio, Image, ImageGroup, Pdf, PlainText, Video};
        let said = self.listing.data_type.as_str();
        let kind = MediaKind::named(said)
            .filter(|kind| matches!(kind, Audio | Image | ImageGroup | Pdf | PlainText | Video))
            .ok_or_else(|| {
                Failure::new(format!(
                    "The data is of the kind {said}, and project folders hold images, image groups, videos, sounds, texts \
                     and PDFs only."
                ))
            })?;
        let title = self.listing.data_title.as_deref().unwrap_or(&self.item.name);
        let mut name = without_separators(title, &self.listing.data_hash);
        let mut media = Vec::new();
        if kind == ImageGroup {
            let titles = self.images.iter().map(|(image, item)| image.title.as_deref().unwrap_or(&item.name));
            let names = image_names(titles.collect(), self.row.is_some());
            for (name_of_image, (image, item)) in names.into_iter().zip(&self.images) {
                let mime = image.file_type.as_deref().or(item.mime_type.as_deref());
                let path = format!("data/{name}/{}", with_known_end(name_of_image, mime)?);
                media.push(MediaFile { path, url: signed_url(item)?, data_hash: &image.image_hash, item });
            }
        } else {
            let mime = self.item.mime_type.as_deref().or(self.listing.file_type.as_deref());
            name = with_known_end(name, mime)?;
            let (path, item) = (format!("data/{name}"), &self.item);
            media.push(MediaFile { path, url: signed_url(item)?, data_hash: &self.listing.data_hash, item });
        }
        Ok(Files { kind, labels: format!("labels/{name}.json"), name, media })
    }
}

/// Frame *n* of an image group is child *n* (contract: `platform-api.md`, section 8.7).
fn images(listing: &LabelRowMetadata, children: Vec<StorageItem>) -> Result<Vec<(ImageData, StorageItem)>, Failure> {
    let mut images = listing.images_data.clone();
    images.sort_by_key(|image| image.index);
    if !children.is_empty() && images.len() != children.len() {
        return Err(Failure::new(format!(
            "The platform lists {} images of the group and {} files: it cannot be told which is which.",
            images.len(),
            children.len()
        )));
    }
    Ok(images.into_iter().zip(children).collect())
}

fn signed_url(item: &StorageItem) -> Result<&str, Failure> {
    item.signed_url.as_deref().ok_or_else(|| {
        Failure::new(format!("The platform gives no address to download {} from: it cannot be pulled.", item.name))
    })
}
