//! Requests and responses of inference.

use std::collections::BTreeMap;

use agent_core::error::Result;

use super::error::ServedError;
use super::tensor::Tensor;

/// A parameter of a request, such as Triton's `priority`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Parameter {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text.
    Text(String),
}

/// A request for one inference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InferRequest {
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) outputs: Vec<String>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
}

impl InferRequest {
    /// Creates a request with the given inputs.
    #[must_use]
    pub fn new(inputs: impl Into<Vec<Tensor>>) -> Self {
        Self { inputs: inputs.into(), ..Self::default() }
    }

    /// Returns the inputs.
    #[must_use]
    pub fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    /// Requests these outputs only. Default: every output of the model.
    #[must_use]
    pub fn with_outputs<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.outputs = names.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: Parameter) -> Self {
        self.parameters.insert(name.into(), value);
        self
    }
}

/// The outputs of one inference.
#[derive(Debug, Clone, PartialEq)]
pub struct InferResponse {
    outputs: Vec<Tensor>,
    /// The server says that it keeps tensors.
    keeps_tensors: bool,
}

impl InferResponse {
    pub(crate) fn new(outputs: Vec<Tensor>) -> Self {
        Self { outputs, keeps_tensors: false }
    }

    /// Sets whether the server says that it keeps tensors.
    pub(crate) fn with_keeps_tensors(self, keeps_tensors: bool) -> Self {
        Self { keeps_tensors, ..self }
    }

    pub(crate) fn keeps_tensors(&self) -> bool {
        self.keeps_tensors
    }

    /// Returns all outputs.
    #[must_use]
    pub fn outputs(&self) -> &[Tensor] {
        &self.outputs
    }

    /// Returns the output with this name and shape. As in the protocol's metadata, -1 in `shape` is any length.
    ///
    /// # Errors
    /// The output is missing, or has another shape.
    pub fn output(&self, name: &str, shape: &[isize]) -> Result<&Tensor> {
        self.find(name, shape).map_err(ServedError::into_agent_error)
    }

    /// Returns the numbers of the output with this name and shape, which are finite. As in the protocol's metadata, -1 in `shape` is
    /// any length.
    ///
    /// # Errors
    /// The output is missing, has another shape, is not of numbers, or contains NaN or infinity.
    pub fn f32(&self, name: &str, shape: &[isize]) -> Result<Vec<f32>> {
        self.find_f32(name, shape).map_err(ServedError::into_agent_error)
    }

    fn find(&self, name: &str, shape: &[isize]) -> Result<&Tensor, ServedError> {
        let found = self.outputs.iter().find(|tensor| tensor.name() == name);
        let tensor = found.ok_or_else(|| ServedError::invalid_response(format!("output `{name}` is missing")))?;
        let same = |(length, wanted): (&usize, &isize)| usize::try_from(*wanted).is_ok_and(|wanted| wanted != *length);
        if tensor.shape().len() != shape.len() || tensor.shape().iter().zip(shape).any(same) {
            let reason = format!("output `{name}` has the shape {:?} instead of {shape:?}", tensor.shape());
            return Err(ServedError::invalid_response(reason));
        }
        Ok(tensor)
    }

    fn find_f32(&self, name: &str, shape: &[isize]) -> Result<Vec<f32>, ServedError> {
        let values = self.find(name, shape)?.to_f32();
        let not_numbers = || ServedError::invalid_response(format!("output `{name}` is not of numbers"));
        let values = values.ok_or_else(not_numbers)?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(ServedError::invalid_response(format!("output `{name}` contains NaN or infinity")));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_checked() {
        let response = InferResponse::new(vec![
            Tensor::from_f32("boxes", [2, 4], &[0.5; 8]).unwrap(),
            Tensor::from_f32("scores", [2], &[0.5, f32::NAN]).unwrap(),
            Tensor::from_elements("names", [1], &["cup"]).unwrap(),
        ]);
        assert_eq!(response.f32("boxes", &[-1, 4]).unwrap(), [0.5; 8]);
        for (name, shape, message) in [
            ("boxes", &[-1, 5][..], "output `boxes` has the shape [2, 4] instead of [-1, 5]"),
            ("boxes", &[8], "output `boxes` has the shape [2, 4] instead of [8]"),
            ("masks", &[1], "output `masks` is missing"),
            ("names", &[1], "output `names` is not of numbers"),
            ("scores", &[-1], "output `scores` contains NaN or infinity"),
        ] {
            let error = response.f32(name, shape).unwrap_err();
            assert_eq!(error.message(), format!("The model server's response is invalid: {message}."));
        }
    }
}
