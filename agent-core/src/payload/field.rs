//! Each field of the payload, checked by itself.

use agent_platform::hash::ObjectHash;
use serde_json::value::RawValue;
use uuid::Uuid;

use agent_platform::lenient_json::{unquoted, whole_number};

/// A problem of a field: the position inside it (`[2]`, mostly empty), and a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) at: String,
    pub(super) message: String,
}

fn problem<T>(message: &str) -> Result<T, Problem> {
    Err(Problem { at: String::new(), message: message.to_owned() })
}

/// A required UUID in any of its usual spellings.
pub(super) fn uuid(raw: Option<&str>) -> Result<Uuid, Problem> {
    let Some(raw) = raw else {
        return problem("is missing");
    };
    let Some(text) = unquoted(raw) else {
        return problem("must be a UUID in quotes");
    };
    Uuid::parse_str(&text).or_else(|_| problem("is not a UUID"))
}

/// Reads an optional frame number. Accepts what the Python package accepts, except numbers that do not fit 64 bits.
pub(super) fn frame(raw: Option<&str>) -> Result<Option<u64>, Problem> {
    let Some(raw) = present(raw) else {
        return Ok(None);
    };
    let frame = whole_number(raw).and_then(|number| u64::try_from(number).ok());
    frame.map_or_else(|| problem("must be a whole number from 0"), |frame| Ok(Some(frame)))
}

/// Number of wrong entries of a list that are named.
const NAMED_ENTRIES: usize = 5;

/// Reads an optional list of object hashes, which are opaque strings. The error names the first wrong entries.
pub(super) fn object_hashes(raw: Option<&str>) -> Result<Option<Vec<ObjectHash>>, Vec<Problem>> {
    let Some(raw) = present(raw) else {
        return Ok(None);
    };
    let Ok(entries) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
        return Err(vec![Problem { at: String::new(), message: "must be a list of object hashes".to_owned() }]);
    };
    let (mut hashes, mut wrong) = (Vec::with_capacity(entries.len()), Vec::new());
    for (index, entry) in entries.iter().enumerate() {
        match serde_json::from_str(entry.get()) {
            Ok(hash) => hashes.push(hash),
            Err(_) => {
                wrong
                    .push(Problem { at: format!("[{index}]"), message: "must be an object hash in quotes".to_owned() });
            }
        }
        if wrong.len() == NAMED_ENTRIES {
            break;
        }
    }
    if wrong.is_empty() { Ok(Some(hashes)) } else { Err(wrong) }
}

/// `null` and absent are the same.
fn present(raw: Option<&str>) -> Option<&str> {
    raw.filter(|raw| *raw != "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_frames_in_every_accepted_form() {
        let cases = [
            ("0", 0),
            ("7", 7),
            ("-0", 0),
            ("-0.0", 0),
            ("1.0", 1),
            ("1e3", 1000),
            ("true", 1),
            ("false", 0),
            ("18446744073709551615", u64::MAX),
            (r#"" 3 ""#, 3),
            (r#""+3""#, 3),
            (r#""1_000""#, 1000),
            (r#""3.0""#, 3),
            (r#""-0""#, 0),
            (r#""-0.0""#, 0),
            (r#""\u0033""#, 3),
        ];
        for (raw, expected) in cases {
            assert_eq!(frame(Some(raw)), Ok(Some(expected)), "{raw}");
        }
        assert_eq!(frame(None), Ok(None));
        assert_eq!(frame(Some("null")), Ok(None));
    }

    #[test]
    fn rejects_other_frames() {
        let cases = [
            "-1",
            "1.5",
            "1e300",
            "1e400",
            "18446744073709551616",
            r#""""#,
            r#""x""#,
            r#""-1""#,
            r#""0x3""#,
            r#""1__0""#,
            r#""_1""#,
            r#""1.5""#,
            r#"".0""#,
            r#""3.""#,
            r#""+-0""#,
            r#""-""#,
            "[]",
            "{}",
        ];
        for raw in cases {
            assert!(frame(Some(raw)).is_err(), "{raw}");
        }
    }

    #[test]
    fn names_the_first_wrong_entries_of_a_list() {
        let named =
            |raw| object_hashes(Some(raw)).unwrap_err().into_iter().map(|problem| problem.at).collect::<Vec<_>>();
        assert_eq!(named(r#"["a", null, "b", 5]"#), ["[1]", "[3]"]);
        assert_eq!(named("[1, 2, 3, 4, 5, 6, 7]"), ["[0]", "[1]", "[2]", "[3]", "[4]"]);
        assert_eq!(named("{}"), [""]);
        assert_eq!(object_hashes(Some(r#"["x/y+z=", ""]"#)), Ok(Some(vec!["x/y+z=".into(), ObjectHash::default()])));
    }
}
