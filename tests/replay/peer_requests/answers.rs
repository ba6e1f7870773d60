//! Deliberate differences between the responses of this server and those of the Python package.

use serde_json::{Value, json};

use super::recorded::Entry;
use crate::replay::colours::nearly_the_colours;
use test_support::raw_response::{Answer, Content};

/// A row of the table.
pub(crate) struct OtherAnswer {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&Entry) -> bool,
    pub(crate) instead: Instead,
}

/// The expected response.
#[derive(Clone, Copy)]
pub(crate) enum Instead {
    /// The recorded response without a label hash.
    NoLabelHash,
    /// The recorded response with the hash of another object.
    OtherObject,
    /// The address of this platform.
    Domain,
    /// The size of the frame, and its mean color within a tolerance.
    NearlyTheColours,
    /// The recorded response with other values of these members; `None` is any other value.
    Other(&'static [(&'static str, Option<&'static str>)]),
    /// `{"message"}` with this status.
    Message(u16),
}

/// All deliberate differences. At most one row covers a response.
pub(crate) const OTHER_ANSWERS: &[OtherAnswer] = &[
    OtherAnswer {
        because: "reading data without a label row creates none, so there is no label hash",
        covers: |entry| entry.route().starts_with("/label-row") && entry.creates(),
        instead: Instead::NoLabelHash,
    },
    OtherAnswer {
        because: "the hash of a new object is random",
        covers: |entry| entry.route() == "/add-box",
        instead: Instead::OtherObject,
    },
    OtherAnswer {
        because: "the platform has another address",
        covers: |entry| entry.route() == "/client",
        instead: Instead::Domain,
    },
    OtherAnswer {
        because: "decoders round differently: mean colors differ by less than 2 of 255",
        covers: |entry| entry.route() == "/single-frame" && entry.status == 200,
        instead: Instead::NearlyTheColours,
    },
    OtherAnswer {
        because: "the file of an image group's image is named after the image, not after image groups",
        covers: |entry| entry.route() == "/asset" && entry.data == "img_group",
        instead: Instead::Other(&[("suffix", Some(".jpeg"))]),
    },
    OtherAnswer {
        because: "the asset of a video is the video on every deployment, not the frame as PNG",
        covers: |entry| entry.route() == "/asset" && entry.data == "video",
        instead: Instead::Other(&[("suffix", Some(".mp4")), ("bytes", None)]),
    },
    OtherAnswer {
        because: "the asset of a video is the video, also for the agent with every extractor",
        covers: |entry| entry.route() == "/everything" && entry.data == "video",
        instead: Instead::Other(&[("bytes", None)]),
    },
    OtherAnswer {
        because: "data without a label row has an empty row without a hash, also for the agent with every extractor",
        covers: |entry| entry.route() == "/everything" && entry.creates(),
        instead: Instead::Other(&[("row", Some(""))]),
    },
    OtherAnswer {
        because: "data of another kind than the agent needs is an error of the caller",
        covers: |entry| entry.route() == "/video-iterator" && entry.status == 500,
        instead: Instead::Message(400),
    },
    OtherAnswer {
        because: "a missing frame gets 404 with the number of frames",
        covers: |entry| entry.route() == "/single-frame" && entry.status == 500,
        instead: Instead::Message(404),
    },
    OtherAnswer {
        because: "a missing object gets 404 with its hash",
        covers: |entry| entry.route() == "/objects" && entry.status == 500,
        instead: Instead::Message(404),
    },
    OtherAnswer {
        because: "an internal error is JSON with the trace ID to report",
        covers: |entry| entry.route() == "/crash",
        instead: Instead::Message(500),
    },
];

/// Compares a response. Returns the finding, and the reason of the row that covers it.
pub(crate) fn check(entry: &Entry, answer: &Answer, domain: &str) -> (Option<String>, Option<&'static str>) {
    let mut rows = OTHER_ANSWERS.iter().filter(|row| (row.covers)(entry));
    let (row, second) = (rows.next(), rows.next());
    assert!(second.is_none(), "two rows cover the answer of {}", entry.path);
    let body = match answer.content() {
        Content::Json(body) => body,
        Content::Text(text) => json!(text),
    };
    let mut expected = entry.body.clone();
    let right = match row.map(|row| row.instead) {
        None => answer.status == entry.status && body == expected,
        Some(Instead::NoLabelHash) => {
            expected["label_hash"] = json!("");
            answer.status == entry.status && body == expected
        }
        Some(Instead::Domain) => answer.status == entry.status && body == json!({"domain": domain}),
        Some(Instead::NearlyTheColours) => answer.status == entry.status && nearly_the_colours(&body, &expected),
        Some(Instead::Other(values)) => {
            for (key, value) in values {
                // An unknown value must differ from the recorded one.
                expected[*key] = match value {
                    Some(value) => json!(value),
                    None if body[*key] != expected[*key] => body[*key].clone(),
                    None => Value::Null,
                };
            }
            answer.status == entry.status && body == expected
        }
        Some(Instead::OtherObject) => {
            let announced = |body: &Value| Some(body["message"].as_str()?.strip_prefix("Added ")?.len());
            answer.status == entry.status && announced(&body).is_some() && announced(&body) == announced(&expected)
        }
        Some(Instead::Message(status)) => answer.status == status && body["message"].is_string(),
    };
    let finding = (!right).then(|| format!("answered {} {body}, not {} {}", answer.status, entry.status, entry.body));
    (finding, row.map(|row| row.because))
}
