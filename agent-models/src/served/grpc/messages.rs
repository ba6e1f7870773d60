//! Messages of the protocol: the parts of `grpc_predict_v2.proto` that the client uses, written by hand, so that building needs no
//! `protoc`.

use std::collections::HashMap;

use bytes::Bytes;

/// `ModelInferRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct InferRequest {
    #[prost(string, tag = "1")]
    pub(super) model_name: String,
    #[prost(string, tag = "2")]
    pub(super) model_version: String,
    #[prost(map = "string, message", tag = "4")]
    pub(super) parameters: HashMap<String, Parameter>,
    #[prost(message, repeated, tag = "5")]
    pub(super) inputs: Vec<Tensor>,
    #[prost(message, repeated, tag = "6")]
    pub(super) outputs: Vec<RequestedOutput>,
    #[prost(bytes = "bytes", repeated, tag = "7")]
    pub(super) raw_input_contents: Vec<Bytes>,
}

/// `ModelInferResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct InferResponse {
    #[prost(map = "string, message", tag = "4")]
    pub(super) parameters: HashMap<String, Parameter>,
    #[prost(message, repeated, tag = "5")]
    pub(super) outputs: Vec<Tensor>,
    #[prost(bytes = "bytes", repeated, tag = "6")]
    pub(super) raw_output_contents: Vec<Bytes>,
}

/// `InferInputTensor` and `InferOutputTensor`, whose fields are the same.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Tensor {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) datatype: String,
    #[prost(int64, repeated, tag = "3")]
    pub(super) shape: Vec<i64>,
    #[prost(message, optional, tag = "5")]
    pub(super) contents: Option<Contents>,
}

/// `InferRequestedOutputTensor`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RequestedOutput {
    #[prost(string, tag = "1")]
    pub(super) name: String,
}

/// `InferTensorContents`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Contents {
    #[prost(bool, repeated, tag = "1")]
    pub(super) bools: Vec<bool>,
    #[prost(int32, repeated, tag = "2")]
    pub(super) ints: Vec<i32>,
    #[prost(int64, repeated, tag = "3")]
    pub(super) int64s: Vec<i64>,
    #[prost(uint32, repeated, tag = "4")]
    pub(super) uints: Vec<u32>,
    #[prost(uint64, repeated, tag = "5")]
    pub(super) uint64s: Vec<u64>,
    #[prost(float, repeated, tag = "6")]
    pub(super) fp32s: Vec<f32>,
    #[prost(double, repeated, tag = "7")]
    pub(super) fp64s: Vec<f64>,
    #[prost(bytes = "bytes", repeated, tag = "8")]
    pub(super) bytes: Vec<Bytes>,
}

/// `InferParameter`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Parameter {
    #[prost(oneof = "ParameterValue", tags = "1, 2, 3")]
    pub(super) value: Option<ParameterValue>,
}

/// The value of a parameter.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum ParameterValue {
    #[prost(bool, tag = "1")]
    Bool(bool),
    #[prost(int64, tag = "2")]
    Int(i64),
    #[prost(string, tag = "3")]
    Text(String),
}

/// `ModelReadyRequest` and `ModelMetadataRequest`, whose fields are the same.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ModelRequest {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
}

/// `ModelReadyResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ReadyResponse {
    #[prost(bool, tag = "1")]
    pub(super) ready: bool,
}

/// `ModelMetadataResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MetadataResponse {
    #[prost(message, repeated, tag = "4")]
    pub(super) inputs: Vec<TensorMetadata>,
    #[prost(message, repeated, tag = "5")]
    pub(super) outputs: Vec<TensorMetadata>,
}

/// `TensorMetadata`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TensorMetadata {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) datatype: String,
    #[prost(int64, repeated, tag = "3")]
    pub(super) shape: Vec<i64>,
}
