//! Client of model servers with the Open Inference Protocol, version 2.
//!
//! | module | content |
//! |---|---|
//! | `model`, `builder`, `settings` | the client of one model |
//! | `message`, `tensor`, `datatype`, `half`, `metadata` | requests, responses and descriptions of models |
//! | `batch`, `stack` | batches of concurrent calls |
//! | `kept`, `digest` | inputs that the server keeps, so that they are sent once |
//! | `memory` | memory of responses |
//! | `counts`, `error_kind`, `metrics` | counts of requests, bytes, time and errors, also for `/metrics` |
//! | `transport`, `http`, `grpc` | the protocol on the wire |
//! | `retry`, `address`, `error` | repeated attempts, URLs of models, failures |

/// Compiles the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/how-to/model-servers.md")]
struct Guide;

mod address;
mod batch;
mod builder;
mod counts;
mod datatype;
mod digest;
mod error;
mod error_kind;
#[cfg(feature = "served-grpc")]
mod grpc;
mod half;
mod http;
mod kept;
mod memory;
mod message;
mod metadata;
mod metrics;
mod model;
mod retry;
mod settings;
mod stack;
mod tensor;
mod transport;

pub use builder::ServedModelBuilder;
pub use counts::ServedCounts;
pub use datatype::Datatype;
pub use error::ServedError;
pub use message::{InferRequest, InferResponse, Parameter};
pub use metadata::{ModelMetadata, TensorMetadata};
pub use model::ServedModel;
pub use settings::Batching;
pub use tensor::Tensor;
