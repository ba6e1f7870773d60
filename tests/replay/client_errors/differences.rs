//! Deliberate differences between the errors of this client and those of the Python package.

use super::case::Case;

/// A deliberate difference: the cases, the error of this client (`kind: message`, or its beginning), and the reason.
pub(crate) struct Difference {
    pub(crate) why: &'static str,
    pub(crate) cases: usize,
    pub(crate) applies: fn(&Case<'_>) -> bool,
    pub(crate) instead: &'static str,
}

/// All deliberate differences. The first that applies counts.
pub(crate) const DIFFERENCES: [Difference; 15] = [
    Difference {
        why: "no connection: the message says so instead of naming a Python method; the cause is attached",
        cases: 2,
        applies: |case| case.answer == "connection refused",
        instead: "Connection: The platform cannot be reached: there is no connection for ",
    },
    Difference {
        why: "no answer: a save may have reached the platform, so it is not repeated; Python repeats it and succeeds",
        cases: 1,
        applies: |case| case.operation == "legacy save" && case.python == "ok" && case.answer["action"] == "reset",
        instead: "Interrupted: The connection to the platform broke before it had answered ",
    },
    Difference {
        why: "a broken connection: the message says so instead of naming a Python method; the cause is attached",
        cases: 17,
        applies: |case| case.python == "RequestException" && matches!(case.action(), Some("reset" | "truncate")),
        instead: "Interrupted: The connection to the platform broke before it had answered ",
    },
    Difference {
        why: "silence: the message says so, and how long it was waited, instead of naming a Python method",
        cases: 5,
        applies: |case| case.action() == Some("hang"),
        instead: "Timeout: The platform does not answer: nothing arrived for 0.3 s after ",
    },
    Difference {
        why: "a Retry-After that makes no sense is ignored; Python gives up with an error about the header",
        cases: 4,
        applies: |case| case.cause == "InvalidHeader",
        instead: "RateLimitExceeded: Rate limit exceeded.",
    },
    Difference {
        why: "blanks around a header's value are not part of it, so its seconds can be named",
        cases: 1,
        applies: |case| case.answer["headers"]["Retry-After"] == " 3 ",
        instead: "RateLimitExceeded: Rate limit exceeded. Retry after 3 seconds.",
    },
    Difference {
        why: "redirects are not followed: no signature may go elsewhere",
        cases: 3,
        applies: |case| matches!(case.answer["status"].as_u64(), Some(301 | 302 | 307)),
        instead: "Unknown: The platform redirects GET ",
    },
    Difference {
        why: "an answer of another shape: the message does not print a Python class; the cause says what is wrong",
        cases: 10,
        applies: |case| {
            matches!(case.python, "EncordException" | "TypeError" | "AttributeError")
                && !case.note.starts_with("extra key")
        },
        instead: "UnexpectedAnswer: The platform answered ",
    },
    Difference {
        why: "a row that is missing from an answer: the message names it",
        cases: 2,
        applies: |case| case.python == "AssertionError",
        instead: "UnexpectedAnswer: The platform's answer does not hold the label row that was asked for: ",
    },
    Difference {
        why: "details that are a list or an object stand in the message as JSON, not as Python writes them",
        cases: 5,
        applies: |case| !case.message.is_string() && !case.message.is_null() || case.text().contains("{'loc'"),
        instead: "",
    },
    Difference {
        why: "nothing found: the message does not print Python classes",
        cases: 5,
        applies: |case| case.python == "ResourceNotFoundError" && case.text().starts_with("[<class"),
        instead: "ResourceNotFound: The platform found nothing for POST ",
    },
    Difference {
        why: "an unknown code: the message names it without advice about a Python package",
        cases: 15,
        applies: |case| case.python == "GenericServerError",
        instead: "GenericServer: The platform reported an error of the type `",
    },
    Difference {
        why: "no acknowledgement, or no content: the message names the call, not a Python class",
        cases: 4,
        applies: |case| case.text().starts_with("Setting <class") || case.text().starts_with("Unexpected 204"),
        instead: "N",
    },
    Difference {
        why: "further keys and other times in the project list are nothing to fail about",
        cases: 2,
        applies: |case| case.note == "extra key next to project" || case.note == "ISO date inside project",
        instead: "ok",
    },
    Difference {
        why: "413 and 429 say that nothing was done, so every call is repeated after them; Python does not repeat all",
        cases: 6,
        applies: |case| {
            case.times() == Some(2) && matches!(case.answer["status"].as_u64(), Some(413 | 429)) && case.python != "ok"
        },
        instead: "ok",
    },
];

/// Returns whether a case is a save that Python repeats although it may have been executed. Its message varies by status.
pub(crate) fn save_not_repeated(case: &Case<'_>) -> bool {
    case.operation == "legacy save"
        && case.times() == Some(2)
        && matches!(case.answer["status"].as_u64(), Some(500 | 502 | 503))
}
