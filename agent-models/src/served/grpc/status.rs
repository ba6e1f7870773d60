//! Statuses of gRPC calls.

use reqwest::header::{HeaderMap, HeaderValue};

use crate::served::error::ServedError;

/// Names of the status codes, from 0.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    UNIMPLEMENTED,
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The status of a server that does not have the service or the method.
const UNIMPLEMENTED: &str = "UNIMPLEMENTED";
/// Parts of the messages with which servers reject long requests as `RESOURCE_EXHAUSTED`: C++, Python and Go; Java.
const TOO_LARGE: [&str; 2] = ["larger than max", "exceeds maximum size"];

/// Checks the trailers of a call.
pub(super) fn check(trailers: &HeaderMap, model: &str) -> Result<(), ServedError> {
    let code = trailers.get("grpc-status").and_then(|code| code.to_str().ok()?.parse::<usize>().ok());
    let code = code.ok_or_else(|| ServedError::invalid_response("it is not that of a gRPC server"))?;
    let message = trailers.get("grpc-message").map(percent_decoded).unwrap_or_default();
    match CODES.get(code).copied().unwrap_or("UNKNOWN") {
        "OK" => Ok(()),
        "NOT_FOUND" => Err(ServedError::UnknownModel { model: model.to_owned() }),
        "RESOURCE_EXHAUSTED" if TOO_LARGE.iter().any(|part| message.contains(part)) => {
            Err(ServedError::RequestTooLarge)
        }
        "UNAVAILABLE" | "RESOURCE_EXHAUSTED" if !ServedError::is_failed_prediction(&message) => {
            Err(ServedError::Overloaded { retry_after: None })
        }
        name => Err(ServedError::rejected(name, &message)),
    }
}

/// Returns `true` if the server does not have the service or the method.
pub(super) fn is_unimplemented(error: &ServedError) -> bool {
    matches!(error, ServedError::Rejected { status, .. } if status == UNIMPLEMENTED)
}

/// Decodes a message, whose bytes outside of ASCII are `%XX`. Other uses of `%` are kept.
fn percent_decoded(text: &HeaderValue) -> String {
    let (mut rest, mut decoded) = (text.as_bytes(), Vec::with_capacity(text.len()));
    while let Some((byte, after)) = rest.split_first() {
        let digits =
            after.first_chunk::<2>().filter(|digits| *byte == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        decoded.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(code: &'static str, message: &'static str) -> Result<(), ServedError> {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static(code));
        trailers.insert("grpc-message", HeaderValue::from_static(message));
        check(&trailers, "sam")
    }

    #[test]
    fn status_codes_are_typed() {
        assert!(checked("0", "").is_ok());
        assert!(matches!(checked("14", ""), Err(ServedError::Overloaded { .. })));
        assert!(matches!(checked("8", "queue is full"), Err(ServedError::Overloaded { .. })));
        assert!(matches!(checked("5", ""), Err(ServedError::UnknownModel { .. })));
        assert!(matches!(checked("3", ""), Err(ServedError::Rejected { status, .. }) if status == "INVALID_ARGUMENT"));
        assert!(is_unimplemented(&checked("12", "").unwrap_err()));
        assert!(matches!(check(&HeaderMap::new(), "sam"), Err(ServedError::InvalidResponse(_))));
    }

    #[test]
    fn long_requests_are_not_overload() {
        for message in [
            "SERVER: Received message larger than max (5000031 vs. 4194304)",
            "grpc: received message larger than max (5000031 vs. 4194304)",
            "gRPC message exceeds maximum size 4194304: 5000031",
        ] {
            assert!(matches!(checked("8", message), Err(ServedError::RequestTooLarge)), "{message}");
        }
        // TorchServe, when the model's code fails.
        assert!(matches!(checked("14", "Prediction failed%0Aorg.pytorch"), Err(ServedError::Rejected { .. })));
    }

    #[test]
    fn messages_are_decoded() {
        for (sent, message) in
            [("shape %5B1%5D %C3%A9", "shape [1] é"), ("50% off %2", "50% off %2"), ("%zz%+1", "%zz%+1")]
        {
            assert_eq!(percent_decoded(&HeaderValue::from_static(sent)), message);
        }
    }
}
