//! Data units fetched from the platform.

use agent_platform::client::{
    ImageData, LabelRowFilter, LabelRowMetadata, PlatformClient, Project, ReadLabels, SignedUrl, StorageItem,
};
use serde_json::value::RawValue;

use super::file_name::{file_name_from_title, image_names, with_known_extension};
use crate::MediaKind;
use crate::cli::editor_url::EditorUrl;
use crate::cli::failure::Failure;
use crate::cli::platform::request_failure;

/// A data unit with its project, ontology, labels and storage items.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) project: Project,
    /// The response body of the ontology, unchanged.
    pub(super) ontology: Box<RawValue>,
    pub(super) listing: LabelRowMetadata,
    /// The label row, unchanged; `None` if the data has no labels.
    pub(super) row: Option<Box<RawValue>>,
    pub(super) item: StorageItem,
    /// The images of an image group with their storage items, in order.
    images: Vec<(ImageData, StorageItem)>,
}

/// The files to write for a data unit.
#[derive(Debug)]
pub(super) struct Files<'a> {
    pub(super) kind: MediaKind,
    /// File name below `data/`, or folder name for an image group.
    pub(super) name: String,
    /// Path of the label file, relative to the project folder.
    pub(super) labels: String,
    pub(super) media: Vec<MediaFile<'a>>,
}

/// A file to download.
#[derive(Debug)]
pub(super) struct MediaFile<'a> {
    /// Path relative to the project folder, starting with `data/`.
    pub(super) path: String,
    /// Signed URL, which is a secret.
    pub(super) url: &'a str,
    /// Hash of the data unit.
    pub(super) data_hash: &'a str,
    pub(super) item: &'a StorageItem,
}

impl Remote {
    /// Fetches everything, concurrently where possible.
    ///
    /// # Errors
    /// A request fails, or the data unit is unknown.
    pub(super) async fn fetch(platform: &PlatformClient, location: &EditorUrl) -> Result<Self, Failure> {
        let filter = LabelRowFilter {
            include_client_metadata: true,
            include_images_data: true,
            ..LabelRowFilter::default().data_hashes([location.data])
        };
        let project_error = |error| request_failure(platform, &format!("Project {}", location.project), &error);
        let (project, rows) =
            tokio::try_join!(platform.project(location.project), platform.list_label_rows(location.project, &filter))
                .map_err(project_error)?;
        let listing = rows.into_iter().next().ok_or_else(|| {
            Failure::new(format!("Project {} has no data {}: check the URL.", location.project, location.data))
        })?;
        let item = listing.backing_item_uuid.ok_or_else(|| {
            Failure::new(format!(
                "Data {} has no storage item on the platform: it cannot be downloaded.",
                location.data
            ))
        })?;
        let read = ReadLabels { include_reviews: true, ..ReadLabels::default() };
        let row = async {
            match &listing.label_hash {
                Some(hash) => platform.label_row(location.project, hash, &read).await.map(Some),
                // Reading a missing label row would create it.
                None => Ok(None),
            }
        };
        let data_error = |error| request_failure(platform, &format!("Data {}", location.data), &error);
        let (ontology, row, item) = tokio::try_join!(
            platform.ontology(&project.ontology_hash),
            row,
            platform.storage_item(item, SignedUrl::Wanted)
        )
        .map_err(data_error)?;
        let children = match MediaKind::parse(listing.data_type.as_str()) {
            Some(MediaKind::ImageGroup) => {
                platform.child_items(item.parent, item.uuid, SignedUrl::Wanted).await.map_err(data_error)?
            }
            _ => Vec::new(),
        };
        let images = pair_images(&listing, children)?;
        Ok(Self { project, ontology, listing, row, item, images })
    }

    /// Returns the files to write.
    ///
    /// # Errors
    /// Project folders do not support the kind of data, or a file has no download URL.
    pub(super) fn files(&self) -> Result<Files<'_>, Failure> {
        use MediaKind::{Audio, Image, ImageGroup, Pdf, PlainText, Video};
        let data_type = self.listing.data_type.as_str();
        let kind = MediaKind::parse(data_type)
            .filter(|kind| matches!(kind, Audio | Image | ImageGroup | Pdf | PlainText | Video))
            .ok_or_else(|| {
                Failure::new(format!(
                    "The data has the type {data_type}, but project folders support images, image groups, videos, \
                     audio files, texts and PDFs only."
                ))
            })?;
        let title = self.listing.data_title.as_deref().unwrap_or(&self.item.name);
        let mut name = file_name_from_title(title, &self.listing.data_hash);
        let mut media = Vec::new();
        if kind == ImageGroup {
            let titles = self.images.iter().map(|(image, item)| image.title.as_deref().unwrap_or(&item.name));
            let names = image_names(titles.collect(), self.row.is_some());
            for (name_of_image, (image, item)) in names.into_iter().zip(&self.images) {
                let mime = image.file_type.as_deref().or(item.mime_type.as_deref());
                let path = format!("data/{name}/{}", with_known_extension(name_of_image, mime)?);
                media.push(MediaFile { path, url: signed_url(item)?, data_hash: &image.image_hash, item });
            }
        } else {
            let mime = self.item.mime_type.as_deref().or(self.listing.file_type.as_deref());
            name = with_known_extension(name, mime)?;
            let (path, item) = (format!("data/{name}"), &self.item);
            media.push(MediaFile { path, url: signed_url(item)?, data_hash: &self.listing.data_hash, item });
        }
        Ok(Files { kind, labels: format!("labels/{name}.json"), name, media })
    }
}

/// Pairs images with their storage items: frame *n* of an image group is child *n* (contract:
/// `docs/contract/endpoints.md#list-child-items`).
fn pair_images(
    listing: &LabelRowMetadata,
    children: Vec<StorageItem>,
) -> Result<Vec<(ImageData, StorageItem)>, Failure> {
    let mut images = listing.images_data.to_vec();
    images.sort_by_key(|image| image.index);
    if !children.is_empty() && images.len() != children.len() {
        return Err(Failure::new(format!(
            "The platform lists {} images of the group but {} files, so they cannot be matched.",
            images.len(),
            children.len()
        )));
    }
    Ok(images.into_iter().zip(children).collect())
}

fn signed_url(item: &StorageItem) -> Result<&str, Failure> {
    item.signed_url.as_deref().ok_or_else(|| {
        Failure::new(format!("The platform returned no download URL for {}: it cannot be downloaded.", item.name))
    })
}
