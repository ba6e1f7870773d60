//! The message of a response with findings: it fits into what the platform shows.

use super::finding::{Finding, Severity};

/// Returns the message, of at most `limit` characters: the verdict, the number of findings, the first findings, and the sentence
/// about a problem. `findings` are sorted by severity.
pub(super) fn compose(verdict: Option<&str>, findings: &[Finding], problem: Option<&str>, limit: usize) -> String {
    let problem = problem.map(|problem| format!(" {problem}")).unwrap_or_default();
    // A verdict and the counts have priority over the problem.
    let room = limit.saturating_sub(problem.chars().count());
    let mut message = without_end(verdict.unwrap_or_default()).to_owned();
    if verdict.is_none() && findings.is_empty() {
        message.push_str("No findings");
    }
    if !findings.is_empty() {
        if !message.is_empty() {
            message.push_str(if message.ends_with(['!', '?']) { " " } else { ". " });
        }
        message.push_str(&counts(findings));
        append_first(&mut message, findings, room);
    }
    if !message.ends_with(['!', '?']) {
        message.push('.');
    }
    shortened(message + &problem, limit)
}

/// Appends as many findings as fit, and the number of the others.
fn append_first(message: &mut String, findings: &[Finding], room: usize) {
    let mut length = message.chars().count();
    for (index, finding) in findings.iter().enumerate() {
        let text = without_end(finding.text());
        let left = findings.len() - index - 1;
        let separator = if index == 0 { ": " } else { "; " };
        let rest = if left == 0 { String::new() } else { format!("; and {left} more") };
        let end = length + separator.len() + text.chars().count();
        // One character for the final full stop.
        if end + rest.len() + 1 > room {
            if index > 0 {
                message.push_str(&format!("; and {} more", left + 1));
            }
            return;
        }
        message.push_str(separator);
        message.push_str(text);
        length = end;
    }
}

/// Returns the number of findings of each severity.
fn counts(findings: &[Finding]) -> String {
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counted = kinds.into_iter().filter_map(|(severity, word)| {
        let count = findings.iter().filter(|finding| finding.severity() == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{plural}"))
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// Returns a sentence without its full stop, on one line.
fn without_end(text: &str) -> &str {
    text.trim().trim_end_matches(['.', ':', ';', ',']).trim_end()
}

/// Returns the text, cut to `limit` characters.
pub(super) fn shortened(text: String, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text,
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(count: usize, length: usize) -> Vec<Finding> {
        (0..count).map(|number| Finding::error(format!("{number} {}.", "ä".repeat(length)))).collect()
    }

    #[test]
    fn message_never_exceeds_the_limit() {
        for count in [0, 1, 2, 9, 10, 1000] {
            for length in [0, 1, 30, 100, 240, 250, 300] {
                for verdict in [None, Some("Not ready."), Some(&*"v".repeat(300))] {
                    for problem in [None, Some("The findings are no issues: the platform cannot be reached.")] {
                        let message = compose(verdict, &findings(count, length), problem, 256);
                        assert!(message.chars().count() <= 256, "{message}");
                        assert!(message.ends_with(['.', '…']) && !message.contains(".."), "{message}");
                    }
                }
            }
        }
    }

    #[test]
    fn message_counts_what_it_leaves_out() {
        let message = compose(None, &findings(4, 100), None, 256);
        assert!(message.starts_with("4 errors: 0 ä") && message.ends_with("; and 2 more."), "{message}");
        assert_eq!(compose(None, &findings(2, 300), None, 256), "2 errors.");
        let problem = compose(Some("Bad!"), &findings(1, 3), Some("No issues."), 256);
        assert_eq!(problem, "Bad! 1 error: 0 äää. No issues.");
    }
}
