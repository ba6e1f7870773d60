//! Reading a file of any size from its signed URL: small ones into memory, large ones into a temporary file.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use tokio::time::{Instant, sleep, timeout_at};

use super::PlatformClient;
use super::attempts::deadline_in;
use super::call::Call;
use super::download::file_refused;
use super::error::{Error, Result};
use super::file_sink::{Content, Sink};
use super::retry_after::RetryAfter;
use super::temporary_file::TemporaryFile;
use super::trace::TraceId;
use super::transport::{Failed, ReceivedResponse, failed};

/// How a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadTo<'s> {
    /// Files of at most so many bytes are kept in memory; 0 for none.
    pub in_memory: usize,
    /// What the name of the temporary file ends in, such as `.mp4`.
    pub suffix: &'s str,
}

/// A file that was read. Cheap to clone. Its temporary file, if there is one, goes with the last clone.
#[derive(Clone)]
pub struct DownloadedFile {
    content_type: Option<String>,
    content: Content,
    length: u64,
}

impl DownloadedFile {
    /// What the storage says it is: a MIME type, mostly.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes, if they are in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Memory(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    /// The file, if it is on the disk.
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

/// What is known of the file from its first answer on.
#[derive(Default)]
struct Known {
    content_type: Option<String>,
    length: Option<u64>,
    /// What tells this version of the file from others.
    tag: Option<HeaderValue>,
}

/// Why a try did not bring the rest of the file.
enum Ended {
    /// Another answer than the file.
    Answered(ReceivedResponse),
    /// No answer, or a part of one.
    Failed(Failed),
    /// The storage does not go on where this client had come to; from the beginning, then.
    Elsewhere,
    /// It cannot be written to the disk.
    NotKept(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::NotKept(error)
    }
}

impl PlatformClient {
    /// Reads a file from its signed URL (contract: `platform-api.md`, section 8.8): whole, of the announced length, and
    /// within the client's limits of size and time. A connection that breaks is made again, and the file read on from where
    /// it had come to. Neither credentials nor trace are sent along. A call that is given up leaves no file behind.
    ///
    /// # Errors
    /// Any of [`Error`]; no message shows more of the URL than its host. An expired URL is [`Error::Authorisation`], a file that is too
    /// large [`Error::AnswerTooLarge`], one that cannot be written to the disk [`Error::NotKept`].
    pub async fn download_file(&self, signed_url: &str, to: DownloadTo<'_>) -> Result<DownloadedFile> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let call = self.storage_call(signed_url, &trace)?;
        let deadline = deadline_in(self.shared.limits.download);
        let received = timeout_at(deadline, self.receive(&call, to, &trace, deadline)).await;
        received.unwrap_or_else(|_| {
            let seconds = self.shared.limits.download.as_secs_f64();
            let message = format!("The file did not arrive within the {seconds} s that {} may take.", call.shown());
            let mut error = call.fails(Error::Timeout, message, &trace);
            error.failure_mut().retryable = true;
            Err(error)
        })
    }

    /// Tries until the whole file is there. What brought a part of it does not count as a repetition.
    async fn receive(
        &self,
        call: &Call,
        to: DownloadTo<'_>,
        trace: &TraceId,
        deadline: Instant,
    ) -> Result<DownloadedFile> {
        let (mut sink, mut known, mut repetitions) = (Sink::new(to.in_memory, to.suffix), Known::default(), 0);
        loop {
            let before = sink.len();
            let ended = match self.go_on(call, trace, &mut sink, &mut known).await {
                Ok(()) => {
                    if repetitions == 0 {
                        self.shared.budgets.of(call).earn();
                    }
                    self.shared.traffic.ended(true);
                    let length = sink.len();
                    let content = sink.finish().await.map_err(|error| not_kept(call, trace, error))?;
                    return Ok(DownloadedFile { content_type: known.content_type, content, length });
                }
                Err(ended) => ended,
            };
            if sink.len() > before {
                repetitions = 0;
            }
            let pause = match ended.may_be_repeated(call) {
                true => self.pause(call, repetitions, ended.asked_for(), deadline),
                false => None,
            };
            let Some(wait) = pause else {
                self.shared.traffic.ended(matches!(&ended, Ended::Answered(answer) if answer.status < 500));
                return Err(self.ended(call, ended, trace));
            };
            self.shared.traffic.repetition();
            if matches!(ended, Ended::Elsewhere) {
                (known, repetitions) = (Known::default(), repetitions + 1);
                sink.restart().map_err(|error| not_kept(call, trace, error))?;
                continue;
            }
            repetitions += 1;
            tracing::warn!(
                trace = %trace, call = %call.shown(), arrived = sink.len(), wait_s = wait.as_secs_f64(),
                "a download broke off; it is continued",
            );
            sleep(wait).await;
        }
    }

    /// One try: the file, or what is missing of it.
    async fn go_on(&self, call: &Call, trace: &TraceId, sink: &mut Sink, known: &mut Known) -> Result<(), Ended> {
        let begun = sink.len();
        self.shared.traffic.request();
        let request = self.shared.storage.get(call.url.clone()).headers(request_headers(begun, known));
        let mut response = request.send().await.map_err(|error| Ended::Failed(failed(error)))?;
        let status = response.status().as_u16();
        let headers = response.headers();
        match status {
            200 => *known = Known::from_headers(headers, response.content_length()),
            206 if begun > 0 && goes_on(headers, begun, known.length) => {}
            206 | 416 if begun > 0 => return Err(Ended::Elsewhere),
            _ => {
                let retry_after = RetryAfter::from_headers(headers, SystemTime::now());
                let (body, trace) = (Vec::new(), trace.clone());
                let answer = ReceivedResponse { status, retry_after, content_type: None, body, trace, memory: None };
                return Err(Ended::Answered(answer));
            }
        }
        if status == 200 && begun > 0 {
            sink.restart()?;
        }
        let largest = self.shared.limits.largest_download;
        let too_large = || Ended::Failed(Failed::TooLarge(usize::try_from(largest).unwrap_or(usize::MAX)));
        let announced = response.content_length().unwrap_or(0);
        if sink.len().saturating_add(announced) > largest {
            return Err(too_large());
        }
        sink.expect(announced);
        while let Some(chunk) = response.chunk().await.map_err(|error| Ended::Failed(failed(error)))? {
            if sink.len() + chunk.len() as u64 > largest {
                return Err(too_large());
            }
            sink.write(&chunk).await?;
        }
        match known.length {
            Some(length) if length != sink.len() => Err(Ended::Elsewhere),
            _ => Ok(()),
        }
    }

    fn ended(&self, call: &Call, ended: Ended, trace: &TraceId) -> Error {
        match ended {
            Ended::Answered(answer) => file_refused(call, &answer),
            Ended::Failed(failed) => self.error(call, failed, trace),
            Ended::NotKept(error) => not_kept(call, trace, error),
            Ended::Elsewhere => {
                let message = format!("The file's storage does not send {} as it announces it.", call.shown());
                call.fails(Error::UnexpectedAnswer, message, trace)
            }
        }
    }
}

impl Ended {
    fn may_be_repeated(&self, call: &Call) -> bool {
        match self {
            Self::Answered(answer) => call.may_repeat_after_status(answer.status),
            Self::Failed(Failed::NotConnected(_) | Failed::Silence(_) | Failed::Broken(_)) | Self::Elsewhere => true,
            Self::Failed(_) | Self::NotKept(_) => false,
        }
    }

    fn asked_for(&self) -> Option<std::time::Duration> {
        match self {
            Self::Answered(answer) => answer.retry_after.wait,
            _ => None,
        }
    }
}

impl Known {
    fn from_headers(headers: &HeaderMap, length: Option<u64>) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // A weak tag says nothing of the bytes.
        let tag = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")).cloned();
        Self { content_type, length, tag }
    }
}

/// Media is as small as it gets, and its length should be known.
fn request_headers(begun: u64, known: &Known) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if begun > 0
        && let Ok(range) = HeaderValue::try_from(format!("bytes={begun}-"))
    {
        headers.insert(RANGE, range);
        if let Some(tag) = &known.tag {
            headers.insert(IF_RANGE, tag.clone());
        }
    }
    headers
}

/// Whether a part is the one that was asked for, of the same file: `bytes FIRST-LAST/LENGTH`.
fn goes_on(headers: &HeaderMap, begun: u64, length: Option<u64>) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes "));
    let Some((span, whole)) = range.and_then(|range| range.split_once('/')) else { return false };
    let first = span.split_once('-').and_then(|(first, _)| first.trim().parse::<u64>().ok());
    let same = match (whole.trim().parse::<u64>(), length) {
        (Ok(whole), Some(length)) => whole == length,
        _ => true,
    };
    first == Some(begun) && same
}

fn not_kept(call: &Call, trace: &TraceId, cause: io::Error) -> Error {
    let message = format!("What was read from {} cannot be kept on this machine's disk.", call.shown());
    let mut error = call.fails(Error::NotKept, message, trace);
    error.failure_mut().cause = Some(cause.into());
    error
}
