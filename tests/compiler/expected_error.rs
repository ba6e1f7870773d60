//! The parts of an expected error that goldens and corpus share.

/// Names that no headline shows: it is about agents, not about how they are made.
pub(crate) const PRIVATE_NAMES: [&str; 22] = [
    "__private",
    "__editor_agent",
    "editor_agent_",
    "evaluation panicked",
    "Argument<",
    "Underlined",
    "ListedAgent",
    "ListedHandler",
    "DistinctPath",
    "FromCall",
    "IntoReply",
    "Transaction",
    "MainOutcome",
    "PlainFunction",
    "BailReturn",
    "BailError",
    "DecisionOf",
    "Undecided",
    "HandlerNotification",
    "HandlerArgument",
    "HandlerAnswer",
    "HandlerParameter",
];

/// Splits the text of a mark, `[TOKEN] rest`, at the bracket that closes the first one. Both brackets are dropped.
pub(crate) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (index, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(1..index)?, &text[index + 1..]));
        }
    }
    None
}
