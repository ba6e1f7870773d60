//! Titles as names of files that project folders understand.

use std::collections::HashSet;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::media::FileEnd;

/// As long as the name of a file may be with something before and behind it, in bytes.
const LONGEST: usize = 180;

/// A title without what file systems do not take in names. Never empty and never hidden.
pub(in crate::cli) fn without_separators(title: &str, otherwise: &str) -> String {
    let refused = |one: char| one.is_control() || "/\\%:*?\"<>|".contains(one);
    let mut name: String = title.trim().chars().map(|one| if refused(one) { '_' } else { one }).collect();
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.len() > LONGEST {
        // The end says what kind of file it is.
        let end = name.char_indices().map(|(at, _)| at).find(|at| name.len() - at <= LONGEST);
        name = name.split_off(end.unwrap_or_default());
    }
    if name.is_empty() { otherwise.to_owned() } else { name }
}

/// A name that ends in what its MIME type is, where it does not end in something known already.
///
/// # Errors
/// Neither name nor MIME type is of a kind that project folders hold.
pub(super) fn with_known_end(name: String, mime: Option<&str>) -> Result<String, Failure> {
    if FileEnd::of_name(Path::new(&name)).is_some() {
        return Ok(name);
    }
    let mime = mime.unwrap_or_default();
    match FileEnd::of_type(mime) {
        Some(known) => Ok(format!("{name}.{}", known.end)),
        None => Err(Failure::new(format!(
            "{name} is of the type `{mime}`, which project folders do not hold: convert it, and put it into the folder's data/ \
             by hand."
        ))),
    }
}

/// The names of a group's images. A label row knows their order; without one the names must be in it.
pub(super) fn image_names(titles: Vec<&str>, order_is_known: bool) -> Vec<String> {
    let names: Vec<_> = titles.into_iter().map(|title| without_separators(title, "image")).collect();
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
    fn titles_become_names() {
        for (title, name) in [
            ("street ü.jpg", "street ü.jpg"),
            ("s3://bucket/a/b.jpg", "s3___bucket_a_b.jpg"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            (".hidden", "_hidden"),
            ("  ", "hash"),
            ("a\nb\0", "a_b_"),
        ] {
            assert_eq!(without_separators(title, "hash"), name, "{title}");
        }
        let long = without_separators(&format!("{}.jpg", "ü".repeat(300)), "hash");
        assert!(long.len() <= LONGEST && long.ends_with("ü.jpg"), "{long}");
    }

    #[test]
    fn names_say_what_is_in_them() {
        let named = |name: &str, mime| with_known_end(name.to_owned(), mime).map_err(|failure| failure.to_string());
        assert_eq!(named("a.JPG", None).unwrap(), "a.JPG");
        assert_eq!(named("a", Some("image/jpeg")).unwrap(), "a.jpg");
        assert_eq!(named("a.b", Some("text/plain; charset=utf-8")).unwrap(), "a.b.txt");
        assert!(named("a.webm", Some("video/webm")).unwrap_err().contains("video/webm"));
        assert!(named("a.json", None).is_err());
    }

    #[test]
    fn images_keep_their_order() {
        assert_eq!(image_names(vec!["b.jpg", "a.jpg"], true), ["b.jpg", "a.jpg"]);
        assert_eq!(image_names(vec!["b.jpg", "a.jpg"], false), ["0-b.jpg", "1-a.jpg"]);
        assert_eq!(image_names(vec!["a.jpg", "A.jpg"], true), ["0-a.jpg", "1-A.jpg"]);
    }
}
