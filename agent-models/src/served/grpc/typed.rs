//! Conversion between raw data and the typed elements of messages.

use bytes::Bytes;

use super::messages::Contents;
use crate::served::datatype::Datatype;
use crate::served::error::ServedError;
use crate::served::tensor::Tensor;

/// Converts the elements of a tensor to raw data. Smaller integers are sent as 32 bits.
pub(super) fn to_raw(datatype: Datatype, contents: &Contents) -> Result<Bytes, ServedError> {
    let out_of_range = || ServedError::invalid_response(format!("a number is out of the range of {datatype}"));
    macro_rules! narrowed {
        ($values:expr, $number:ty) => {{
            let mut data = Vec::with_capacity($values.len() * size_of::<$number>());
            for value in $values {
                data.extend(<$number>::try_from(*value).map_err(|_| out_of_range())?.to_le_bytes());
            }
            data
        }};
    }
    macro_rules! floats {
        ($values:expr) => {
            $values.iter().flat_map(|value| value.to_le_bytes()).collect()
        };
    }
    let data: Vec<u8> = match datatype {
        Datatype::Bool => contents.bools.iter().map(|value| u8::from(*value)).collect(),
        Datatype::Uint8 => narrowed!(&contents.uints, u8),
        Datatype::Uint16 => narrowed!(&contents.uints, u16),
        Datatype::Uint32 => narrowed!(&contents.uints, u32),
        Datatype::Uint64 => narrowed!(&contents.uint64s, u64),
        Datatype::Int8 => narrowed!(&contents.ints, i8),
        Datatype::Int16 => narrowed!(&contents.ints, i16),
        Datatype::Int32 => narrowed!(&contents.ints, i32),
        Datatype::Int64 => narrowed!(&contents.int64s, i64),
        Datatype::Fp32 => floats!(contents.fp32s),
        Datatype::Fp64 => floats!(contents.fp64s),
        // The protocol sends these two raw only.
        Datatype::Fp16 | Datatype::Bf16 => Vec::new(),
        Datatype::Bytes => {
            let mut data = Vec::new();
            for element in &contents.bytes {
                data.extend(u32::try_from(element.len()).map_err(|_| out_of_range())?.to_le_bytes());
                data.extend_from_slice(element);
            }
            data
        }
    };
    Ok(data.into())
}

/// Converts the raw data of a tensor to typed elements.
pub(super) fn from_raw(tensor: &Tensor) -> Result<Contents, ServedError> {
    let (data, mut contents) = (&**tensor.data(), Contents::default());
    macro_rules! numbers {
        ($number:ty) => {
            data.as_chunks().0.iter().map(|word| <$number>::from_le_bytes(*word).into()).collect()
        };
    }
    match tensor.datatype() {
        Datatype::Bool => contents.bools = data.iter().map(|value| *value != 0).collect(),
        Datatype::Uint8 => contents.uints = data.iter().map(|value| u32::from(*value)).collect(),
        Datatype::Uint16 => contents.uints = numbers!(u16),
        Datatype::Uint32 => contents.uints = numbers!(u32),
        Datatype::Uint64 => contents.uint64s = numbers!(u64),
        Datatype::Int8 => contents.ints = numbers!(i8),
        Datatype::Int16 => contents.ints = numbers!(i16),
        Datatype::Int32 => contents.ints = numbers!(i32),
        Datatype::Int64 => contents.int64s = numbers!(i64),
        Datatype::Fp32 => contents.fp32s = numbers!(f32),
        Datatype::Fp64 => contents.fp64s = numbers!(f64),
        Datatype::Fp16 | Datatype::Bf16 => {
            let reason = format!("input `{}` is {}, which TorchServe does not take", tensor.name(), tensor.datatype());
            return Err(ServedError::invalid_request(reason));
        }
        Datatype::Bytes => contents.bytes = tensor.elements().unwrap_or_default(),
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_elements_are_the_raw_data() {
        for (datatype, size) in [
            (Datatype::Uint8, 1),
            (Datatype::Uint16, 2),
            (Datatype::Uint32, 4),
            (Datatype::Uint64, 8),
            (Datatype::Int8, 1),
            (Datatype::Int16, 2),
            (Datatype::Int32, 4),
            (Datatype::Int64, 8),
            (Datatype::Fp32, 4),
            (Datatype::Fp64, 8),
        ] {
            let data: Vec<u8> = (0_u8..16).map(|byte| 250 - 15 * byte).collect();
            let tensor = Tensor::from_raw("t", datatype, [16 / size], data.clone()).unwrap();
            assert_eq!(to_raw(datatype, &from_raw(&tensor).unwrap_or_default()).unwrap(), data, "{datatype}");
        }
        let texts = Tensor::from_elements("t", [2], &["a", "ñ"]).unwrap();
        assert_eq!(to_raw(Datatype::Bytes, &from_raw(&texts).unwrap_or_default()).unwrap(), texts.data());
        let half = Tensor::from_raw("t", Datatype::Fp16, [1], vec![0, 0]).unwrap();
        assert!(from_raw(&half).is_err());
    }
}
