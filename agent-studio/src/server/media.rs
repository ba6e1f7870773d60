//! Media files behind signed URLs, with support for range requests.

use std::fs::File;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use hyper::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use uuid::Uuid;

use crate::project::{Item, Media};
use crate::regular_file;

use super::buffered_request::BufferedRequest;
use super::reply::{Reply, ReplyBody, SANDBOX};
use super::shared::Shared;
use super::signed_url::SignedUrlError;

/// File name in the URL of an item's client metadata.
pub(crate) const CLIENT_METADATA: &str = "client-metadata.json";
/// Size of the chunks in which files are read.
const CHUNK_BYTES: usize = 256 << 10;

/// Handles a request for a file (contract: `docs/contract/endpoints.md#download-media`).
pub(crate) async fn media(shared: &Shared, request: &BufferedRequest) -> Reply {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return Reply::message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let part = |name| request.parameter(name).unwrap_or_default();
    match shared.urls.check(request.path(), &part("expires"), &part("signature")) {
        Ok(()) => {}
        Err(SignedUrlError::Signature) => return denied("SignatureDoesNotMatch"),
        Err(SignedUrlError::Expired) => return denied("ExpiredToken"),
    }
    let (uuid, name) = request.path().trim_start_matches("/media/").split_once('/').unwrap_or_default();
    let found = Uuid::parse_str(uuid).ok().and_then(|uuid| shared.item(uuid));
    let Some((_, item)) = found else { return missing() };
    if percent_decode_str(name).eq(CLIENT_METADATA.bytes()) {
        return Reply::json_text(StatusCode::OK, item.metadata);
    }
    let requested = request.header("range");
    match &item.media {
        Media::None => missing(),
        Media::Bytes(bytes) => {
            let range = ByteRange::parse(requested, bytes.len() as u64);
            // A range ends within the bytes, so both bounds fit `usize`.
            let part = bytes.slice(usize::try_from(range.first).unwrap_or(0)..usize::try_from(range.end).unwrap_or(0));
            range.reply(&item, ReplyBody::Bytes(part))
        }
        Media::File(path) => {
            let path = path.clone();
            file_reply(&item, requested, move || regular_file::open(&path)).await
        }
        Media::Within { folder, path } => {
            let (folder, path) = (folder.clone(), path.clone());
            file_reply(&item, requested, move || regular_file::open_within(&folder, &path)).await
        }
    }
}

/// Returns the requested range of a file. `open` opens the file.
async fn file_reply(
    item: &Item,
    requested: Option<&str>,
    open: impl FnOnce() -> std::io::Result<File> + Send + 'static,
) -> Reply {
    let opened = tokio::task::spawn_blocking(move || {
        let file = open()?;
        let length = file.metadata()?.len();
        Ok::<_, std::io::Error>((file, length))
    });
    match opened.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
        Ok((file, length)) => {
            let range = ByteRange::parse(requested, length);
            let body = stream_range(file, range.first, range.end - range.first);
            range.reply(item, ReplyBody::Stream(body, range.end - range.first))
        }
        Err(error) => {
            tracing::warn!(%error, item = %item.name, "cannot serve a file");
            missing()
        }
    }
}

/// The requested range of a file.
struct ByteRange {
    first: u64,
    /// Exclusive.
    end: u64,
    total: u64,
    is_partial: bool,
}

impl ByteRange {
    /// Parses a `Range` header with one range. An invalid or missing range selects the whole file.
    fn parse(range: Option<&str>, length: u64) -> Self {
        let whole = Self { first: 0, end: length, total: length, is_partial: false };
        let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
            return whole;
        };
        let (first, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(length)),
            (Ok(first), Err(_)) if last.is_empty() => (first, length),
            (Err(_), Ok(last)) if first.is_empty() => (length.saturating_sub(last), length),
            _ => return whole,
        };
        if first >= end { whole } else { Self { first, end, total: length, is_partial: true } }
    }

    fn reply(&self, item: &Item, body: ReplyBody) -> Reply {
        let mime = item.facts.mime.as_deref().unwrap_or("application/octet-stream");
        let mime = HeaderValue::try_from(mime).unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let status = if self.is_partial { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let reply = Reply { body, ..Reply::new(status, Bytes::new()) };
        let reply = reply.with(CONTENT_TYPE, mime).with(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let range = format!("bytes {}-{}/{}", self.first, self.end.saturating_sub(1), self.total);
        let reply = match HeaderValue::try_from(range) {
            Ok(range) if self.is_partial => reply.with(CONTENT_RANGE, range),
            _ => reply,
        };
        if can_run_scripts(item.facts.mime.as_deref()) {
            return reply.with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
        }
        reply
    }
}

/// Returns whether a browser may run scripts in a document of this type. Untrusted text and HTML would run in the
/// origin of the label editor.
fn can_run_scripts(mime: Option<&str>) -> bool {
    mime.is_none_or(|mime| mime.starts_with("text/") || mime.ends_with("xml"))
}

/// Streams a range of a file.
fn stream_range(file: File, first: u64, length: u64) -> Body {
    let begin = (tokio::fs::File::from_std(file), Some(first), length);
    Body::from_stream(stream::try_unfold(begin, |(mut file, first, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        if let Some(first) = first {
            file.seek(SeekFrom::Start(first)).await?;
        }
        let mut piece = BytesMut::with_capacity(CHUNK_BYTES);
        let read = (&mut file).take(left).read_buf(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((piece.freeze(), (file, None, left - read as u64))))
    }))
}

fn denied(code: &str) -> Reply {
    xml(StatusCode::FORBIDDEN, code)
}

fn missing() -> Reply {
    xml(StatusCode::NOT_FOUND, "NoSuchKey")
}

/// Creates an XML error in the format of object storage.
fn xml(status: StatusCode, code: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code></Error>");
    Reply::new(status, body).with(CONTENT_TYPE, HeaderValue::from_static("application/xml"))
}
