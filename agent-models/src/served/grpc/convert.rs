//! Conversion between tensors and the messages of gRPC.

use super::dialect::Dialect;
use super::messages::{self, ParameterValue};
use super::typed;
use crate::served::datatype::Datatype;
use crate::served::digest::{ALGORITHM, KEPT_TENSORS};
use crate::served::error::ServedError;
use crate::served::message::{InferRequest, InferResponse, Parameter};
use crate::served::metadata::{ModelMetadata, TensorMetadata};
use crate::served::tensor::Tensor;

/// Converts a request. The tensors are raw, and not copied, if the dialect has raw tensors.
pub(super) fn request(
    model: messages::ModelRequest,
    request: &InferRequest,
    dialect: Dialect,
) -> Result<messages::InferRequest, ServedError> {
    let raw = dialect.has_raw_tensors();
    let input = |tensor: &Tensor| {
        let too_large = |_| ServedError::invalid_request(format!("the shape {:?} is too large", tensor.shape()));
        let shape = tensor.shape().iter().map(|length| i64::try_from(*length)).collect::<Result<_, _>>();
        Ok(messages::Tensor {
            name: tensor.name().to_owned(),
            datatype: tensor.datatype().as_str().to_owned(),
            shape: shape.map_err(too_large)?,
            contents: if raw { None } else { Some(typed::from_raw(tensor)?) },
        })
    };
    let parameter = |(name, value): (&String, &Parameter)| {
        let value = match value {
            Parameter::Bool(value) => ParameterValue::Bool(*value),
            Parameter::Int(value) => ParameterValue::Int(*value),
            Parameter::Text(value) => ParameterValue::Text(value.clone()),
        };
        (name.clone(), messages::Parameter { value: Some(value) })
    };
    Ok(messages::InferRequest {
        model_name: model.name,
        model_version: model.version,
        parameters: request.parameters.iter().map(parameter).collect(),
        inputs: request.inputs.iter().map(input).collect::<Result<_, _>>()?,
        outputs: request.outputs.iter().map(|name| messages::RequestedOutput { name: name.clone() }).collect(),
        raw_input_contents: request.inputs.iter().filter(|_| raw).map(|tensor| tensor.data().clone()).collect(),
    })
}

/// Converts a response. Its tensors are either all raw, or all typed.
pub(super) fn response(message: messages::InferResponse) -> Result<InferResponse, ServedError> {
    let messages::InferResponse { parameters, outputs, raw_output_contents: raw } = message;
    let kept = parameters.get(KEPT_TENSORS).and_then(|parameter| parameter.value.as_ref());
    let keeps_tensors = matches!(kept, Some(ParameterValue::Text(algorithm)) if algorithm == ALGORITHM);
    if !raw.is_empty() && raw.len() != outputs.len() {
        let reason = format!("it has {} outputs, and the data of {}", outputs.len(), raw.len());
        return Err(ServedError::invalid_response(reason));
    }
    let mut raw = raw.into_iter();
    let output = |output: messages::Tensor| {
        let datatype: Datatype = output.datatype.parse()?;
        let shape: Result<Vec<usize>, _> = output.shape.iter().map(|length| usize::try_from(*length)).collect();
        let negative = |_| ServedError::invalid_response(format!("a shape is {:?}", output.shape));
        let data = match raw.next() {
            Some(data) => data,
            None => typed::to_raw(datatype, &output.contents.unwrap_or_default())?,
        };
        Tensor::from_response(output.name, datatype, shape.map_err(negative)?, data)
    };
    let outputs = outputs.into_iter().map(output).collect::<Result<_, _>>()?;
    Ok(InferResponse::new(outputs).with_keeps_tensors(keeps_tensors))
}

/// Converts metadata.
pub(super) fn metadata(message: messages::MetadataResponse) -> Result<ModelMetadata, ServedError> {
    let tensors = |tensors: Vec<messages::TensorMetadata>| {
        let tensor = |tensor: messages::TensorMetadata| {
            Ok(TensorMetadata { name: tensor.name, datatype: tensor.datatype.parse()?, shape: tensor.shape })
        };
        tensors.into_iter().map(tensor).collect::<Result<Vec<_>, ServedError>>()
    };
    Ok(ModelMetadata::new(tensors(message.inputs)?, tensors(message.outputs)?))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::served::grpc::messages::Contents;

    fn output(datatype: &str, shape: &[i64], contents: Option<Contents>) -> messages::Tensor {
        messages::Tensor { name: "y".to_owned(), datatype: datatype.to_owned(), shape: shape.to_vec(), contents }
    }

    fn converted(output: messages::Tensor, raw: &[&'static [u8]]) -> Result<Tensor, String> {
        let raw_output_contents = raw.iter().map(|data| Bytes::from_static(data)).collect();
        let message = messages::InferResponse {
            outputs: vec![output],
            raw_output_contents,
            ..messages::InferResponse::default()
        };
        let response = response(message).map_err(|error| error.to_string())?;
        Ok(response.outputs()[0].clone())
    }

    #[test]
    fn reads_raw_and_typed_tensors() {
        let raw = converted(output("INT16", &[2], None), &[&[1, 0, 255, 255]]).unwrap();
        let contents = Contents { ints: vec![1, -1], ..Contents::default() };
        assert_eq!(converted(output("INT16", &[2], Some(contents)), &[]).unwrap(), raw);
        assert_eq!(raw.to_f32().unwrap(), [1.0, -1.0]);
        let contents = Contents { bytes: vec![Bytes::from_static(b"cup")], ..Contents::default() };
        let texts = converted(output("BYTES", &[1], Some(contents)), &[]).unwrap();
        assert_eq!(texts.elements().unwrap(), ["cup"]);
    }

    #[test]
    fn describes_invalid_tensors() {
        let large = Contents { uints: vec![256], ..Contents::default() };
        for (tensor, raw, reason) in [
            (output("UINT8", &[1], Some(large)), &[][..], "out of the range of UINT8"),
            (output("FP32", &[-1], None), &[], "a shape is [-1]"),
            (output("FP32", &[1], None), &[&[0; 8][..]], "has 8 bytes"),
            (output("FP32", &[1], None), &[], "has 0 bytes"),
            (output("FP32", &[1], None), &[&[0; 4][..], &[0; 4]], "1 outputs, and the data of 2"),
            (output("FP99", &[1], None), &[], "unknown datatype"),
        ] {
            let error = converted(tensor, raw).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
