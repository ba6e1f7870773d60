//! Suffixes of file names.

use reqwest::Url;

use super::storage_item::{ItemType, StorageItem};

/// Suffixes by MIME type. They are the same as in the Python package, which uses the second half of the type.
const SUFFIXES: &[(&str, &str)] = &[
    ("image/jpeg", ".jpeg"),
    ("image/jpg", ".jpeg"),
    ("image/png", ".png"),
    ("image/webp", ".webp"),
    ("image/gif", ".gif"),
    ("image/bmp", ".bmp"),
    ("image/x-ms-bmp", ".bmp"),
    ("image/tiff", ".tiff"),
    ("image/avif", ".avif"),
    ("image/heic", ".heic"),
    ("image/svg+xml", ".svg"),
    ("video/mp4", ".mp4"),
    ("video/quicktime", ".mov"),
    ("video/webm", ".webm"),
    ("video/x-matroska", ".mkv"),
    ("video/x-msvideo", ".avi"),
    ("audio/mpeg", ".mp3"),
    ("audio/mp3", ".mp3"),
    ("audio/mp4", ".m4a"),
    ("audio/wav", ".wav"),
    ("audio/x-wav", ".wav"),
    ("audio/flac", ".flac"),
    ("audio/x-flac", ".flac"),
    ("text/plain", ".txt"),
    ("text/html", ".html"),
    ("text/csv", ".csv"),
    ("text/markdown", ".md"),
    ("application/json", ".json"),
    ("application/pdf", ".pdf"),
    ("application/dicom", ".dcm"),
];

impl StorageItem {
    /// Returns a suffix for a copy of the file, with the dot: from its MIME type, or else from its URL, its name or its
    /// item type (contract: `docs/contract/endpoints.md#download-media`). Default: `.bin`.
    #[must_use]
    pub fn suffix(&self) -> String {
        let mime = self.mime_type.as_deref().map(|mime| mime.split(';').next().unwrap_or_default().trim());
        let by_mime = mime.and_then(|mime| SUFFIXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(mime)));
        if let Some((_, suffix)) = by_mime {
            return (*suffix).to_owned();
        }
        let path = |url: &String| Url::parse(url).ok().map(|url| url.path().to_owned());
        let names = [self.signed_url.as_ref().and_then(path), self.url.clone(), Some(self.name.clone())];
        let by_name = names.into_iter().flatten().find_map(|name| suffix_of(&name));
        by_name.unwrap_or_else(|| default_suffix(&self.item_type).to_owned())
    }
}

/// Returns the suffix of a name, if it is plausible.
fn suffix_of(name: &str) -> Option<String> {
    let (before, end) = name.rsplit('/').next()?.rsplit_once('.')?;
    let plain =
        !before.is_empty() && (1..=8).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| format!(".{}", end.to_ascii_lowercase()))
}

fn default_suffix(kind: &ItemType) -> &'static str {
    match kind {
        ItemType::Image | ItemType::ImageGroup => ".jpg",
        ItemType::Video | ItemType::ImageSequence => ".mp4",
        ItemType::Audio => ".mp3",
        ItemType::PlainText => ".txt",
        ItemType::Pdf => ".pdf",
        ItemType::DicomFile | ItemType::DicomSeries => ".dcm",
        ItemType::Nifti => ".nii",
        _ => ".bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffix(mime: Option<&str>, signed_url: Option<&str>, name: &str) -> String {
        let json = serde_json::json!({
            "uuid": uuid::Uuid::nil(), "parent": uuid::Uuid::nil(), "itemType": "image", "name": name,
            "mimeType": mime, "signedUrl": signed_url,
        });
        let item: StorageItem = serde_json::from_value(json).unwrap();
        item.suffix()
    }

    #[test]
    fn suffix_is_from_mime_type_url_name_or_item_type() {
        assert_eq!(suffix(Some("image/png"), Some("https://s.test/a.jpg?x=.gif"), "b.bmp"), ".png");
        assert_eq!(suffix(Some("video/quicktime"), None, "b"), ".mov");
        assert_eq!(suffix(Some("image/JPEG; q=1"), None, "b"), ".jpeg");
        assert_eq!(suffix(None, Some("https://s.test/a.JPG?x=.gif"), "b.bmp"), ".jpg");
        assert_eq!(suffix(None, Some("https://s.test/a?x=.gif"), "b.bmp"), ".bmp");
        assert_eq!(suffix(Some("image/strange"), None, "b"), ".jpg");
        assert_eq!(suffix(None, None, "../../b.j/pg"), ".jpg");
        assert_eq!(suffix(None, None, "a.very-long-ending"), ".jpg");
        assert_eq!(suffix(None, None, ".hidden"), ".jpg");
    }
}
