//! Metadata of models.

use super::datatype::Datatype;

/// The inputs and outputs of a model, as its server describes them. A server may describe none.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelMetadata {
    /// The inputs.
    pub inputs: Vec<TensorMetadata>,
    /// The outputs.
    pub outputs: Vec<TensorMetadata>,
}

/// The description of a tensor.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TensorMetadata {
    /// The name.
    pub name: String,
    /// The datatype.
    pub datatype: Datatype,
    /// The length of each dimension; -1 for any.
    pub shape: Vec<i64>,
}

impl ModelMetadata {
    pub(super) fn new(inputs: Vec<TensorMetadata>, outputs: Vec<TensorMetadata>) -> Self {
        Self { inputs, outputs }
    }

    /// Returns the input with this name.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&TensorMetadata> {
        self.inputs.iter().find(|tensor| tensor.name == name)
    }

    /// Returns the output with this name.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&TensorMetadata> {
        self.outputs.iter().find(|tensor| tensor.name == name)
    }
}
