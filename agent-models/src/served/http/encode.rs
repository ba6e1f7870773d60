//! Bodies of inference requests: JSON, followed by the raw tensors if the server has the extension for them.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::served::datatype::Datatype;
use crate::served::error::ServedError;
use crate::served::message::{InferRequest, Parameter};
use crate::served::tensor::Tensor;

/// The format of tensors in bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TensorFormat {
    /// Raw bytes after the JSON: the extension `binary_tensor_data`.
    Binary,
    /// Numbers in the JSON.
    Json,
}

/// A request body.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// Length of the JSON, in bytes.
    pub(super) json_length: usize,
}

#[derive(Serialize)]
struct Request<'a> {
    inputs: Vec<Input<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<Output<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    datatype: &'static str,
    shape: &'a [usize],
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<BinarySize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Numbers<'a>>,
}

#[derive(Serialize)]
struct BinarySize {
    binary_data_size: usize,
}

#[derive(Serialize)]
struct Output<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<BinaryData>,
}

#[derive(Serialize)]
struct BinaryData {
    binary_data: bool,
}

/// The parameters of a request.
struct Parameters<'a> {
    request: &'a InferRequest,
    /// Requests raw bytes for every output.
    binary_output: bool,
}

/// The elements of a tensor, flattened.
struct Numbers<'a>(&'a Tensor);

/// Returns the maximum size of an encoded tensor, in bytes.
pub(super) fn max_bytes(tensor: &Tensor, format: TensorFormat) -> usize {
    let bytes = tensor.data().len();
    if format == TensorFormat::Binary {
        return bytes;
    }
    // With the comma, per byte of the raw data: `255,` is the longest of `UINT8`, and `\u0000` of a text.
    match tensor.datatype() {
        Datatype::Bool | Datatype::Bytes => bytes.saturating_mul(6),
        Datatype::Int8 => bytes.saturating_mul(5),
        Datatype::Fp16 | Datatype::Bf16 => bytes.saturating_mul(9),
        _ => bytes.saturating_mul(4),
    }
}

/// Encodes a request.
pub(super) fn encode(request: &InferRequest, format: TensorFormat) -> Result<Body, ServedError> {
    let binary = format == TensorFormat::Binary;
    let input = |tensor: &'_ Tensor| -> Result<(), ServedError> {
        let infinite = || tensor.to_f32().is_some_and(|values| values.iter().any(|value| !value.is_finite()));
        if !binary && tensor.datatype().is_float() && infinite() {
            let reason = format!("input `{}` has NaN or infinity, which JSON cannot encode", tensor.name());
            return Err(ServedError::invalid_request(reason));
        }
        Ok(())
    };
    request.inputs.iter().try_for_each(input)?;
    let inputs = request.inputs.iter().map(|tensor| Input {
        name: tensor.name(),
        datatype: tensor.datatype().as_str(),
        shape: tensor.shape(),
        parameters: binary.then_some(BinarySize { binary_data_size: tensor.data().len() }),
        data: (!binary).then_some(Numbers(tensor)),
    });
    let outputs = request.outputs.iter();
    let outputs = outputs.map(|name| Output { name, parameters: binary.then_some(BinaryData { binary_data: true }) });
    let binary_output = binary && request.outputs.is_empty();
    let has_parameters = binary_output || !request.parameters.is_empty();
    let header = Request {
        inputs: inputs.collect(),
        outputs: outputs.collect(),
        parameters: has_parameters.then_some(Parameters { request, binary_output }),
    };
    let unencodable = |error: serde_json::Error| ServedError::invalid_request(error.to_string());
    let mut bytes = serde_json::to_vec(&header).map_err(unencodable)?;
    let json_length = bytes.len();
    if binary {
        bytes.reserve_exact(request.inputs.iter().map(|tensor| tensor.data().len()).sum());
        request.inputs.iter().for_each(|tensor| bytes.extend_from_slice(tensor.data()));
    }
    Ok(Body { bytes, json_length })
}

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.binary_output.then_some(("binary_data_output", &Parameter::Bool(true)));
        let set = self.request.parameters.iter().map(|(name, value)| (name.as_str(), value));
        serializer.collect_map(own.into_iter().chain(set))
    }
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
        }
    }
}

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tensor, data) = (self.0, &**self.0.data());
        macro_rules! numbers {
            ($number:ty) => {
                serializer.collect_seq(data.as_chunks().0.iter().map(|word| <$number>::from_le_bytes(*word)))
            };
        }
        match tensor.datatype() {
            Datatype::Bool => serializer.collect_seq(data.iter().map(|value| *value != 0)),
            Datatype::Uint8 => serializer.collect_seq(data),
            Datatype::Int8 => numbers!(i8),
            Datatype::Uint16 => numbers!(u16),
            Datatype::Int16 => numbers!(i16),
            Datatype::Uint32 => numbers!(u32),
            Datatype::Int32 => numbers!(i32),
            Datatype::Uint64 => numbers!(u64),
            Datatype::Int64 => numbers!(i64),
            Datatype::Fp32 => numbers!(f32),
            Datatype::Fp64 => numbers!(f64),
            Datatype::Fp16 | Datatype::Bf16 => serializer.collect_seq(tensor.to_f32().unwrap_or_default()),
            Datatype::Bytes => texts(tensor, serializer),
        }
    }
}

/// Writes byte strings as JSON strings.
fn texts<S: Serializer>(tensor: &Tensor, serializer: S) -> Result<S::Ok, S::Error> {
    let elements = tensor.elements().unwrap_or_default();
    let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
    for element in &elements {
        let text = std::str::from_utf8(element).map_err(|_| {
            serde::ser::Error::custom(format!(
                "input `{}` is not text, and this server takes no other byte strings over HTTP: use gRPC",
                tensor.name()
            ))
        })?;
        sequence.serialize_element(text)?;
    }
    sequence.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> InferRequest {
        let pixels = Tensor::from_u8("image", [1, 2], vec![7, 255]).unwrap();
        let prompts = Tensor::from_f32("prompts", [1], &[0.25]).unwrap();
        InferRequest::new([pixels, prompts])
    }

    #[test]
    fn binary_tensors_follow_the_json() {
        let body = encode(&request(), TensorFormat::Binary).unwrap();
        let (json, tail) = body.bytes.split_at(body.json_length);
        assert_eq!(
            std::str::from_utf8(json).unwrap(),
            concat!(
                r#"{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,2],"parameters":{"binary_data_size":2}},"#,
                r#"{"name":"prompts","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}],"#,
                r#""parameters":{"binary_data_output":true}}"#
            )
        );
        assert_eq!(tail, [7, 255, 0, 0, 0x80, 0x3e]);
    }

    #[test]
    fn json_tensors_are_numbers() {
        let request = request().with_outputs(["boxes"]).with_parameter("priority", Parameter::Int(2));
        let body = encode(&request, TensorFormat::Json).unwrap();
        assert_eq!(
            std::str::from_utf8(&body.bytes).unwrap(),
            concat!(
                r#"{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,2],"data":[7,255]},"#,
                r#"{"name":"prompts","datatype":"FP32","shape":[1],"data":[0.25]}],"#,
                r#""outputs":[{"name":"boxes"}],"parameters":{"priority":2}}"#
            )
        );
        assert_eq!(body.json_length, body.bytes.len());
    }

    #[test]
    fn json_rejects_values_that_it_cannot_encode() {
        let infinite = Tensor::from_f32("x", [1], &[f32::INFINITY]).unwrap();
        let file = Tensor::from_elements("x", [1], &[[0xff, 0xd8]]).unwrap();
        for (tensor, reason) in [(infinite, "NaN or infinity"), (file, "use gRPC")] {
            let request = InferRequest::new([tensor]);
            let error = encode(&request, TensorFormat::Json).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            encode(&request, TensorFormat::Binary).unwrap();
        }
    }
}
