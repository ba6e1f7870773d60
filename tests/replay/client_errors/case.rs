//! A recorded failure: the operation, the response of the server, and the error of the Python package.

use serde_json::Value;

use test_support::scripted_server::Reply;

/// A case of `errors.json`.
pub(crate) struct Case<'a> {
    pub(crate) operation: &'a str,
    pub(crate) answer: &'a Value,
    pub(crate) python: &'a str,
    pub(crate) message: &'a Value,
    pub(crate) note: &'a str,
    pub(crate) cause: &'a str,
}

impl<'a> Case<'a> {
    pub(crate) fn new(case: &'a Value) -> Self {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        Self {
            operation: text("operation"),
            answer: &case["answer"],
            python: text("outcome"),
            message: &case["message"],
            note: text("note"),
            cause: text("cause"),
        }
    }

    pub(crate) fn action(&self) -> Option<&str> {
        self.answer["action"].as_str()
    }

    pub(crate) fn times(&self) -> Option<u64> {
        self.answer["times"].as_u64()
    }

    pub(crate) fn text(&self) -> &str {
        self.message.as_str().unwrap_or_default()
    }

    /// Returns the failing response of the server.
    pub(crate) fn reply(&self) -> Reply {
        let status = u16::try_from(self.answer["status"].as_u64().unwrap_or(200)).unwrap();
        let body = match (self.answer["raw"].as_str(), self.answer.get("body")) {
            (Some(raw), _) => raw.as_bytes().to_vec(),
            (None, Some(body)) => body.to_string().into_bytes(),
            (None, None) => Vec::new(),
        };
        match self.action() {
            Some("reset") => Reply::Close,
            Some("hang") => Reply::Hang,
            Some("truncate") => Reply::CutOff { status, body },
            _ => {
                let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
                for (name, value) in self.answer["headers"].as_object().into_iter().flatten() {
                    headers.push((name.clone(), value.as_str().unwrap().to_owned()));
                }
                Reply::Answer { status, headers, body }
            }
        }
    }

    /// Returns the number of attempts that [`PlatformClient`] documents for the failure.
    pub(crate) fn promised_tries(&self) -> usize {
        if self.answer == "connection refused" {
            // Nobody counts them.
            return 0;
        }
        let harmless = !matches!(
            self.operation,
            "v2 PATCH item" | "legacy create labels" | "legacy save" | "legacy workflow complete"
        );
        let again = match (self.action(), self.answer["status"].as_u64()) {
            (Some(_), _) | (None, Some(500 | 502 | 503)) => harmless,
            (None, Some(413 | 429)) => true,
            _ => false,
        };
        match (again, self.times()) {
            (true, Some(times)) => usize::try_from(times).unwrap() + 1,
            (true, None) => 4,
            (false, _) => 1,
        }
    }
}
