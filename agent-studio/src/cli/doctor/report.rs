//! The findings as lines of text.

use super::finding::{Finding, State};

/// Maximum number of agents that a line names.
const MAX_NAMED: usize = 8;

/// Formats the findings. Equal findings of several agents become one line.
pub(super) fn lines(findings: &[Finding]) -> Vec<String> {
    let collapsed = collapse(findings);
    let width = collapsed.iter().map(|finding| finding.what.chars().count()).max().unwrap_or_default();
    collapsed.iter().map(|finding| finding.line(width)).collect()
}

/// Merges findings that differ only in the agent's path, at the position of the first one.
fn collapse(findings: &[Finding]) -> Vec<Finding> {
    let mut groups: Vec<(&Finding, Vec<&str>)> = Vec::new();
    for finding in findings {
        let path = path_and_check(finding).map(|(path, _)| path);
        let is_equal = |first: &Finding| {
            path.is_some()
                && (first.state, &first.found) == (finding.state, &finding.found)
                && path_and_check(first).map(|(_, check)| check) == path_and_check(finding).map(|(_, check)| check)
        };
        match groups.iter_mut().find(|(first, _)| is_equal(first)) {
            Some((_, paths)) => paths.extend(path),
            None => groups.push((finding, path.into_iter().collect())),
        }
    }
    groups.into_iter().map(|(first, paths)| merged(first, &paths)).collect()
}

/// Returns the agent's path and the check of a finding about one agent.
fn path_and_check(finding: &Finding) -> Option<(&str, &str)> {
    finding.what.starts_with('/').then(|| finding.what.split_once(' ')).flatten()
}

fn merged(first: &Finding, paths: &[&str]) -> Finding {
    let (state, found) = (first.state, first.found.clone());
    let Some((_, check)) = path_and_check(first).filter(|_| paths.len() > 1) else {
        return Finding { state, what: first.what.clone(), found };
    };
    let found = match state {
        State::Ok => found,
        State::Note | State::Wrong => format!("{found} Agents: {}.", named(paths)),
    };
    Finding { state, what: format!("{check} ({} agents)", paths.len()), found }
}

fn named(paths: &[&str]) -> String {
    match paths.get(..MAX_NAMED).filter(|_| paths.len() > MAX_NAMED + 1) {
        Some(first) => format!("{} and {} more", first.join(", "), paths.len() - MAX_NAMED),
        None => paths.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_findings_of_agents_are_one_line() {
        let findings = [
            Finding::ok("health", "it responds"),
            Finding::ok("/a test header", "the server responds"),
            Finding::wrong("/a from https://x.example", "denied"),
            Finding::ok("/b test header", "the server responds"),
            Finding::wrong("/b from https://x.example", "denied"),
            Finding::wrong("/c test header", "404"),
        ];
        let collapsed: Vec<_> = collapse(&findings).into_iter().map(|finding| (finding.what, finding.found)).collect();
        let expected = [
            ("health", "It responds."),
            ("test header (2 agents)", "The server responds."),
            ("from https://x.example (2 agents)", "Denied. Agents: /a, /b."),
            ("/c test header", "404."),
        ];
        assert_eq!(collapsed, expected.map(|(what, found)| (what.to_owned(), found.to_owned())));
    }

    #[test]
    fn long_list_of_agents_is_shortened() {
        let paths: Vec<_> = (0..12).map(|number| format!("/{number}")).collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        assert_eq!(named(&paths), "/0, /1, /2, /3, /4, /5, /6, /7 and 4 more");
        assert!(named(&paths[..9]).ends_with(", /8"));
    }
}
