//! File names derived from titles.

use std::collections::HashSet;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::media::FileType;

/// Maximum length of a file name in bytes, with room for a prefix and a suffix.
const MAX_NAME_BYTES: usize = 180;

/// Returns the title with characters that file systems reject replaced by `_`. The name is never empty and never
/// hidden.
pub(in crate::cli) fn file_name_from_title(title: &str, default: &str) -> String {
    let is_invalid = |one: char| one.is_control() || "/\\%:*?\"<>|".contains(one);
    let mut name: String = title.trim().chars().map(|one| if is_invalid(one) { '_' } else { one }).collect();
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.len() > MAX_NAME_BYTES {
        // Keeps the end, which contains the extension.
        let end = name.char_indices().map(|(at, _)| at).find(|at| name.len() - at <= MAX_NAME_BYTES);
        name = name.split_off(end.unwrap_or_default());
    }
    if name.is_empty() { default.to_owned() } else { name }
}

/// Appends the extension of the MIME type, unless the name has a known extension.
///
/// # Errors
/// Project folders support neither the name's extension nor the MIME type.
pub(super) fn with_known_extension(name: String, mime: Option<&str>) -> Result<String, Failure> {
    if FileType::from_path(Path::new(&name)).is_some() {
        return Ok(name);
    }
    let mime = mime.unwrap_or_default();
    match FileType::from_mime(mime) {
        Some(known) => Ok(format!("{name}.{}", known.extension)),
        None => Err(Failure::new(format!(
            "{name} has the type `{mime}`, which project folders do not support: convert it, and put it into the \
             folder's data/ by hand."
        ))),
    }
}

/// Returns the file names of a group's images. Without a label row, which stores the order, a number is prepended.
pub(super) fn image_names(titles: Vec<&str>, order_is_known: bool) -> Vec<String> {
    let names: Vec<_> = titles.into_iter().map(|title| file_name_from_title(title, "image")).collect();
    let distinct: HashSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
    if order_is_known && distinct.len() == names.len() {
        return names;
    }
    let digits = names.len().to_string().len();
    names.iter().enumerate().map(|(frame, name)| format!("{frame:0digits$}-{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_titles_to_file_names() {
        for (title, name) in [
            ("street ü.jpg", "street ü.jpg"),
            ("s3://bucket/a/b.jpg", "s3___bucket_a_b.jpg"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            (".hidden", "_hidden"),
            ("  ", "hash"),
            ("a\nb\0", "a_b_"),
        ] {
            assert_eq!(file_name_from_title(title, "hash"), name, "{title}");
        }
        let long = file_name_from_title(&format!("{}.jpg", "ü".repeat(300)), "hash");
        assert!(long.len() <= MAX_NAME_BYTES && long.ends_with("ü.jpg"), "{long}");
    }

    #[test]
    fn appends_missing_extension() {
        let named =
            |name: &str, mime| with_known_extension(name.to_owned(), mime).map_err(|failure| failure.to_string());
        assert_eq!(named("a.JPG", None).unwrap(), "a.JPG");
        assert_eq!(named("a", Some("image/jpeg")).unwrap(), "a.jpg");
        assert_eq!(named("a.b", Some("text/plain; charset=utf-8")).unwrap(), "a.b.txt");
        assert!(named("a.webm", Some("video/webm")).unwrap_err().contains("video/webm"));
        assert!(named("a.json", None).is_err());
    }

    #[test]
    fn keeps_order_of_images() {
        assert_eq!(image_names(vec!["b.jpg", "a.jpg"], true), ["b.jpg", "a.jpg"]);
        assert_eq!(image_names(vec!["b.jpg", "a.jpg"], false), ["0-b.jpg", "1-a.jpg"]);
        assert_eq!(image_names(vec!["a.jpg", "A.jpg"], true), ["0-a.jpg", "1-A.jpg"]);
    }
}
