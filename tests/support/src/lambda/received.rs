//! The response of a function, as its gateway forwards it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

/// A response.
#[derive(Debug)]
pub struct Received {
    pub status: u16,
    /// Names in lower case, sorted.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn of(response: &Value) -> Self {
        let mut headers = Vec::new();
        let single = response["headers"].as_object().into_iter().flatten();
        headers.extend(single.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
        for (name, values) in response["multiValueHeaders"].as_object().into_iter().flatten() {
            let values = values.as_array().unwrap().iter();
            headers.extend(values.map(|value| (name.clone(), value.as_str().unwrap().to_owned())));
        }
        let cookies = response["cookies"].as_array().into_iter().flatten();
        headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), cookie.as_str().unwrap().to_owned())));
        headers.sort();
        let body = response["body"].as_str().expect("the body is not text");
        let body = match response["isBase64Encoded"].as_bool().expect("the response lacks `isBase64Encoded`") {
            true => BASE64.decode(body).unwrap(),
            false => body.as_bytes().to_vec(),
        };
        Self { status: response["statusCode"].as_u64().unwrap().try_into().unwrap(), headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_else(|| panic!("no message: {}", self.text())).to_owned()
    }
}
