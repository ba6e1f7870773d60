//! Copies images into the project folder.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path};

use super::document::{Document, Id};
use super::report::Report;
use crate::cli::failure::Failure;
use crate::cli::terminal::Progress;
use crate::media::image_size;

/// An image of the imported project.
#[derive(Debug)]
pub(super) struct ImportedImage {
    pub(super) data_hash: String,
    /// Width in pixels.
    pub(super) width: u64,
    /// Height in pixels.
    pub(super) height: u64,
}

/// Copies the images, and returns their titles.
///
/// # Errors
/// The folder cannot be written. Images that cannot be read are added to the report.
pub(super) fn copy(
    document: &Document,
    from: &Path,
    to: &Path,
    report: &mut Report,
) -> Result<HashMap<Id, String>, Failure> {
    fs::create_dir_all(to).map_err(|error| Failure::write(to, &error))?;
    let mut titles = HashMap::new();
    let mut taken = HashSet::new();
    let mut progress = Progress::new("Copying images");
    for (done, image) in document.images.iter().enumerate() {
        progress.update(format!("{done} of {}", document.images.len()));
        let relative = Path::new(&image.file_name);
        let is_below = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_below || titles.contains_key(&image.id) {
            let why = if is_below { "images with a duplicate id" } else { "images outside the folder" };
            report.skip(why, &image.file_name);
            continue;
        }
        let source = from.join(relative);
        let Ok((width, height)) = image_size(&source) else {
            let why = if source.is_file() { "images that cannot be read" } else { "missing images" };
            report.skip(why, &image.file_name);
            continue;
        };
        if image.width.is_some_and(|expected| expected != width)
            || image.height.is_some_and(|expected| expected != height)
        {
            // The coordinates would not match.
            report.skip("images whose size differs from the annotations", &image.file_name);
            continue;
        }
        let title = unique_title(&image.file_name, &mut taken);
        let target = to.join(&title);
        fs::copy(&source, &target).map_err(|error| Failure::write(&target, &error))?;
        titles.insert(image.id.clone(), title);
    }
    Ok(titles)
}

/// Returns a unique file name without folders, because folders would become image groups.
fn unique_title(file_name: &str, taken: &mut HashSet<String>) -> String {
    let flat = crate::cli::pull::file_name_from_title(file_name.trim_start_matches("./"), "image");
    let mut title = flat.clone();
    let mut number = 2;
    while !taken.insert(title.to_lowercase()) {
        title = format!("{number}-{flat}");
        number += 1;
    }
    title
}
