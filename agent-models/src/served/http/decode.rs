//! Bodies of inference responses.

use agent_platform::memory::ByteBudget;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::refusal::message;
use crate::served::datatype::Datatype;
use crate::served::digest::ALGORITHM;
use crate::served::error::ServedError;
use crate::served::half::to_half;
use crate::served::memory;
use crate::served::message::InferResponse;
use crate::served::tensor::Tensor;

/// Maximum number of outputs.
const MAX_OUTPUTS: usize = 1000;

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    outputs: Vec<Output<'a>>,
    #[serde(borrow, default)]
    parameters: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Output<'a> {
    name: String,
    datatype: String,
    shape: Vec<usize>,
    #[serde(default)]
    parameters: Option<Parameters>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Parameters {
    binary_data_size: Option<usize>,
}

/// The parameters of a response. Servers may add others, of any type.
#[derive(Deserialize)]
struct ResponseParameters {
    kept_tensors: String,
}

/// Decodes a response. `json_length` is the length of the JSON if raw tensors follow.
pub(super) fn decode(
    mut body: Bytes,
    json_length: Option<usize>,
    budget: &ByteBudget,
) -> Result<InferResponse, ServedError> {
    let json_length = json_length.unwrap_or(body.len());
    if json_length > body.len() {
        let reason = format!("its JSON should be {json_length} bytes long, of {} bytes", body.len());
        return Err(ServedError::invalid_response(reason));
    }
    let json = body.split_to(json_length);
    let response: Response<'_> = serde_json::from_slice(&json).map_err(|error| match message(&json) {
        // Some servers report the failure of a model with the status 200.
        Some(message) => ServedError::rejected("200 OK", &message),
        None => not_json(&json, &error),
    })?;
    if response.outputs.len() > MAX_OUTPUTS {
        return Err(ServedError::invalid_response(format!("it has more than {MAX_OUTPUTS} outputs")));
    }
    let parameters = response.parameters.and_then(|json| serde_json::from_str::<ResponseParameters>(json.get()).ok());
    let keeps_tensors = parameters.is_some_and(|parameters| parameters.kept_tensors == ALGORITHM);
    let mut outputs = Vec::with_capacity(response.outputs.len());
    for output in response.outputs {
        let datatype: Datatype = output.datatype.parse()?;
        let data = match (output.parameters.and_then(|parameters| parameters.binary_data_size), output.data) {
            (Some(size), _) if size <= body.len() => body.split_to(size),
            (Some(_), _) => return Err(ServedError::invalid_response("it ends within a tensor")),
            (None, Some(data)) => elements(&output.name, datatype, &output.shape, data, budget)?,
            (None, None) => return Err(ServedError::invalid_response(format!("output {:?} has no data", output.name))),
        };
        outputs.push(Tensor::from_response(output.name, datatype, output.shape, data)?);
    }
    if !body.is_empty() {
        return Err(ServedError::invalid_response(format!("{} bytes follow the last tensor", body.len())));
    }
    Ok(InferResponse::new(outputs).with_keeps_tensors(keeps_tensors))
}

/// Describes a body that cannot be parsed.
pub(super) fn not_json(body: &[u8], error: &serde_json::Error) -> ServedError {
    let start = body.trim_ascii_start();
    ServedError::invalid_response(match start.first() {
        None => "it is empty".to_owned(),
        Some(b'<') => "it is HTML instead of JSON; the URL may be that of another server".to_owned(),
        // Other messages of serde quote the body, which may be anything.
        Some(_) if error.is_data() && error.to_string().starts_with("missing field") => error.to_string(),
        Some(_) if error.is_data() => {
            format!("it does not match the protocol at line {} column {}", error.line(), error.column())
        }
        Some(_) => format!("it is not JSON: {error}"),
    })
}

/// Converts the elements of an output, flat or nested, to raw data.
fn elements(
    name: &str,
    datatype: Datatype,
    shape: &[usize],
    data: &RawValue,
    budget: &ByteBudget,
) -> Result<Bytes, ServedError> {
    let count = shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length));
    let wrong = |reason: String| ServedError::invalid_response(format!("output {name:?}: {reason}"));
    let count = count.ok_or_else(|| wrong(format!("the shape {shape:?} is too large")))?;
    // `0,` is an element of 8 bytes at most, and `"",` one of 4. The buffer doubles when it grows.
    let per_character = datatype.size().unwrap_or(4).div_ceil(2);
    let most = data.get().len().saturating_mul(per_character);
    let needed = datatype.size().map_or(most, |size| most.min(count.saturating_mul(size))).saturating_mul(2);
    let mut permit = memory::acquire(needed, budget)?;
    let mut raw = Raw { datatype, left: count, bytes: Vec::new() };
    let mut json = serde_json::Deserializer::from_str(data.get());
    // Elements are counted while they are parsed, so that the memory is that of the shape at most.
    raw.deserialize(&mut json).map_err(|error| wrong(error.to_string()))?;
    if raw.left > 0 {
        return Err(wrong(format!("{} of {count} elements are missing", raw.left)));
    }
    permit.shrink(raw.bytes.capacity() as u64);
    Ok(memory::held(raw.bytes, permit))
}

/// Raw data that grows with each element.
struct Raw {
    datatype: Datatype,
    left: usize,
    bytes: Vec<u8>,
}

impl Raw {
    fn push(&mut self, element: &[u8]) -> Result<(), &'static str> {
        self.left = self.left.checked_sub(1).ok_or("it has more elements than its shape")?;
        self.bytes.extend_from_slice(element);
        Ok(())
    }

    fn push_integer(&mut self, value: i128) -> Result<(), &'static str> {
        const RANGE: &str = "a number is out of the range of its datatype";
        macro_rules! integer {
            ($number:ty) => {{ self.push(&<$number>::try_from(value).map_err(|_| RANGE)?.to_le_bytes()) }};
        }
        match self.datatype {
            Datatype::Bool if (0..=1).contains(&value) => self.push(&[u8::from(value == 1)]),
            Datatype::Uint8 => integer!(u8),
            Datatype::Uint16 => integer!(u16),
            Datatype::Uint32 => integer!(u32),
            Datatype::Uint64 => integer!(u64),
            Datatype::Int8 => integer!(i8),
            Datatype::Int16 => integer!(i16),
            Datatype::Int32 => integer!(i32),
            Datatype::Int64 => integer!(i64),
            #[allow(clippy::cast_precision_loss, reason = "JSON has one type of number")]
            datatype if datatype.is_float() => self.push_float(value as f64),
            _ => Err("an element has another type"),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounded to the datatype")]
    fn push_float(&mut self, value: f64) -> Result<(), &'static str> {
        match self.datatype {
            Datatype::Fp64 => self.push(&value.to_le_bytes()),
            Datatype::Fp32 => self.push(&(value as f32).to_le_bytes()),
            Datatype::Bf16 => self.push(&(value as f32).to_le_bytes()[2..]),
            Datatype::Fp16 => self.push(&to_half(value as f32).to_le_bytes()),
            _ if value.fract() == 0.0 && value.abs() < 9e15 => self.push_integer(value as i128),
            _ => Err("a number is not an integer"),
        }
    }

    fn push_text(&mut self, text: &str) -> Result<(), &'static str> {
        if self.datatype != Datatype::Bytes {
            return Err("an element has another type");
        }
        let length = u32::try_from(text.len()).map_err(|_| "a text is too long")?;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.push(text.as_bytes())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Raw {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Raw {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "elements of the datatype {}", self.datatype)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        if self.datatype == Datatype::Bool { self.push(&[u8::from(value)]) } else { Err("an element has another type") }
            .map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.push_integer(value.into()).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.push_integer(value.into()).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.push_float(value).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.push_text(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(json: &str) -> Result<InferResponse, String> {
        decode(Bytes::copy_from_slice(json.as_bytes()), None, &ByteBudget::new(64 << 20))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_flat_and_nested_numbers() {
        for data in ["[1,2.5,3,4]", "[[1,2.5],[3,4]]"] {
            let json = format!(r#"{{"outputs":[{{"data":{data},"name":"x","shape":[2,2],"datatype":"FP32"}}]}}"#);
            assert_eq!(decoded(&json).unwrap().f32("x", &[2, 2]).unwrap(), [1.0, 2.5, 3.0, 4.0]);
        }
    }

    #[test]
    fn reads_binary_tensors() {
        let json = br#"{"outputs":[{"name":"a","datatype":"UINT8","shape":[2],"parameters":{"binary_data_size":2}},
            {"name":"b","datatype":"BYTES","shape":[1],"data":["cup"]},
            {"name":"c","datatype":"FP16","shape":[1],"parameters":{"binary_data_size":2}}]}"#;
        let body = Bytes::from([&json[..], &[1, 255, 0, 0x3c]].concat());
        let response = decode(body.clone(), Some(json.len()), &ByteBudget::global()).unwrap();
        assert_eq!(response.f32("a", &[2]).unwrap(), [1.0, 255.0]);
        assert_eq!(response.output("b", &[-1]).unwrap().elements().unwrap(), ["cup"]);
        assert_eq!(response.f32("c", &[1]).unwrap(), [1.0]);
        for end in [body.len() - 1, json.len() - 1, 0] {
            assert!(decode(body.slice(..end), Some(json.len()), &ByteBudget::global()).is_err(), "{end}");
        }
        let longer = Bytes::from([&body[..], b"!"].concat());
        let error = decode(longer, Some(json.len()), &ByteBudget::global()).unwrap_err().to_string();
        assert_eq!(error, "invalid response: 1 bytes follow the last tensor");
    }

    #[test]
    fn describes_invalid_bodies() {
        for (body, reason) in [
            ("", "it is empty"),
            (
                "<!doctype html><title>Sign in</title>",
                "it is HTML instead of JSON; the URL may be that of another server",
            ),
            ("{\"outputs\":[{\"data\":[NaN]}]}", "it is not JSON: expected value at line 1 column 22"),
            ("{}", "missing field `outputs` at line 1 column 2"),
        ] {
            assert_eq!(decoded(body).unwrap_err(), format!("invalid response: {reason}"));
        }
    }

    #[test]
    fn describes_invalid_outputs() {
        for (output, reason) in [
            (r#""FP32","shape":[2],"data":[1]"#, "1 of 2 elements are missing"),
            (r#""FP32","shape":[1],"data":[1,2]"#, "more elements than its shape"),
            (r#""UINT8","shape":[1],"data":[256]"#, "out of the range"),
            (r#""INT64","shape":[1],"data":[0.5]"#, "not an integer"),
            (r#""FP32","shape":[1],"data":["1"]"#, "another type"),
            (r#""FP32","shape":[1],"data":[null]"#, "invalid type: null"),
            (r#""FP32","shape":[9223372036854775807,9],"data":[]"#, "too large"),
            (r#""FP32","shape":[-1],"data":[]"#, "does not match the protocol at line 1 column 53"),
            (r#""FP32","shape":"secret","data":[]"#, "does not match the protocol at line 1 column 58"),
            (r#""FP99","shape":[1],"data":[1]"#, "unknown datatype"),
            (r#""FP32","shape":[1]"#, "has no data"),
        ] {
            let error = decoded(&format!(r#"{{"outputs":[{{"name":"x","datatype":{output}}}]}}"#)).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        let deep = format!(r#"{{"outputs":[{{"name":"x","datatype":"FP32","shape":[1],"data":{}"#, "[".repeat(100_000));
        assert!(decoded(&deep).is_err());
    }
}
