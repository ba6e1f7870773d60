//! Files under signed URLs: whole, or the part that a range asks for.

use std::fs::File;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use hyper::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use uuid::Uuid;

use crate::project::{Item, Media};
use crate::regular_file;

use super::answer::{Answer, Payload, SANDBOX};
use super::incoming::Incoming;
use super::shared::Shared;
use super::signed_url::UrlRefusal;
use crate::form::decoded;

/// The name under which an item's client metadata is served.
pub(crate) const CLIENT_METADATA: &str = "client-metadata.json";
/// How much of a file is read at a time.
const PIECE: usize = 256 << 10;

/// Answers a request for a file (contract: `docs/contract/endpoints.md#download-media`).
pub(crate) async fn media(shared: &Shared, request: &Incoming) -> Answer {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return Answer::message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let part = |name| request.parameter(name).unwrap_or_default();
    match shared.urls.check(request.path(), &part("expires"), &part("signature")) {
        Ok(()) => {}
        Err(UrlRefusal::Signature) => return denied("SignatureDoesNotMatch"),
        Err(UrlRefusal::Expired) => return denied("ExpiredToken"),
    }
    let (uuid, name) = request.path().trim_start_matches("/media/").split_once('/').unwrap_or_default();
    let found = Uuid::parse_str(uuid).ok().and_then(|uuid| shared.item(uuid));
    let Some((_, item)) = found else { return missing() };
    if decoded(name) == CLIENT_METADATA {
        return Answer::json_text(StatusCode::OK, item.metadata);
    }
    let range = request.header("range");
    match &item.media {
        Media::None => missing(),
        Media::Bytes(bytes) => {
            let span = Span::of(range, bytes.len() as u64);
            // Spans end within the bytes, so they fit.
            let part = bytes.slice(usize::try_from(span.first).unwrap_or(0)..usize::try_from(span.end).unwrap_or(0));
            span.answer(&item, Payload::Bytes(part))
        }
        Media::File(path) => {
            let path = path.clone();
            from_disk(&item, range, move || regular_file::open(&path)).await
        }
        Media::Within { folder, path } => {
            let (folder, path) = (folder.clone(), path.clone());
            from_disk(&item, range, move || regular_file::open_within(&folder, &path)).await
        }
    }
}

/// Answers with a file that `open` opens, or the part of it that is asked for.
async fn from_disk(
    item: &Item,
    range: Option<&str>,
    open: impl FnOnce() -> std::io::Result<File> + Send + 'static,
) -> Answer {
    let opened = tokio::task::spawn_blocking(move || {
        let file = open()?;
        let length = file.metadata()?.len();
        Ok::<_, std::io::Error>((file, length))
    });
    match opened.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
        Ok((file, length)) => {
            let span = Span::of(range, length);
            let body = part_of(file, span.first, span.end - span.first);
            span.answer(item, Payload::Stream(body, span.end - span.first))
        }
        Err(error) => {
            tracing::warn!(%error, item = %item.name, "a file cannot be served");
            missing()
        }
    }
}

/// The part of a file that is asked for.
struct Span {
    first: u64,
    /// After the last byte.
    end: u64,
    of: u64,
    is_part: bool,
}

impl Span {
    /// What one range asks for; the whole file if it makes no sense.
    fn of(range: Option<&str>, length: u64) -> Self {
        let whole = Self { first: 0, end: length, of: length, is_part: false };
        let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
            return whole;
        };
        let (first, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(length)),
            (Ok(first), Err(_)) if last.is_empty() => (first, length),
            (Err(_), Ok(last)) if first.is_empty() => (length.saturating_sub(last), length),
            _ => return whole,
        };
        if first >= end { whole } else { Self { first, end, of: length, is_part: true } }
    }

    fn answer(&self, item: &Item, body: Payload) -> Answer {
        let mime = item.facts.mime.as_deref().unwrap_or("application/octet-stream");
        let mime = HeaderValue::try_from(mime).unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let status = if self.is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let answer = Answer { body, ..Answer::new(status, Bytes::new()) };
        let answer = answer.with(CONTENT_TYPE, mime).with(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let range = format!("bytes {}-{}/{}", self.first, self.end.saturating_sub(1), self.of);
        let answer = match HeaderValue::try_from(range) {
            Ok(range) if self.is_part => answer.with(CONTENT_RANGE, range),
            _ => answer,
        };
        if can_run_scripts(item.facts.mime.as_deref()) {
            return answer.with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
        }
        answer
    }
}

/// Returns whether a browser may run scripts of a document of this type. A text or a page comes from whoever wrote the
/// file, and would run in the origin of the label editor.
fn can_run_scripts(mime: Option<&str>) -> bool {
    mime.is_none_or(|mime| mime.starts_with("text/") || mime.ends_with("xml"))
}

/// Makes a body of a part of a file, which is read while it is sent.
fn part_of(file: File, first: u64, length: u64) -> Body {
    let begin = (tokio::fs::File::from_std(file), Some(first), length);
    Body::from_stream(stream::try_unfold(begin, |(mut file, first, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        if let Some(first) = first {
            file.seek(SeekFrom::Start(first)).await?;
        }
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = (&mut file).take(left).read_buf(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((piece.freeze(), (file, None, left - read as u64))))
    }))
}

fn denied(code: &str) -> Answer {
    xml(StatusCode::FORBIDDEN, code)
}

fn missing() -> Answer {
    xml(StatusCode::NOT_FOUND, "NoSuchKey")
}

/// An error as object storage words it.
fn xml(status: StatusCode, code: &str) -> Answer {
    let body = format!("<Error><Code>{code}</Code></Error>");
    Answer::new(status, body).with(CONTENT_TYPE, HeaderValue::from_static("application/xml"))
}
