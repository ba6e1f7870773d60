//! Label files in `labels/`.

use std::path::{Path, PathBuf};

use agent_platform::json::{JsonDocument, JsonError};
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use crate::media::{MediaFacts, MediaKind};
use crate::raw_json::{Members, compact};

use super::super::data::MAIN;
use super::super::identity::image_hash;
use super::super::new_row::unit_of_image;
use super::super::open_error::OpenError;
use super::super::source::{DataSource, ImageSource, Media};
use super::files::{FileStamp, names, text};
use super::scan::FolderCache;

/// Returns the path of a label row's file.
pub(super) fn label_file(labels: &Path, title: &str, branch: &str) -> PathBuf {
    let file = format!("{}.json", encode_name(title));
    if branch == MAIN { labels.join(file) } else { labels.join(encode_name(branch)).join(file) }
}

/// Encodes a text as a file name. Invalid characters are percent-encoded, such as `%2F`.
fn encode_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for (at, one) in text.char_indices() {
        let hidden = at == 0 && one == '.';
        if hidden || one.is_control() || "/\\%:*?\"<>|".contains(one) {
            let mut bytes = [0; 4];
            one.encode_utf8(&mut bytes).bytes().for_each(|byte| name.push_str(&format!("%{byte:02X}")));
        } else {
            name.push(one);
        }
    }
    name
}

/// Decodes a file name.
fn decode_name(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// Returns the folders that the platform writes to: the project, its labels, and their branches.
pub(super) fn folders(root: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let labels = root.join("labels");
    let branches = names(&labels)?.into_iter().map(|name| labels.join(name)).filter(|path| path.is_dir());
    let mut folders: Vec<PathBuf> = branches.collect();
    folders.extend([root.to_owned(), labels]);
    Ok(folders)
}

/// Reads the label rows of data units on every branch.
pub(super) fn add(labels: &Path, data: &mut [DataSource], cache: &mut FolderCache) -> Result<(), OpenError> {
    cache.rows.clear();
    cache.watch(labels);
    let folders = names(labels)?.into_iter().filter(|name| labels.join(name).is_dir());
    let mut branches = vec![MAIN.to_owned()];
    for name in folders {
        cache.watch(&labels.join(&name));
        branches.push(decode_name(&name));
    }
    for source in data {
        for branch in &branches {
            let path = label_file(labels, &source.title, branch);
            // The stamp is read first, so that a change during the read is detected later.
            let Some(stamp) = FileStamp::read(&path) else { continue };
            cache.rows.insert(path.clone(), stamp);
            let document = text(&path)?;
            let problem = |problem: String| OpenError::Content { path: path.clone(), problem };
            serde_json::from_str::<&RawValue>(&document).map_err(|error| problem(error.to_string()))?;
            super::super::data::StoredRow::parse(document.clone()).map_err(problem)?;
            source.label_rows.insert(branch.clone(), compact(&document));
        }
    }
    Ok(())
}

/// Sets the data hashes to those in the label rows, so that labels are kept when a file is renamed together with its
/// label file, or when a project is moved. Images of a group keep the order of the row; unknown images follow.
pub(super) fn adopt_hashes(data: &mut [DataSource]) -> Result<(), OpenError> {
    for source in data {
        let Some(document) = source.label_rows.get(MAIN).or_else(|| source.label_rows.values().next()) else {
            continue;
        };
        let problem =
            |error: serde_json::Error| OpenError::Data { title: source.title.clone(), problem: error.to_string() };
        let document = document.clone();
        let row = Members::parse(&document).map_err(problem)?;
        if source.data_hash.is_none() {
            source.data_hash = row.text("data_hash").map(Into::into);
        }
        if source.kind == Some(MediaKind::ImageGroup) {
            let units = row.value("data_units").map_or("{}", RawValue::get);
            let known = images(units).map_err(problem)?;
            let mut images = order_images(std::mem::take(&mut source.images), known);
            let group = source.data_hash.as_deref().unwrap_or_default();
            for image in &mut images {
                image.image_hash.get_or_insert_with(|| image_hash(group, &image.title));
            }
            source.images = images;
            source.facts.frames = Some(source.images.len() as u64);
            for document in source.label_rows.values_mut() {
                let title = source.title.clone();
                let problem = |error: JsonError| OpenError::Data { title, problem: error.to_string() };
                *document = add_missing_units(document, &source.images).map_err(problem)?;
            }
        }
    }
    Ok(())
}

/// Returns the images with a unit in the row of an image group, in order.
fn images(units: &str) -> serde_json::Result<Vec<ImageSource>> {
    let mut images = Vec::new();
    for (hash, unit) in Members::parse(units)?.iter() {
        let unit = Members::parse(unit.get())?;
        let number = |key| unit.value(key).and_then(|value| value.get().parse::<u64>().ok());
        let sequence =
            unit.text("data_sequence").and_then(|text| text.parse().ok()).or_else(|| number("data_sequence"));
        let facts = MediaFacts {
            mime: unit.text("data_type").map(Into::into),
            width: number("width"),
            height: number("height"),
            frames: Some(1),
            ..MediaFacts::default()
        };
        let title = unit.text("data_title").unwrap_or_default().into_owned();
        images.push((
            sequence,
            ImageSource { title, facts, image_hash: Some(hash.to_owned()), ..ImageSource::default() },
        ));
    }
    images.sort_by_key(|(sequence, _)| *sequence);
    Ok(images.into_iter().map(|(_, image)| image).collect())
}

/// Orders files by the images of the row; other files follow. An image without a file is kept, because it may have
/// labels.
fn order_images(mut files: Vec<ImageSource>, known: Vec<ImageSource>) -> Vec<ImageSource> {
    let mut images = Vec::new();
    for image in known {
        let by_hash = files.iter().position(|file| file.image_hash == image.image_hash);
        let at = by_hash.or_else(|| files.iter().position(|file| file.title == image.title));
        images.push(match at {
            Some(at) => ImageSource { image_hash: image.image_hash, ..files.remove(at) },
            None => ImageSource { media: Media::None, ..image },
        });
    }
    images.extend(files);
    images
}

/// Adds empty units for images that were added to the group later.
fn add_missing_units(document: &str, images: &[ImageSource]) -> Result<String, JsonError> {
    let mut document = JsonDocument::parse(document)?;
    let root = document.root();
    let Some(units) = document.member(root, "data_units")?.filter(|units| document.text(*units) != "null") else {
        return Ok(document.to_json());
    };
    for (sequence, image) in images.iter().enumerate() {
        if let Some(hash) = image.image_hash.as_deref()
            && document.member(units, hash)?.is_none()
        {
            document.set(units, hash, &unit_of_image(hash, &image.title, &image.facts, sequence))?;
        }
    }
    Ok(document.to_json())
}
