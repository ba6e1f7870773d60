//! Paths of agents and notification handlers.

/// Paths of the server itself. `agent-runtime/src/http/router.rs` has the same list.
const RESERVED: [&str; 6] = ["/", "/docs", "/healthz", "/readyz", "/metrics", "/openapi.json"];

/// Returns the problem of an invalid path.
pub(crate) fn problem(path: &str) -> Option<String> {
    if RESERVED.contains(&path) {
        return Some(format!("`{path}` is the server's own path; give the agent another, such as `/my-agent`"));
    }
    if path.trim().is_empty() {
        return Some("a path has a name: write `/my-agent`, or remove `path` for the function's name".to_owned());
    }
    if let Some((_, rest)) = path.split_once("://") {
        let (_, from_host) = rest.split_once('/').unwrap_or((rest, "my-agent"));
        return Some(format!("a path has no scheme and no host: write `/{}`", from_host.trim_end_matches('/')));
    }
    if !path.starts_with('/') {
        return Some(format!("a path starts with `/`: write `/{}`", path.trim_end_matches('/')));
    }
    if path.ends_with('/') {
        return Some(format!("a path does not end with `/`: write `{}`", path.trim_end_matches('/')));
    }
    if path.chars().any(char::is_whitespace) {
        return Some("a path has no blanks; separate words with `-`".to_owned());
    }
    if let Some(mark) = path.chars().find(|c| matches!(c, '?' | '#')) {
        let part = if mark == '?' { "query" } else { "fragment" };
        return Some(format!("a path has no {part}: end it before the `{mark}`"));
    }
    if path.contains(['{', '}', '*', ':']) {
        let fixed = path.split(['{', '}', '*', ':']).next().unwrap_or_default().trim_end_matches('/');
        let fixed = if fixed.is_empty() { "/my-agent" } else { fixed };
        let message = "an agent has one fixed path, without parameters or wildcards (`{`, `}`, `*`, `:`)";
        return Some(format!("{message}: write `{fixed}`"));
    }
    if path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
        return Some("every part of a path has a name: no `//`, `.` or `..`".to_owned());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    let odd = path.chars().find(|c| !plain(*c))?;
    Some(format!("a path has letters, digits, `-`, `_`, `.` and `~` between its `/`: remove `{odd}`"))
}

/// Returns the default path: the function's name in kebab case.
pub(crate) fn from_function_name(name: &str) -> String {
    let words: Vec<_> = name.split('_').filter(|word| !word.is_empty()).collect();
    format!("/{}", words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_valid_paths() {
        for path in ["/a", "/simplify-polygons", "/v1/check.frame", "/A_b~c"] {
            assert_eq!(problem(path), None);
        }
    }

    #[test]
    fn rejects_invalid_paths() {
        for path in [
            "",
            " ",
            "/",
            "a",
            "https://host",
            "https://host/a",
            "/a/",
            "//a",
            "/a//b",
            "/a b",
            "/a?b",
            "/a#b",
            "/a/../b",
            "/./a",
            "/{a}",
            "/*",
            "/:a",
            "/a%20b",
            "/grün",
            "/docs",
            "/healthz",
            "/metrics",
            "/a\\b",
            "/a\"b",
        ] {
            assert!(problem(path).is_some(), "{path}");
        }
    }

    #[test]
    fn default_path_is_kebab_case() {
        assert_eq!(from_function_name("simplify_polygons"), "/simplify-polygons");
        assert_eq!(from_function_name("_a__b_"), "/a-b");
    }
}
