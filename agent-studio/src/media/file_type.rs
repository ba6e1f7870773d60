//! Supported file types of data, by extension and MIME type.

use std::path::Path;

use super::MediaKind;

/// A supported file type.
#[derive(Debug)]
pub(crate) struct FileType {
    /// File extension, without the dot, in lower case.
    pub(crate) extension: &'static str,
    pub(crate) kind: MediaKind,
    /// MIME types. Files are served with the first one; the others are aliases.
    mime_types: &'static [&'static str],
}

/// All supported file types. Of several extensions with one MIME type, the usual one is first.
const FILE_TYPES: &[FileType] = &[
    file_type("jpg", MediaKind::Image, &["image/jpeg", "image/jpg"]),
    file_type("jpeg", MediaKind::Image, &["image/jpeg"]),
    file_type("png", MediaKind::Image, &["image/png"]),
    file_type("webp", MediaKind::Image, &["image/webp"]),
    file_type("gif", MediaKind::Image, &["image/gif"]),
    file_type("bmp", MediaKind::Image, &["image/bmp", "image/x-ms-bmp"]),
    file_type("tif", MediaKind::Image, &["image/tiff"]),
    file_type("tiff", MediaKind::Image, &["image/tiff"]),
    file_type("heic", MediaKind::Image, &["image/heic"]),
    file_type("mp4", MediaKind::Video, &["video/mp4"]),
    file_type("m4v", MediaKind::Video, &["video/mp4", "video/x-m4v"]),
    file_type("mov", MediaKind::Video, &["video/quicktime"]),
    file_type("wav", MediaKind::Audio, &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"]),
    file_type("mp3", MediaKind::Audio, &["audio/mpeg", "audio/mp3"]),
    file_type("m4a", MediaKind::Audio, &["audio/mp4", "audio/x-m4a", "audio/m4a"]),
    file_type("flac", MediaKind::Audio, &["audio/flac", "audio/x-flac"]),
    file_type("txt", MediaKind::PlainText, &["text/plain"]),
    file_type("md", MediaKind::PlainText, &["text/markdown"]),
    file_type("csv", MediaKind::PlainText, &["text/csv"]),
    file_type("html", MediaKind::PlainText, &["text/html"]),
    file_type("htm", MediaKind::PlainText, &["text/html"]),
    file_type("pdf", MediaKind::Pdf, &["application/pdf"]),
];

const fn file_type(extension: &'static str, kind: MediaKind, mime_types: &'static [&'static str]) -> FileType {
    FileType { extension, kind, mime_types }
}

impl FileType {
    /// Returns the type of a file by its extension.
    pub(crate) fn from_path(path: &Path) -> Option<&'static Self> {
        let extension = path.extension()?.to_str()?;
        FILE_TYPES.iter().find(|known| known.extension.eq_ignore_ascii_case(extension))
    }

    /// Returns the file type of a MIME type, which may have parameters.
    pub(crate) fn from_mime(mime: &str) -> Option<&'static Self> {
        let bare = mime.split(';').next().unwrap_or_default().trim();
        FILE_TYPES.iter().find(|known| known.mime_types.iter().any(|known| known.eq_ignore_ascii_case(bare)))
    }

    /// Returns the MIME type.
    pub(crate) fn mime(&self) -> &'static str {
        self.mime_types.first().copied().unwrap_or_default()
    }

    /// Returns the list of all supported extensions, for a message.
    pub(crate) fn supported_extensions() -> String {
        let extensions: Vec<&str> = FILE_TYPES.iter().map(|known| known.extension).collect();
        match extensions.split_last() {
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }
}
