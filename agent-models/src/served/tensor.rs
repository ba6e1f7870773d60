//! Tensors of requests and responses.

use std::sync::{Arc, OnceLock};

use agent_core::error::{AgentError, Result};
use bytes::Bytes;

use super::datatype::Datatype;
use super::digest::Digest;
use super::error::ServedError;
use super::half::{brain, half};

/// A named tensor. Cheap to clone: clones share the data.
///
/// The data is what the protocol calls *raw*: elements in row-major order and little-endian, and byte strings each after its length
/// as a `u32`.
#[derive(Clone)]
pub struct Tensor {
    name: String,
    datatype: Datatype,
    shape: Vec<usize>,
    data: Bytes,
    /// Set if the tensor is sent once. Clones share the digest.
    digest: Option<Arc<OnceLock<Digest>>>,
}

/// Tensors are equal if they have the same content and name.
impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.datatype, &self.shape, &self.data) == (&other.name, other.datatype, &other.shape, &other.data)
    }
}

impl Tensor {
    /// Creates a tensor from raw data. An image that is already in memory is not copied: `Bytes::from_owner(image)`.
    ///
    /// # Errors
    /// The length of the data does not match the shape.
    pub fn from_raw(
        name: impl Into<String>,
        datatype: Datatype,
        shape: impl Into<Vec<usize>>,
        data: impl Into<Bytes>,
    ) -> Result<Self> {
        let tensor = Self { name: name.into(), datatype, shape: shape.into(), data: data.into(), digest: None };
        tensor.check().map_err(ServedError::invalid_request).map_err(ServedError::into_agent_error)?;
        Ok(tensor)
    }

    /// Creates a tensor of the datatype `FP32`.
    ///
    /// # Errors
    /// The number of values does not match the shape.
    pub fn from_f32(name: impl Into<String>, shape: impl Into<Vec<usize>>, values: &[f32]) -> Result<Self> {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self::from_raw(name, Datatype::Fp32, shape, data)
    }

    /// Creates a tensor of the datatype `INT64`.
    ///
    /// # Errors
    /// The number of values does not match the shape.
    pub fn from_i64(name: impl Into<String>, shape: impl Into<Vec<usize>>, values: &[i64]) -> Result<Self> {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self::from_raw(name, Datatype::Int64, shape, data)
    }

    /// Creates a tensor of the datatype `UINT8`, such as the pixels of an image with the shape `[height, width, 3]`.
    ///
    /// # Errors
    /// The number of values does not match the shape.
    pub fn from_u8(name: impl Into<String>, shape: impl Into<Vec<usize>>, values: impl Into<Bytes>) -> Result<Self> {
        Self::from_raw(name, Datatype::Uint8, shape, values)
    }

    /// Creates a tensor of the datatype `BYTES`, such as JPEG files or texts.
    ///
    /// # Errors
    /// The number of elements does not match the shape, or an element is longer than 4 GiB.
    pub fn from_elements(
        name: impl Into<String>,
        shape: impl Into<Vec<usize>>,
        elements: &[impl AsRef<[u8]>],
    ) -> Result<Self> {
        let mut data = Vec::with_capacity(elements.iter().map(|element| 4 + element.as_ref().len()).sum());
        for element in elements.iter().map(AsRef::as_ref) {
            data.extend(u32::try_from(element.len()).map_err(AgentError::internal)?.to_le_bytes());
            data.extend(element);
        }
        Self::from_raw(name, Datatype::Bytes, shape, data)
    }

    /// Creates a tensor of a response.
    pub(crate) fn from_response(
        name: String,
        datatype: Datatype,
        shape: Vec<usize>,
        data: Bytes,
    ) -> Result<Self, ServedError> {
        let tensor = Self { name, datatype, shape, data, digest: None };
        tensor.check().map_err(ServedError::invalid_response)?;
        Ok(tensor)
    }

    /// Returns a tensor like this one with another first dimension, and the data for it.
    pub(crate) fn with_rows(&self, rows: usize, data: Bytes) -> Self {
        let mut shape = self.shape.clone();
        shape[0] = rows;
        Self { name: self.name.clone(), datatype: self.datatype, shape, data, digest: None }
    }

    /// Marks an input that many requests contain, such as the image of a frame: a server that keeps tensors gets the data with the first
    /// request only, and a SHA-256 digest of it with further ones. If the server does not have the tensor any more, the client sends it
    /// again. Other servers get the data with every request. Inputs below 1 KiB are always sent.
    ///
    /// A request with such an input is not joined with others to a batch.
    #[must_use]
    pub fn sent_once(mut self) -> Self {
        self.digest = Some(Arc::default());
        self
    }

    /// Returns the digest of a tensor that is sent once, which is computed by the first call. `None` for other tensors.
    pub(crate) fn digest(&self) -> Option<Digest> {
        let digest = self.digest.as_ref()?;
        Some(*digest.get_or_init(|| Digest::compute(self.datatype, &self.shape, &self.data)))
    }

    /// Returns `true` if the tensor is sent once.
    pub(crate) fn is_sent_once(&self) -> bool {
        self.digest.is_some()
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the datatype.
    #[must_use]
    pub fn datatype(&self) -> Datatype {
        self.datatype
    }

    /// Returns the length of each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Returns the raw data.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the elements of a tensor of the datatype `BYTES`. `None` for other datatypes.
    #[must_use]
    pub fn elements(&self) -> Option<Vec<Bytes>> {
        if self.datatype == Datatype::Bytes { split_elements(&self.data) } else { None }
    }

    /// Returns the elements as `f32`. Numbers of other datatypes are rounded to the nearest. `None` for `BYTES`.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "rounded, as documented")]
    pub fn to_f32(&self) -> Option<Vec<f32>> {
        let data = &*self.data;
        Some(match self.datatype {
            Datatype::Bool => data.iter().map(|value| f32::from(u8::from(*value != 0))).collect(),
            Datatype::Uint8 => data.iter().map(|value| f32::from(*value)).collect(),
            Datatype::Int8 => data.iter().map(|value| f32::from(value.cast_signed())).collect(),
            Datatype::Uint16 => words(data).map(|word| f32::from(u16::from_le_bytes(word))).collect(),
            Datatype::Int16 => words(data).map(|word| f32::from(i16::from_le_bytes(word))).collect(),
            Datatype::Uint32 => words(data).map(|word| u32::from_le_bytes(word) as f32).collect(),
            Datatype::Int32 => words(data).map(|word| i32::from_le_bytes(word) as f32).collect(),
            Datatype::Uint64 => words(data).map(|word| u64::from_le_bytes(word) as f32).collect(),
            Datatype::Int64 => words(data).map(|word| i64::from_le_bytes(word) as f32).collect(),
            Datatype::Fp16 => words(data).map(|word| half(u16::from_le_bytes(word))).collect(),
            Datatype::Bf16 => words(data).map(|word| brain(u16::from_le_bytes(word))).collect(),
            Datatype::Fp32 => words(data).map(f32::from_le_bytes).collect(),
            Datatype::Fp64 => words(data).map(|word| f64::from_le_bytes(word) as f32).collect(),
            Datatype::Bytes => return None,
        })
    }

    /// Returns the number of elements in the shape. `None` if it overflows.
    pub(crate) fn count(&self) -> Option<usize> {
        self.shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length))
    }

    /// Checks the length of the data.
    fn check(&self) -> Result<(), String> {
        let held = match self.datatype.size() {
            Some(size) => self.data.len().is_multiple_of(size).then_some(self.data.len() / size),
            None => split_elements(&self.data).map(|elements| elements.len()),
        };
        if held.is_some() && held == self.count() {
            return Ok(());
        }
        let (name, shape, datatype) = (&self.name, &self.shape, self.datatype);
        Err(format!("tensor {name:?} of shape {shape:?} and type {datatype} has {} bytes", self.data.len()))
    }
}

impl std::fmt::Debug for Tensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, datatype, shape, data, .. } = self;
        write!(f, "Tensor({name:?}, {datatype}, {shape:?}, {} bytes)", data.len())
    }
}

/// Splits the raw data of a tensor of byte strings. Returns `None` if a length is wrong.
fn split_elements(data: &Bytes) -> Option<Vec<Bytes>> {
    let (mut rest, mut elements) = (data.clone(), Vec::new());
    while !rest.is_empty() {
        let length = rest.first_chunk().map(|length| u32::from_le_bytes(*length))?;
        let end = 4 + usize::try_from(length).ok()?;
        if end > rest.len() {
            return None;
        }
        elements.push(rest.split_to(end).slice(4..));
    }
    Some(elements)
}

fn words<const SIZE: usize>(data: &[u8]) -> impl Iterator<Item = [u8; SIZE]> {
    data.as_chunks::<SIZE>().0.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_numbers_to_f32() {
        let tensor = Tensor::from_i64("t", [2], &[-3, 1 << 40]).unwrap();
        assert_eq!(tensor.to_f32().unwrap(), [-3.0, 1_099_511_627_776.0]);
    }

    #[test]
    fn rejects_data_that_does_not_match_shape() {
        for (shape, length) in [(vec![2, 2], 15), (vec![2, 2], 20), (vec![usize::MAX, 2], 16), (vec![0], 4)] {
            let error = Tensor::from_raw("t", Datatype::Fp32, shape, vec![0; length]).unwrap_err();
            assert!(error.chain().contains("has"), "{error:?}");
        }
        assert!(Tensor::from_raw("t", Datatype::Bytes, [1], vec![9, 0, 0, 0, 1]).is_err());
    }

    #[test]
    fn splits_byte_strings() {
        let tensor = Tensor::from_elements("t", [2], &["a", "ñ"]).unwrap();
        assert_eq!(tensor.elements().unwrap(), ["a", "ñ"]);
        assert_eq!(tensor.to_f32(), None);
    }
}
