//! The transports of the protocol.

use std::sync::Arc;

use agent_platform::memory::ByteBudget;

use super::address::{ModelAddress, Scheme};
use super::counts::Counters;
use super::error::ServedError;
#[cfg(feature = "served-grpc")]
use super::grpc::GrpcModel;
use super::http::HttpModel;
use super::message::{InferRequest, InferResponse};
use super::metadata::ModelMetadata;
use super::settings::Settings;

/// A model on a server, over one of the transports.
pub(super) enum Transport {
    Http(HttpModel),
    #[cfg(feature = "served-grpc")]
    Grpc(GrpcModel),
}

impl Transport {
    pub(super) fn new(
        address: ModelAddress,
        settings: &Settings,
        counters: Arc<Counters>,
    ) -> Result<Self, ServedError> {
        match address.scheme {
            Scheme::Http => HttpModel::new(address, settings, counters).map(Self::Http),
            #[cfg(feature = "served-grpc")]
            Scheme::Grpc => GrpcModel::new(address, settings, counters).map(Self::Grpc),
            #[cfg(not(feature = "served-grpc"))]
            Scheme::Grpc => {
                let reason = "URLs of model servers with `grpc` need the feature `served-grpc` of `agent-models`.";
                Err(ServedError::InvalidSettings(reason.to_owned()))
            }
        }
    }

    /// Sends a request, with retries. The caller sets the deadline.
    pub(super) async fn infer(
        &self,
        request: &InferRequest,
        budget: &ByteBudget,
    ) -> Result<InferResponse, ServedError> {
        match self {
            Self::Http(model) => model.infer(request, budget).await,
            #[cfg(feature = "served-grpc")]
            Self::Grpc(model) => model.infer(request, budget).await,
        }
    }

    /// Returns the maximum size of an encoded request, in bytes.
    pub(super) fn max_request_bytes(&self, request: &InferRequest) -> usize {
        match self {
            Self::Http(model) => model.max_request_bytes(request),
            #[cfg(feature = "served-grpc")]
            Self::Grpc(model) => model.max_request_bytes(request),
        }
    }

    pub(super) async fn metadata(&self) -> Result<ModelMetadata, ServedError> {
        match self {
            Self::Http(model) => model.metadata().await,
            #[cfg(feature = "served-grpc")]
            Self::Grpc(model) => model.metadata().await,
        }
    }

    /// Returns `true` if the server says that the model is ready.
    pub(super) async fn is_ready(&self) -> bool {
        match self {
            Self::Http(model) => model.is_ready().await,
            #[cfg(feature = "served-grpc")]
            Self::Grpc(model) => model.is_ready().await,
        }
    }
}
