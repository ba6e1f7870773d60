//! Checkpoints of `PyTorch`: tensors by name, read without `PyTorch`.

mod pickle;
mod zip;

use std::collections::HashMap;
use std::ops::Range;

use pickle::StoredTensor;

use super::error::LoadError;

/// The tensors of a checkpoint.
pub(super) struct Checkpoint {
    archive: Vec<u8>,
    /// Files of the archive.
    files: HashMap<String, Range<usize>>,
    /// Name of the folder in the archive.
    folder: String,
    tensors: HashMap<String, StoredTensor>,
}

impl Checkpoint {
    /// Parses a checkpoint.
    pub(super) fn parse(archive: Vec<u8>) -> Result<Self, LoadError> {
        let malformed = || LoadError::Malformed("it is not a PyTorch checkpoint".to_owned());
        let files = zip::entries(&archive).ok_or_else(malformed)?;
        let (name, range) = files.iter().find(|(name, _)| name.ends_with("/data.pkl")).ok_or_else(malformed)?;
        let folder = name.trim_end_matches("data.pkl").to_owned();
        let tensors = archive.get(range.clone()).and_then(pickle::tensors).ok_or_else(malformed)?;
        Ok(Self { folder, tensors: tensors.into_iter().collect(), files, archive })
    }

    /// Returns the elements of a tensor, row by row.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let tensor = self.tensors.get(name);
        let tensor = tensor.ok_or_else(|| LoadError::Malformed(format!("the tensor `{name}` is missing")))?;
        self.read(tensor, shape).ok_or_else(|| {
            let found = &tensor.shape;
            LoadError::Malformed(format!("the tensor `{name}` has the shape {found:?} instead of {shape:?}"))
        })
    }

    fn read(&self, tensor: &StoredTensor, shape: &[usize]) -> Option<Vec<f32>> {
        // Contiguous, as PyTorch saves what is not a view.
        let contiguous = shape.iter().rev().scan(1, |next, length| {
            let stride = *next;
            *next *= length;
            Some(stride)
        });
        let is_contiguous = tensor.strides.iter().rev().copied().eq(contiguous);
        if tensor.shape != shape || tensor.class != "torch.FloatStorage" || !is_contiguous {
            return None;
        }
        let file = self.files.get(&format!("{}data/{}", self.folder, tensor.storage))?;
        let bytes = self.archive.get(file.clone())?;
        let length = shape.iter().product::<usize>() * 4;
        let bytes = bytes.get(tensor.offset.checked_mul(4)?..)?.get(..length)?;
        Some(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}
