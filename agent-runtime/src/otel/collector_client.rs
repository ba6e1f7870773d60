//! The HTTP client for the collector.

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use agent_platform::client::http_client_for;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Runtime;

use crate::start_error::StartError;

/// Maximum size of a response, in bytes. It only says which spans were rejected.
const MAX_RESPONSE_SIZE: usize = 64 * 1024;

/// The HTTP client for the collector, with a runtime of its own: the exporting thread has none, and agents that compute without an
/// `.await` do not delay exports.
#[derive(Debug)]
pub(super) struct CollectorClient {
    http: reqwest::Client,
    runtime: Runtime,
}

impl CollectorClient {
    /// Creates the client.
    ///
    /// # Errors
    /// The endpoint is encrypted and the machine has no certificate authorities, or the runtime cannot be created.
    pub(super) fn new(endpoint: &str, timeout: Duration) -> Result<Self, StartError> {
        let http = http_client_for(endpoint).map_err(|error| StartError::Traces { problem: error.to_string() })?;
        let http = http.timeout(timeout).build().map_err(|error| StartError::Traces { problem: error.to_string() })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StartError::Traces { problem: error.to_string() })?;
        Ok(Self { http, runtime })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut received = self.http.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = received.chunk().await? {
            if body.len() + chunk.len() > MAX_RESPONSE_SIZE {
                return Err("the response of the collector is too large".into());
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body.into());
        *response.status_mut() = received.status();
        *response.headers_mut() = std::mem::take(received.headers_mut());
        Ok(response)
    }
}

impl HttpClient for CollectorClient {
    // Written by hand: the macro of the trait, `async_trait`, would be a further dependency.
    fn send_bytes<'client, 'future>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'future>>
    where
        'client: 'future,
        Self: 'future,
    {
        // Blocks the exporting thread, which has nothing else to do.
        Box::pin(ready(self.runtime.block_on(self.send(request))))
    }
}
