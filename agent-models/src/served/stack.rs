//! Concatenation of requests along the first dimension, and the reverse for responses.

use bytes::{Bytes, BytesMut};

use super::datatype::Datatype;
use super::error::ServedError;
use super::message::{InferRequest, InferResponse};
use super::tensor::Tensor;

/// Returns the length of the first dimension, which all inputs share.
pub(super) fn rows(request: &InferRequest) -> Result<usize, ServedError> {
    let mut lengths = request.inputs.iter().map(|tensor| tensor.shape().first().copied().unwrap_or(0));
    match lengths.next() {
        Some(rows) if rows > 0 && lengths.all(|length| length == rows) => Ok(rows),
        _ => Err(ServedError::invalid_request("the inputs of a batch have different first dimensions, or none")),
    }
}

/// Concatenates requests that differ in the first dimension only. There is at least one.
pub(super) fn stack(requests: &[&InferRequest]) -> InferRequest {
    let mut stacked = requests[0].clone();
    if requests.len() == 1 {
        return stacked;
    }
    for (index, input) in stacked.inputs.iter_mut().enumerate() {
        let parts = || requests.iter().map(|request| &request.inputs[index]);
        let mut data = BytesMut::with_capacity(parts().map(|tensor| tensor.data().len()).sum());
        parts().for_each(|tensor| data.extend_from_slice(tensor.data()));
        let rows = parts().map(|tensor| tensor.shape()[0]).sum();
        *input = input.with_rows(rows, data.freeze());
    }
    stacked
}

/// Splits a response into parts of these numbers of rows. The parts share the memory of the response.
pub(super) fn split(response: &InferResponse, counts: &[usize]) -> Result<Vec<InferResponse>, ServedError> {
    let mut parts: Vec<Vec<Tensor>> = counts.iter().map(|_| Vec::with_capacity(response.outputs().len())).collect();
    let total: usize = counts.iter().sum();
    for output in response.outputs() {
        if output.shape().first() != Some(&total) {
            let reason = format!("output `{}` of a batch of {total} has the shape {:?}", output.name(), output.shape());
            return Err(ServedError::invalid_response(reason));
        }
        let mut data = output.data().clone();
        for (part, rows) in parts.iter_mut().zip(counts) {
            let bytes = length_of(&data, output, *rows, total);
            part.push(output.with_rows(*rows, data.split_to(bytes)));
        }
    }
    Ok(parts.into_iter().map(InferResponse::new).collect())
}

/// Returns the length of the next rows in bytes. The tensor has been checked, so that its lengths are right.
fn length_of(data: &Bytes, output: &Tensor, rows: usize, total: usize) -> usize {
    if output.datatype() != Datatype::Bytes {
        return output.data().len() / total * rows;
    }
    let elements = output.count().unwrap_or(0) / total * rows;
    let mut length = 0;
    for _ in 0..elements {
        let prefix =
            data.get(length..).and_then(|rest| rest.first_chunk()).map_or(0, |prefix| u32::from_le_bytes(*prefix));
        length += 4 + usize::try_from(prefix).unwrap_or(usize::MAX - 4);
    }
    length.min(data.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(rows: usize, first: u8) -> InferRequest {
        let pixels: Vec<u8> = (first..).take(2 * rows).collect();
        let names: Vec<String> = (0..rows).map(|row| "x".repeat(row + usize::from(first))).collect();
        InferRequest::new([
            Tensor::from_u8("pixels", [rows, 2], pixels).unwrap(),
            Tensor::from_elements("names", [rows], &names).unwrap(),
        ])
    }

    #[test]
    fn split_reverses_stack() {
        let requests = [request(1, 1), request(3, 7), request(2, 0)];
        let stacked = stack(&requests.each_ref());
        assert_eq!(stacked.inputs[0].shape(), [6, 2]);
        let parts = split(&InferResponse::new(stacked.inputs), &[1, 3, 2]).unwrap();
        for (part, request) in parts.iter().zip(&requests) {
            assert_eq!(part.outputs(), request.inputs);
        }
    }

    #[test]
    fn rejects_inputs_and_outputs_that_are_not_batches() {
        let scalar = InferRequest::new([Tensor::from_f32("x", [], &[1.0]).unwrap()]);
        let mixed = InferRequest::new([request(2, 0).inputs, request(3, 0).inputs].concat());
        assert!(rows(&scalar).is_err() && rows(&mixed).is_err() && rows(&InferRequest::default()).is_err());
        let error = split(&InferResponse::new(request(3, 0).inputs), &[1, 1]).unwrap_err();
        assert_eq!(error.to_string(), "invalid response: output `pixels` of a batch of 2 has the shape [3, 2]");
    }
}
