//! What a function answers, as its gateway sends it on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub struct Received {
    pub status: u16,
    /// Names in lower case, in the order of the alphabet.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn of(answer: &Value) -> Self {
        let mut headers = Vec::new();
        let single = answer["headers"].as_object().into_iter().flatten();
        headers.extend(single.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
        for (name, values) in answer["multiValueHeaders"].as_object().into_iter().flatten() {
            let values = values.as_array().unwrap().iter();
            headers.extend(values.map(|value| (name.clone(), value.as_str().unwrap().to_owned())));
        }
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), cookie.as_str().unwrap().to_owned())));
        headers.sort();
        let body = answer["body"].as_str().expect("the body is text");
        let body = match answer["isBase64Encoded"].as_bool().expect("it says what the body is") {
            true => BASE64.decode(body).unwrap(),
            false => body.as_bytes().to_vec(),
        };
        Self { status: answer["statusCode"].as_u64().unwrap().try_into().unwrap(), headers, body }
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
