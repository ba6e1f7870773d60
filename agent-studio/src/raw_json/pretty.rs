//! Formatting of JSON texts for people and for `git diff`. Only white space between tokens changes.

/// Maximum length of a container that is written on one line, in bytes.
const MAX_LINE_BYTES: usize = 110;

/// The layout of an open container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    OneLine,
    Lines,
}

/// Formats a JSON text. Containers that fit on a line, and arrays of scalars, are written on one line; other containers have a line
/// for each member. The spelling of keys, numbers and strings is kept. The text must be valid JSON.
pub(crate) fn pretty(text: &str) -> String {
    let compact = compact(text);
    let containers = Containers::scan(&compact);
    let bytes = compact.as_bytes();
    let mut out = String::with_capacity(compact.len() * 2);
    let mut open: Vec<Layout> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let layout = open.last().copied().unwrap_or(Layout::OneLine);
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                out.push_str(&compact[at..end]);
                at = end;
                continue;
            }
            start @ (b'{' | b'[') => {
                let inner = if containers.fits(at) { Layout::OneLine } else { Layout::Lines };
                open.push(inner);
                out.push(char::from(start));
                if inner == Layout::Lines {
                    new_line(&mut out, open.len());
                }
            }
            end @ (b'}' | b']') => {
                open.pop();
                if layout == Layout::Lines {
                    new_line(&mut out, open.len());
                }
                out.push(char::from(end));
            }
            b',' => {
                out.push(',');
                if layout == Layout::Lines { new_line(&mut out, open.len()) } else { out.push(' ') }
            }
            b':' => out.push_str(": "),
            _ => {
                let end = at + bytes[at..].iter().take_while(|byte| !b",:]}".contains(byte)).count().max(1);
                out.push_str(&compact[at..end]);
                at = end;
                continue;
            }
        }
        at += 1;
    }
    out.push('\n');
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
}

/// Returns the end of the string that starts at `start`: the position after its closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Removes white space between tokens. The text must be valid JSON.
pub(crate) fn compact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut kept) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&text[kept..at]);
                at += 1;
                kept = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[kept..]);
    out
}

/// The containers of a text, for the choice of their layout.
struct Containers {
    /// Start, end, and whether the container is an array of scalars. Sorted by start.
    containers: Vec<(usize, usize, bool)>,
}

impl Containers {
    fn scan(compact: &str) -> Self {
        let bytes = compact.as_bytes();
        let mut containers: Vec<(usize, usize, bool)> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => {
                    at = string_end(bytes, at);
                    continue;
                }
                b'{' | b'[' => {
                    if let Some(outer) = open.last() {
                        containers[*outer].2 = false;
                    }
                    open.push(containers.len());
                    containers.push((at, bytes.len(), bytes[at] == b'['));
                }
                b'}' | b']' => {
                    if let Some(closed) = open.pop() {
                        containers[closed].1 = at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Self { containers }
    }

    fn fits(&self, start: usize) -> bool {
        let found = self.containers.binary_search_by_key(&start, |(start, _, _)| *start);
        found.is_ok_and(|index| {
            let (start, end, plain) = self.containers[index];
            plain || end - start <= MAX_LINE_BYTES
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_containers_are_written_on_one_line() {
        let long = format!(r#"{{"a":[{}],"name":"{{[,: \" ü"}}"#, vec!["1.50"; 60].join(","));
        let numbers = vec!["1.50"; 60].join(", ");
        assert_eq!(pretty(&long), format!("{{\n \"a\": [{numbers}],\n \"name\": \"{{[,: \\\" ü\"\n}}\n"));
        assert_eq!(pretty("{ \"a\" : [ ] ,\n\"b\": { } }"), "{\"a\": [], \"b\": {}}\n");
    }

    #[test]
    fn changes_only_white_space() {
        let text = r#"{"x":{"y":[{"a":1e5,"b":"\u00fc \\"},{"c":-0.10}],"long":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}}"#;
        let laid_out = pretty(text);
        assert!(laid_out.lines().count() > 3, "{laid_out}");
        assert_eq!(compact(&laid_out), text);
        assert_eq!(pretty(&laid_out), laid_out);
    }
}
