//! SQL `LIKE` patterns, which the platform's filters use.

/// Returns whether a text matches a pattern, in which `%` matches any text and `_` one character. Case-sensitive.
pub(crate) fn sql_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Positions to backtrack to: after the last `%`, and in the text.
    let mut retry = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('%') => {
                retry = Some((at + 1, read));
                at += 1;
            }
            Some(one) if *one == '_' || *one == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                at = after;
                read = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '%')
}

#[cfg(test)]
mod tests {
    use super::sql_like;

    #[test]
    fn matches_wildcards() {
        for (pattern, text) in [("%", ""), ("a%", "abc"), ("%c", "abc"), ("a_c", "aüc"), ("%b%", "abc"), ("%ab", "aab")]
        {
            assert!(sql_like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a", "ab"), ("_", ""), ("%x%", "abc"), ("A%", "abc")] {
            assert!(!sql_like(pattern, text), "{pattern} {text}");
        }
    }
}
