//! Builder of the client of one model.

use std::fmt;
use std::time::Duration;

use agent_core::error::Result;
use agent_platform::memory::ByteBudget;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::error::ServedError;
use super::model::ServedModel;
use super::settings::{Batching, Settings};

/// Builder of a [`ServedModel`].
#[must_use]
pub struct ServedModelBuilder {
    url: String,
    settings: Settings,
    error: Option<ServedError>,
}

impl ServedModel {
    /// Returns a builder for the model at this URL: `http://localhost:8000/v2/models/NAME`, or with `/versions/VERSION`. `grpc` or
    /// `grpcs` in place of `http` or `https` selects gRPC (feature `served-grpc`).
    pub fn builder(url: impl Into<String>) -> ServedModelBuilder {
        ServedModelBuilder::new(url.into())
    }
}

impl ServedModelBuilder {
    fn new(url: String) -> Self {
        Self { url, settings: Settings::default(), error: None }
    }

    /// Sets the timeout of a call, including retries. Default: 20 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets the timeout of establishing a connection. Default: 2 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Sets the maximum number of retries if the server cannot be reached, is overloaded, or closes the connection before the
    /// response. Other failures, such as timeouts, are not retried. Set 0 for a model that keeps state between requests. Default: 2.
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Sets the maximum size of a response, in bytes after decompression. Default: 64 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_response_bytes = bytes;
        self
    }

    /// Joins the requests of concurrent calls to batches. The model must take a batch: the first dimension of every input and
    /// output is the number of items. Default: each request is sent by itself.
    pub fn batching(mut self, batching: Batching) -> Self {
        self.settings.batching = Some(batching);
        self
    }

    /// Sets the memory budget of [`ServedModel::infer`]. Default: that of the process. [`ServedModel::infer_for`] uses the budget of
    /// the server.
    pub fn memory_budget(mut self, budget: ByteBudget) -> Self {
        self.settings.memory = budget;
        self
    }

    /// Adds a header to every request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let parsed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value));
        match parsed {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.settings.headers.insert(name, value);
            }
            // The value may be a secret.
            _ => {
                self.error = Some(ServedError::InvalidSettings(format!("Invalid header {name:?} for a model server.")));
            }
        }
        self
    }

    /// Authenticates with a bearer token.
    pub fn bearer_token(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Builds the client. It does not connect yet.
    ///
    /// # Errors
    /// The URL or a setting is invalid, or TLS is required and the machine has no certificate authorities.
    pub fn build(self) -> Result<ServedModel> {
        if let Some(error) = self.error {
            return Err(error.into_agent_error());
        }
        ServedModel::new(&self.url, &self.settings).map_err(ServedError::into_agent_error)
    }
}

impl fmt::Debug for ServedModelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the URL and the headers, which may contain credentials.
        let Settings { timeout, retries, batching, .. } = &self.settings;
        let mut output = f.debug_struct("ServedModelBuilder");
        output.field("timeout", timeout).field("retries", retries).field("batching", batching).finish_non_exhaustive()
    }
}
