//! Where we answer otherwise than the Python package, what we answer instead, and why.

use serde_json::{Value, json};

use super::recorded::Entry;
use crate::colours::nearly_the_colours;
use test_support::raw_response::{Answer, Content};

/// An answer that we give instead.
pub(crate) struct OtherAnswer {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&Entry) -> bool,
    pub(crate) instead: Instead,
}

/// What is answered instead.
#[derive(Clone, Copy)]
pub(crate) enum Instead {
    /// The same without a label hash.
    NoLabelHash,
    /// The same with the hash of another object.
    OtherObject,
    /// This platform's address.
    Domain,
    /// The size of the frame, and nearly its mean colour.
    NearlyTheColours,
    /// The same but for these values.
    Other(&'static [(&'static str, Option<&'static str>)]),
    /// `{"message"}` with this status.
    Message(u16),
}

/// Every deliberate difference. An answer is covered by one row at most.
pub(crate) const OTHER_ANSWERS: &[OtherAnswer] = &[
    OtherAnswer {
        because: "a reader of data without a label row creates none, so that the row has no label hash",
        covers: |entry| entry.route().starts_with("/label-row") && entry.creates(),
        instead: Instead::NoLabelHash,
    },
    OtherAnswer {
        because: "the hash of a new object is random",
        covers: |entry| entry.route() == "/add-box",
        instead: Instead::OtherObject,
    },
    OtherAnswer {
        because: "the platform is elsewhere than when the recording was made",
        covers: |entry| entry.route() == "/client",
        instead: Instead::Domain,
    },
    OtherAnswer {
        because: "decoders round differently: the mean of a colour is off by less than 2 of 255",
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
        because: "the same where everything is asked for",
        covers: |entry| entry.route() == "/everything" && entry.data == "video",
        instead: Instead::Other(&[("bytes", None)]),
    },
    OtherAnswer {
        because: "data without a label row is given an empty one without a hash, where everything is asked for",
        covers: |entry| entry.route() == "/everything" && entry.creates(),
        instead: Instead::Other(&[("row", Some(""))]),
    },
    OtherAnswer {
        because: "data of another kind than the agent needs is the annotator's choice, and named",
        covers: |entry| entry.route() == "/video-iterator" && entry.status == 500,
        instead: Instead::Message(400),
    },
    OtherAnswer {
        because: "a frame that is not there is not found, and told with the number of frames",
        covers: |entry| entry.route() == "/single-frame" && entry.status == 500,
        instead: Instead::Message(404),
    },
    OtherAnswer {
        because: "an object that is not there is not found, and named",
        covers: |entry| entry.route() == "/objects" && entry.status == 500,
        instead: Instead::Message(404),
    },
    OtherAnswer {
        because: "a bug is answered in JSON, with the trace id to report",
        covers: |entry| entry.route() == "/crash",
        instead: Instead::Message(500),
    },
];

/// What is wrong with an answer, and the reason of the row that covers it.
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
                // What is not foretold must still be another value.
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
