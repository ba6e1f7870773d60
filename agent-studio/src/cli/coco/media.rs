//! The images, copied into the project's folder.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path};

use super::document::{Document, Id};
use super::report::Report;
use crate::cli::failure::Failure;
use crate::cli::terminal::Progress;
use crate::media::image_size;

/// An image as it is served.
#[derive(Debug)]
pub(super) struct Medium {
    pub(super) data_hash: String,
    /// Pixels.
    pub(super) width: u64,
    pub(super) height: u64,
}

/// Copies the images, and gives the name of each.
///
/// # Errors
/// The folder cannot be written. Images that cannot be read are in the report.
pub(super) fn copy(
    document: &Document,
    from: &Path,
    to: &Path,
    report: &mut Report,
) -> Result<HashMap<Id, String>, Failure> {
    fs::create_dir_all(to).map_err(|error| Failure::file("written", to, &error))?;
    let mut titles = HashMap::new();
    let mut taken = HashSet::new();
    let mut progress = Progress::of("Copying images");
    for (done, image) in document.images.iter().enumerate() {
        progress.at(format!("{done} of {}", document.images.len()));
        let relative = Path::new(&image.file_name);
        let is_below = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_below || titles.contains_key(&image.id) {
            let why = if is_below { "images whose id is there twice" } else { "images outside the folder" };
            report.lost(why, &image.file_name);
            continue;
        }
        let source = from.join(relative);
        let Ok((width, height)) = image_size(&source) else {
            let why = if source.is_file() { "images that cannot be read" } else { "images that are not there" };
            report.lost(why, &image.file_name);
            continue;
        };
        if image.width.is_some_and(|said| said != width) || image.height.is_some_and(|said| said != height) {
            // Its coordinates would be somewhere else.
            report.lost("images of another size than the annotations say", &image.file_name);
            continue;
        }
        let title = free_title(&image.file_name, &mut taken);
        let target = to.join(&title);
        fs::copy(&source, &target).map_err(|error| Failure::file("written", &target, &error))?;
        titles.insert(image.id.clone(), title);
    }
    Ok(titles)
}

/// A file name that no other image has: folders would be image groups.
fn free_title(file_name: &str, taken: &mut HashSet<String>) -> String {
    let flat = crate::cli::pull::without_separators(file_name.trim_start_matches("./"), "image");
    let mut title = flat.clone();
    let mut number = 2;
    while !taken.insert(title.to_lowercase()) {
        title = format!("{number}-{flat}");
        number += 1;
    }
    title
}
