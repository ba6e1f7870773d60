//! The four criteria of an error.

use std::path::Path;

use serde_json::Value;

use super::case::Case;
use crate::expected_error::PRIVATE_NAMES;

/// A criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Criterion {
    /// Exactly one error, and no warning.
    OneError,
    /// The primary span of the first error is the marked token.
    Token,
    /// The headline and its label have no private name and no jargon about trait bounds, and nothing "originates in" a macro.
    Words,
    /// The headline, its label, a note or a help says what to do.
    Advice,
}

/// Jargon for unsatisfied bounds.
const BOUND_JARGON: [&str; 3] = ["trait bound", "is not satisfied", "is not general enough"];

/// Words of an instruction.
const INSTRUCTIONS: [&str; 32] = [
    "use",
    "uses",
    "write",
    "return",
    "returns",
    "add",
    "remove",
    "take",
    "put",
    "give",
    "move",
    "annotate",
    "did you mean",
    "consider",
    "try",
    "borrow",
    "implement",
    "convert",
    "let",
    "leave",
    "end it",
    "separate",
    "must be",
    "needs",
    "keep",
    "drop",
    "list",
    "listed",
    "make",
    "group",
    "name one",
    "similar name",
];

/// Texts of the compiler that describe the failure and not the way out.
const DESCRIPTIONS: [&str; 6] = [
    "is not implemented for",
    "following other types implement",
    "required by",
    "required for",
    "required because",
    "is implemented for",
];

/// The result of a case.
#[derive(Debug)]
pub(crate) struct Verdict {
    is_plain_rust: bool,
    pub(crate) violations: Vec<Criterion>,
    /// The errors as the compiler prints them.
    pub(crate) rendered: String,
}

impl Verdict {
    pub(crate) fn new(case: &Case, file: &Path, diagnostics: &[Value]) -> Self {
        let reports: Vec<&Value> = diagnostics.iter().filter(|diagnostic| is_report(diagnostic)).collect();
        let rendered = reports.iter().filter_map(|report| report["rendered"].as_str()).collect();
        let is_plain_rust = case.mark.is_plain_rust;
        let Some(first) = reports.first() else {
            let violations = vec![Criterion::OneError, Criterion::Token, Criterion::Words, Criterion::Advice];
            return Self { is_plain_rust, violations, rendered };
        };
        let checks = [
            (Criterion::OneError, reports.len() == 1),
            (
                Criterion::Token,
                underlined(first, file, &case.source) == Some((case.mark.line, case.mark.token.clone())),
            ),
            (Criterion::Words, is_in_product_words(first)),
            (Criterion::Advice, has_advice(first)),
        ];
        let mut verdict = Self { is_plain_rust, violations: Vec::new(), rendered };
        let violated = checks.into_iter().filter(|(criterion, is_met)| !is_met && verdict.counts(*criterion));
        verdict.violations = violated.map(|(criterion, _)| criterion).collect();
        verdict
    }

    /// Returns whether a criterion applies. The compiler's own words about plain Rust are not ours to choose.
    pub(crate) fn counts(&self, criterion: Criterion) -> bool {
        !self.is_plain_rust || matches!(criterion, Criterion::OneError | Criterion::Token)
    }
}

/// Returns `true` for an error or warning, without the summary at the end.
fn is_report(diagnostic: &Value) -> bool {
    let message = diagnostic["message"].as_str().unwrap_or_default();
    let is_summary = message.starts_with("aborting due to") || message.ends_with("warning emitted");
    matches!(diagnostic["level"].as_str(), Some("error" | "warning")) && !is_summary
}

/// Returns the line and the text of the primary span, if there is one.
fn underlined(report: &Value, file: &Path, source: &str) -> Option<(usize, String)> {
    let primary = spans(report).filter(|span| span["is_primary"] == true);
    let mut places: Vec<_> = primary.map(|span| place(span, file, source)).collect();
    places.dedup();
    if places.len() == 1 { places.pop()? } else { None }
}

/// Returns the line and the text of a span, at the place in the case where a macro was called.
fn place(mut span: &Value, file: &Path, source: &str) -> Option<(usize, String)> {
    while Path::new(span["file_name"].as_str()?) != file {
        span = span["expansion"].get("span")?;
    }
    let byte = |name: &str| span[name].as_u64().and_then(|byte| usize::try_from(byte).ok());
    let text = source.get(byte("byte_start")?..byte("byte_end")?)?;
    Some((byte("line_start")?, text.to_owned()))
}

fn spans(report: &Value) -> impl Iterator<Item = &Value> {
    report["spans"].as_array().into_iter().flatten()
}

/// Returns the headline and the labels of the primary span.
fn headline(report: &Value) -> impl Iterator<Item = &str> {
    let labels = spans(report).filter(|span| span["is_primary"] == true).filter_map(|span| span["label"].as_str());
    report["message"].as_str().into_iter().chain(labels)
}

fn is_in_product_words(report: &Value) -> bool {
    let originates = report["rendered"].as_str().is_some_and(|text| text.contains("originates in"));
    !originates
        && headline(report).all(|text| !PRIVATE_NAMES.iter().chain(&BOUND_JARGON).any(|word| text.contains(word)))
}

fn has_advice(report: &Value) -> bool {
    let children: Vec<&Value> = report["children"].as_array().into_iter().flatten().collect();
    let suggests = |child: &&Value| spans(child).any(|span| span["suggested_replacement"].is_string());
    let notes = children.iter().filter_map(|child| child["message"].as_str());
    let notes = notes.filter(|note| !DESCRIPTIONS.iter().any(|text| note.contains(text)));
    children.iter().any(suggests) || headline(report).chain(notes).any(is_instruction)
}

fn is_instruction(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_boundary =
        |neighbor: Option<char>| !neighbor.is_some_and(|neighbor| neighbor.is_alphanumeric() || neighbor == '_');
    INSTRUCTIONS.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            is_boundary(text[..at].chars().next_back()) && is_boundary(text[at + word.len()..].chars().next())
        })
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::super::case::Mark;
    use super::*;

    const SOURCE: &str = "fn f(\n    a: u8,\n) {}\n";

    fn error() -> Value {
        json!({
            "level": "error", "message": "`u8` is not an extractor", "rendered": "error", "children": [
                { "message": "take `Frame`", "spans": [] },
            ],
            "spans": [{ "is_primary": true, "file_name": "a.rs", "line_start": 2, "byte_start": 13, "byte_end": 15, "label": "no" }],
        })
    }

    fn violations(is_plain_rust: bool, diagnostics: &[Value]) -> Vec<Criterion> {
        let mark = Mark { line: 2, token: "u8".to_owned(), is_plain_rust };
        let case = Case { name: String::new(), source: SOURCE.to_owned(), mark };
        Verdict::new(&case, Path::new("a.rs"), diagnostics).violations
    }

    fn changed(change: impl Fn(&mut Value)) -> Value {
        let mut error = error();
        change(&mut error);
        error
    }

    #[test]
    fn accepts_good_error() {
        let summary =
            json!({ "level": "error", "message": "aborting due to 1 previous error", "spans": [], "children": [] });
        assert_eq!(violations(false, &[error(), summary]), []);
    }

    #[test]
    fn counts_errors_and_warnings() {
        assert_eq!(violations(false, &[error(), error()]), [Criterion::OneError]);
        assert_eq!(
            violations(false, &[error(), changed(|error| error["level"] = "warning".into())]),
            [Criterion::OneError]
        );
        assert_eq!(violations(false, &[]).len(), 4);
    }

    #[test]
    fn compares_token_and_line() {
        assert_eq!(
            violations(false, &[changed(|error| error["spans"][0]["byte_end"] = 14.into())]),
            [Criterion::Token]
        );
        assert_eq!(
            violations(false, &[changed(|error| error["spans"][0]["line_start"] = 1.into())]),
            [Criterion::Token]
        );
        assert_eq!(violations(false, &[changed(|error| error["spans"] = json!([]))]), [Criterion::Token]);
    }

    #[test]
    fn finds_foreign_words() {
        for message in ["the trait bound `u8: FromCall` is not satisfied: use", "use `__private::X`"] {
            assert_eq!(violations(false, &[changed(|error| error["message"] = message.into())]), [Criterion::Words]);
        }
        let in_macro = changed(|error| error["rendered"] = "this error originates in the macro".into());
        assert_eq!(violations(false, std::slice::from_ref(&in_macro)), [Criterion::Words]);
        assert_eq!(violations(true, &[in_macro]), []);
    }

    #[test]
    fn finds_missing_advice() {
        let without = |note: &str| changed(|error| error["children"][0]["message"] = note.into());
        assert_eq!(violations(false, &[without("the cause is a user")]), [Criterion::Advice]);
        assert_eq!(violations(false, &[without("required by a bound: use")]), [Criterion::Advice]);
        assert_eq!(violations(true, &[without("")]), []);
    }
}
