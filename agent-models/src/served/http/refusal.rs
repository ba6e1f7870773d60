//! Responses with the status of an error.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::served::error::ServedError;

/// Maximum length of the body of an error, in bytes. The rest is not read.
const MAX_BYTES: usize = 16 << 10;

/// Reads the response of a server that rejects a request for this model.
pub(super) async fn read(mut response: Response, model: &str) -> ServedError {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    while let Ok(Some(part)) = response.chunk().await {
        body.extend_from_slice(&part[..part.len().min(MAX_BYTES - body.len())]);
        if body.len() == MAX_BYTES {
            break;
        }
    }
    let message = message(&body).unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    let unknown = || ServedError::UnknownModel { model: model.to_owned() };
    match status {
        StatusCode::NOT_FOUND => unknown(),
        // Older versions of Triton.
        StatusCode::BAD_REQUEST if message.starts_with("Request for unknown model") => unknown(),
        StatusCode::PAYLOAD_TOO_LARGE => ServedError::RequestTooLarge,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            if !ServedError::is_failed_prediction(&message) =>
        {
            ServedError::Overloaded { retry_after: retry_after.map(Duration::from_secs) }
        }
        _ => ServedError::rejected(status.to_string(), &message),
    }
}

/// Returns the message in the JSON of an error: `error` by the protocol, `message` of `TorchServe`, and `detail` of `FastAPI` (`KServe` and
/// `MLServer`), which is a text or a list of problems.
pub(super) fn message(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let text = |key: &str| json.get(key)?.as_str().map(str::to_owned);
    text("error").or_else(|| text("message")).or_else(|| text("detail")).or_else(|| {
        let problem = json.get("detail")?.get(0)?;
        let place = problem.get("loc").map(Value::to_string).unwrap_or_default();
        Some(format!("{} {place}", problem.get("msg")?.as_str()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_message_of_every_server() {
        for (body, text) in [
            (r#"{"error":"[request id: 1] unexpected shape"}"#, "[request id: 1] unexpected shape"),
            (r#"{"code":503,"type":"InternalServerException","message":"Prediction failed"}"#, "Prediction failed"),
            (r#"{"detail":"Not Found"}"#, "Not Found"),
            (
                r#"{"detail":[{"loc":["body","inputs",0,"shape"],"msg":"value is not a valid list","type":"x"}]}"#,
                r#"value is not a valid list ["body","inputs",0,"shape"]"#,
            ),
        ] {
            assert_eq!(message(body.as_bytes()).unwrap(), text);
        }
        for body in ["", "Bad gateway", "[1]", r#"{"error":{"code":1}}"#, r#"{"detail":[]}"#] {
            assert_eq!(message(body.as_bytes()), None, "{body}");
        }
    }
}
