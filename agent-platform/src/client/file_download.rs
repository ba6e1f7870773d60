//! Downloading files of any size from signed URLs: small ones into memory, large ones into a temporary file.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use super::PlatformClient;
use super::attempts::deadline_in;
use super::call::Call;
use super::download::file_refused;
use super::error::{Error, Result};
use super::file_sink::{Content, Sink};
use super::retry_after::RetryAfter;
use super::spans::{DownloadSpan, RequestSpan};
use super::stopwatch::Stopwatch;
use super::temporary_file::TemporaryFile;
use super::trace::TraceId;
use super::transport::{AttemptError, ReceivedResponse, failed};

/// Destination of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadTo<'s> {
    /// Maximum size of files kept in memory, in bytes; 0 for none.
    pub in_memory: usize,
    /// Suffix of the temporary file's name, such as `.mp4`.
    pub suffix: &'s str,
}

/// A downloaded file. Cheap to clone. Its temporary file, if there is one, is deleted with the last clone.
#[derive(Clone)]
pub struct DownloadedFile {
    content_type: Option<String>,
    content: Content,
    length: u64,
}

impl DownloadedFile {
    /// Creates a file in memory.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { content_type: None, length: bytes.len() as u64, content: Content::Memory(bytes) }
    }

    /// Returns the file with its contents in memory, read from the disk if necessary. Blocks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn read_into_memory(&self) -> io::Result<Self> {
        let content = match &self.content {
            Content::Memory(bytes) => Content::Memory(bytes.clone()),
            Content::File(file) => Content::Memory(std::fs::read(file.path())?.into()),
        };
        Ok(Self { content_type: self.content_type.clone(), content, length: self.length })
    }

    /// Returns the `Content-Type` reported by the storage, usually a MIME type.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns the length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the bytes, if they are in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Memory(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    /// Returns the temporary file, if the contents are on disk.
    #[must_use]
    pub fn on_disk(&self) -> Option<&Arc<TemporaryFile>> {
        match &self.content {
            Content::Memory(_) => None,
            Content::File(file) => Some(file),
        }
    }
}

impl fmt::Debug for DownloadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadedFile")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .field("on_disk", &self.on_disk().is_some())
            .finish()
    }
}

/// Properties of the file, from its first response.
#[derive(Default)]
struct FileInfo {
    content_type: Option<String>,
    length: Option<u64>,
    /// The strong `ETag`, which identifies this version of the file.
    tag: Option<HeaderValue>,
}

/// Failure of an attempt to download the rest of the file.
enum AttemptFailure {
    /// A response other than the file.
    Rejected(ReceivedResponse),
    /// No response, or an incomplete one.
    Attempt(AttemptError),
    /// The storage does not resume at the current offset. The download restarts.
    RangeMismatch,
    /// Writing to disk failed.
    Disk(io::Error),
}

impl From<io::Error> for AttemptFailure {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl PlatformClient {
    /// Downloads a file from its signed URL (contract: `docs/contract/endpoints.md#download-media`), and checks it
    /// against the announced length and the client's limits on size and time. After a broken connection the download
    /// resumes at the current offset. Neither credentials nor the trace are sent to the storage. A cancelled call
    /// leaves no file behind.
    ///
    /// # Errors
    /// Any variant of [`Error`]. Messages only show the host of the URL. An expired URL is [`Error::Authorisation`], a
    /// file that is too large is [`Error::AnswerTooLarge`], and a failure to write to disk is [`Error::NotKept`].
    pub async fn download_file(&self, signed_url: &str, to: DownloadTo<'_>) -> Result<DownloadedFile> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let call = self.storage_call(signed_url, &trace)?;
        let deadline = deadline_in(self.shared.limits.download);
        let span = DownloadSpan::new(&call, &trace);
        let received = timeout_at(deadline, self.receive(&call, to, &trace, deadline)).instrument(span.span()).await;
        let received = received.unwrap_or_else(|_| {
            let seconds = self.shared.limits.download.as_secs_f64();
            let message =
                format!("The file did not arrive within the {seconds} s that {} may take.", call.description());
            let mut error = call.error(Error::Timeout, message, &trace);
            error.failure_mut().retryable = true;
            Err(error)
        });
        span.record(received.as_ref().ok().map(DownloadedFile::length));
        received
    }

    /// Retries until the file is complete. Attempts that make progress do not count as retries.
    async fn receive(
        &self,
        call: &Call,
        to: DownloadTo<'_>,
        trace: &TraceId,
        deadline: Instant,
    ) -> Result<DownloadedFile> {
        let (mut sink, mut info, mut retries) = (Sink::new(to.in_memory, to.suffix), FileInfo::default(), 0);
        loop {
            let before = sink.len();
            let span = RequestSpan::new(call, trace, retries);
            let failure = match self.resume(call, trace, &mut sink, &mut info, &span).instrument(span.span()).await {
                Ok(()) => {
                    if retries == 0 {
                        self.shared.budgets.for_call(call).earn();
                    }
                    self.shared.traffic.ended(true);
                    let length = sink.len();
                    let content = sink.finish().await.map_err(|error| disk_error(call, trace, error))?;
                    return Ok(DownloadedFile { content_type: info.content_type, content, length });
                }
                Err(failure) => failure,
            };
            if let Some(kind) = failure.kind() {
                span.record(Err(kind));
            }
            if sink.len() > before {
                retries = 0;
            }
            let pause = match failure.may_be_retried(call) {
                true => self.pause(call, retries, failure.retry_after(), deadline),
                false => None,
            };
            let Some(wait) = pause else {
                self.shared.traffic.ended(matches!(&failure, AttemptFailure::Rejected(answer) if answer.status < 500));
                return Err(self.attempt_error(call, failure, trace));
            };
            self.shared.traffic.retry();
            if matches!(failure, AttemptFailure::RangeMismatch) {
                (info, retries) = (FileInfo::default(), retries + 1);
                sink.restart().map_err(|error| disk_error(call, trace, error))?;
                continue;
            }
            retries += 1;
            tracing::warn!(
                trace = %trace, call = %call.description(), arrived = sink.len(), wait_s = wait.as_secs_f64(),
                "a download was interrupted; resuming",
            );
            sleep(wait).await;
        }
    }

    /// Makes one attempt: downloads the file, or the part that is missing.
    async fn resume(
        &self,
        call: &Call,
        trace: &TraceId,
        sink: &mut Sink,
        info: &mut FileInfo,
        span: &RequestSpan,
    ) -> Result<(), AttemptFailure> {
        let begun = sink.len();
        self.shared.traffic.request();
        let _running = self.stopwatch.as_ref().map(Stopwatch::start);
        let request = self.shared.storage.get(call.url.clone()).headers(request_headers(begun, info));
        let mut response = request.send().await.map_err(|error| AttemptFailure::Attempt(failed(error)))?;
        let status = response.status().as_u16();
        span.record(Ok(status));
        let headers = response.headers();
        match status {
            200 => *info = FileInfo::from_headers(headers, response.content_length()),
            206 if begun > 0 && is_requested_range(headers, begun, info.length) => {}
            206 | 416 if begun > 0 => return Err(AttemptFailure::RangeMismatch),
            _ => {
                let retry_after = RetryAfter::from_headers(headers, SystemTime::now());
                let (body, trace) = (Vec::new(), trace.clone());
                let answer = ReceivedResponse { status, retry_after, content_type: None, body, trace, memory: None };
                return Err(AttemptFailure::Rejected(answer));
            }
        }
        if status == 200 && begun > 0 {
            sink.restart()?;
        }
        let largest = self.shared.limits.max_download_size;
        let too_large =
            || AttemptFailure::Attempt(AttemptError::TooLarge(usize::try_from(largest).unwrap_or(usize::MAX)));
        let announced = response.content_length().unwrap_or(0);
        if sink.len().saturating_add(announced) > largest {
            return Err(too_large());
        }
        sink.expect(announced);
        while let Some(chunk) = response.chunk().await.map_err(|error| AttemptFailure::Attempt(failed(error)))? {
            if sink.len() + chunk.len() as u64 > largest {
                return Err(too_large());
            }
            sink.write(&chunk).await?;
        }
        match info.length {
            Some(length) if length != sink.len() => Err(AttemptFailure::RangeMismatch),
            _ => Ok(()),
        }
    }

    fn attempt_error(&self, call: &Call, failure: AttemptFailure, trace: &TraceId) -> Error {
        match failure {
            AttemptFailure::Rejected(answer) => file_refused(call, &answer),
            AttemptFailure::Attempt(error) => self.error(call, error, trace),
            AttemptFailure::Disk(error) => disk_error(call, trace, error),
            AttemptFailure::RangeMismatch => {
                let message = format!("The file's storage does not send {} as it announces it.", call.description());
                call.error(Error::UnexpectedAnswer, message, trace)
            }
        }
    }
}

impl AttemptFailure {
    fn may_be_retried(&self, call: &Call) -> bool {
        match self {
            Self::Rejected(answer) => call.may_retry_after_status(answer.status),
            Self::Attempt(
                AttemptError::NotConnected(_) | AttemptError::ReadTimeout(_) | AttemptError::ConnectionBroken(_),
            )
            | Self::RangeMismatch => true,
            Self::Attempt(_) | Self::Disk(_) => false,
        }
    }

    /// Returns the kind of failure for the span. `None` for a response with another status.
    fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Rejected(_) => None,
            Self::Attempt(error) => Some(error.kind()),
            Self::RangeMismatch => Some("range mismatch"),
            Self::Disk(_) => Some("disk"),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Rejected(answer) => answer.retry_after.wait,
            _ => None,
        }
    }
}

impl FileInfo {
    fn from_headers(headers: &HeaderMap, length: Option<u64>) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // A weak tag does not guarantee identical bytes.
        let tag = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")).cloned();
        Self { content_type, length, tag }
    }
}

/// Returns the request headers. Media is already compressed, and its length must be known, so `identity` is requested.
fn request_headers(begun: u64, info: &FileInfo) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if begun > 0
        && let Ok(range) = HeaderValue::try_from(format!("bytes={begun}-"))
    {
        headers.insert(RANGE, range);
        if let Some(tag) = &info.tag {
            headers.insert(IF_RANGE, tag.clone());
        }
    }
    headers
}

/// Returns `true` if a partial response is the requested range of the same file: `bytes FIRST-LAST/LENGTH`.
fn is_requested_range(headers: &HeaderMap, begun: u64, length: Option<u64>) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes "));
    let Some((span, whole)) = range.and_then(|range| range.split_once('/')) else { return false };
    let first = span.split_once('-').and_then(|(first, _)| first.trim().parse::<u64>().ok());
    let same = match (whole.trim().parse::<u64>(), length) {
        (Ok(whole), Some(length)) => whole == length,
        _ => true,
    };
    first == Some(begun) && same
}

fn disk_error(call: &Call, trace: &TraceId, cause: io::Error) -> Error {
    let message = format!("What was read from {} cannot be kept on this machine's disk.", call.description());
    let mut error = call.error(Error::NotKept, message, trace);
    error.failure_mut().cause = Some(cause.into());
    error
}
