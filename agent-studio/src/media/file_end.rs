//! What files are called that a project's folder may hold.

use std::path::Path;

use super::MediaKind;

/// A file of data, by what its name ends in.
#[derive(Debug)]
pub(crate) struct FileEnd {
    /// Without the dot, in lower case.
    pub(crate) end: &'static str,
    pub(crate) kind: MediaKind,
    /// The MIME type, as which it is served, and others that stand for the same.
    types: &'static [&'static str],
}

/// Every end that is known. Of those with the same type the usual one is first.
const ENDS: &[FileEnd] = &[
    file_end("jpg", MediaKind::Image, &["image/jpeg", "image/jpg"]),
    file_end("jpeg", MediaKind::Image, &["image/jpeg"]),
    file_end("png", MediaKind::Image, &["image/png"]),
    file_end("webp", MediaKind::Image, &["image/webp"]),
    file_end("gif", MediaKind::Image, &["image/gif"]),
    file_end("bmp", MediaKind::Image, &["image/bmp", "image/x-ms-bmp"]),
    file_end("tif", MediaKind::Image, &["image/tiff"]),
    file_end("tiff", MediaKind::Image, &["image/tiff"]),
    file_end("heic", MediaKind::Image, &["image/heic"]),
    file_end("mp4", MediaKind::Video, &["video/mp4"]),
    file_end("m4v", MediaKind::Video, &["video/mp4", "video/x-m4v"]),
    file_end("mov", MediaKind::Video, &["video/quicktime"]),
    file_end("wav", MediaKind::Audio, &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"]),
    file_end("mp3", MediaKind::Audio, &["audio/mpeg", "audio/mp3"]),
    file_end("m4a", MediaKind::Audio, &["audio/mp4", "audio/x-m4a", "audio/m4a"]),
    file_end("flac", MediaKind::Audio, &["audio/flac", "audio/x-flac"]),
    file_end("txt", MediaKind::PlainText, &["text/plain"]),
    file_end("md", MediaKind::PlainText, &["text/markdown"]),
    file_end("csv", MediaKind::PlainText, &["text/csv"]),
    file_end("html", MediaKind::PlainText, &["text/html"]),
    file_end("htm", MediaKind::PlainText, &["text/html"]),
    file_end("pdf", MediaKind::Pdf, &["application/pdf"]),
];

const fn file_end(end: &'static str, kind: MediaKind, types: &'static [&'static str]) -> FileEnd {
    FileEnd { end, kind, types }
}

impl FileEnd {
    /// By the name of a file.
    pub(crate) fn of_name(name: &Path) -> Option<&'static Self> {
        let end = name.extension()?.to_str()?;
        ENDS.iter().find(|known| known.end.eq_ignore_ascii_case(end))
    }

    /// By a MIME type, which may have parameters.
    pub(crate) fn of_type(mime: &str) -> Option<&'static Self> {
        let bare = mime.split(';').next().unwrap_or_default().trim();
        ENDS.iter().find(|known| known.types.iter().any(|known| known.eq_ignore_ascii_case(bare)))
    }

    /// The MIME type.
    pub(crate) fn mime(&self) -> &'static str {
        self.types.first().copied().unwrap_or_default()
    }

    /// All ends, for a message.
    pub(crate) fn all_in_words() -> String {
        let ends: Vec<&str> = ENDS.iter().map(|known| known.end).collect();
        match ends.split_last() {
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }
}
