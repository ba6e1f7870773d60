//! Reading a small file from its signed URL.

use std::fmt;

use reqwest::{Method, Url};

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::failure::Failure;
use super::public_addresses::{PrivateAddress, is_private};
use super::trace::TraceId;
use super::transport::{Failed, ReceivedResponse};
use super::v2::refused;

/// A file that was read. `Debug` shows its size, not its contents.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// What the storage says it is: a MIME type, mostly.
    pub content_type: Option<String>,
    /// The file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("content_type", &self.content_type).field("size", &self.bytes.len()).finish()
    }
}

impl PlatformClient {
    /// Reads a file from its signed URL (contract: `platform-api.md`, section 8.8). Neither credentials nor trace are
    /// sent along: the URL is all the storage needs. Bounded and repeated like any other reading call;
    /// [`download_file`](Self::download_file) reads large files.
    ///
    /// # Errors
    /// Any of [`Error`]; no message shows more of the URL than its host. An expired URL is [`Error::Authorisation`].
    pub async fn download(&self, signed_url: &str) -> Result<Download> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let call = self.storage_call(signed_url, &trace)?;
        let answer = self.answer_to(&call).await?;
        match answer.status {
            200 => Ok(Download { content_type: answer.content_type, bytes: answer.body }),
            _ => Err(file_refused(&call, &answer)),
        }
    }

    /// The call of a signed URL.
    ///
    /// # Errors
    /// The URL is malformed, leads into a private network that the platform is not in, or gives up the encryption that the
    /// platform has.
    pub(super) fn storage_call(&self, signed_url: &str, trace: &TraceId) -> Result<Call> {
        let Ok(url) = Url::parse(signed_url) else {
            let message = "The signed URL of the file is no URL.";
            return Err(Error::Request(Box::new(Failure::new(message, trace))));
        };
        let trusted = self.shared.limits.private_storage || url.host_str() == Some(self.shared.domain.host());
        let private = !trusted && is_private(&url);
        let call = Call::new(Endpoint::Storage, Method::GET, url, Effect::Harmless).with_secret_answer(true);
        if self.shared.domain.is_encrypted() && call.url.scheme() == "http" {
            return Err(self.error(&call, Failed::NotSent(PlainHttp.into()), trace));
        }
        if private {
            return Err(self.error(&call, Failed::NotSent(PrivateAddress.into()), trace));
        }
        Ok(call)
    }
}

/// A file that is to be read without encryption, although the platform is reached over HTTPS.
#[derive(Debug, thiserror::Error)]
#[error(
    "its signed URL uses plain HTTP, but the platform is reached over HTTPS: the file could be read and changed on the way"
)]
struct PlainHttp;

/// The error for any other response than the file.
pub(super) fn file_refused(call: &Call, answer: &ReceivedResponse) -> Error {
    let name: fn(Box<Failure>) -> Error = match answer.status {
        401 | 403 => Error::Authorisation,
        404 | 410 => Error::ResourceNotFound,
        429 => Error::RateLimitExceeded,
        _ => Error::Unknown,
    };
    let message = format!("The storage answered with the status {} to {}.", answer.status, call.shown());
    refused(call, answer, name, message)
}
