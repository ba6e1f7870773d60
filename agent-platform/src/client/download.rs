//! Downloading small files from signed URLs.

use std::fmt;

use reqwest::{Method, Url};

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::failure::Failure;
use super::public_addresses::{PrivateAddress, is_private};
use super::trace::TraceId;
use super::transport::{AttemptError, ReceivedResponse};
use super::v2::error_from_answer;

/// A downloaded file. `Debug` shows its size, not its contents.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// The `Content-Type` reported by the storage, usually a MIME type.
    pub content_type: Option<String>,
    /// The contents of the file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("content_type", &self.content_type).field("size", &self.bytes.len()).finish()
    }
}

impl PlatformClient {
    /// Downloads a file from its signed URL (contract: `docs/contract/endpoints.md#download-media`). Neither
    /// credentials nor the trace are sent to the storage. The size limit and the retries are those of any reading call.
    /// For large files use [`download_file`](Self::download_file).
    ///
    /// # Errors
    /// Any variant of [`Error`]. Messages only show the host of the URL. An expired URL is [`Error::Authorisation`].
    pub async fn download(&self, signed_url: &str) -> Result<Download> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let call = self.storage_call(signed_url, &trace)?;
        let answer = self.send(&call).await?;
        match answer.status {
            200 => Ok(Download { content_type: answer.content_type, bytes: answer.body }),
            _ => Err(file_refused(&call, &answer)),
        }
    }

    /// Creates the call for a signed URL.
    ///
    /// # Errors
    /// The URL is malformed, has a private address that is not allowed, or uses plain HTTP while the platform uses
    /// HTTPS.
    pub(super) fn storage_call(&self, signed_url: &str, trace: &TraceId) -> Result<Call> {
        let Ok(url) = Url::parse(signed_url) else {
            let message = "The signed URL of the file is not a URL.";
            return Err(Error::Request(Box::new(Failure::new(message, trace))));
        };
        let trusted = self.shared.limits.private_storage || url.host_str() == Some(self.shared.domain.host());
        let private = !trusted && is_private(&url);
        let call = Call::new(Endpoint::Storage, Method::GET, url, Effect::Read).with_secret_answer(true);
        if self.shared.domain.is_encrypted() && call.url.scheme() == "http" {
            return Err(self.error(&call, AttemptError::NotSent(PlainHttp.into()), trace));
        }
        if private {
            return Err(self.error(&call, AttemptError::NotSent(PrivateAddress.into()), trace));
        }
        Ok(call)
    }
}

/// Error: a file would be read over plain HTTP, although the platform is reached over HTTPS.
#[derive(Debug, thiserror::Error)]
#[error(
    "its signed URL uses plain HTTP, but the platform is reached over HTTPS: the file could be read and changed on the way"
)]
struct PlainHttp;

/// Converts a response other than the file to an error.
pub(super) fn file_refused(call: &Call, answer: &ReceivedResponse) -> Error {
    let name: fn(Box<Failure>) -> Error = match answer.status {
        401 | 403 => Error::Authorisation,
        404 | 410 => Error::ResourceNotFound,
        429 => Error::RateLimitExceeded,
        _ => Error::Unknown,
    };
    let message = format!("The storage answered with the status {} to {}.", answer.status, call.description());
    error_from_answer(call, answer, name, message)
}
