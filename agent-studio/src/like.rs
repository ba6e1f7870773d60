//! SQL's `LIKE`, in which the platform's filters are written.

/// Whether a text matches a pattern in which `%` stands for anything and `_` for one character. Case counts.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where to go on after the last `%` if what follows it does not match here.
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
    use super::like;

    #[test]
    fn patterns() {
        for (pattern, text) in [("%", ""), ("a%", "abc"), ("%c", "abc"), ("a_c", "aüc"), ("%b%", "abc"), ("%ab", "aab")]
        {
            assert!(like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a", "ab"), ("_", ""), ("%x%", "abc"), ("A%", "abc")] {
            assert!(!like(pattern, text), "{pattern} {text}");
        }
    }
}
