//! Citations of the documentation: each cited file and heading exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::workspace;

/// The folder of the wire contract, as sources cite it.
const CONTRACT: &str = "docs/contract/";

/// Folders without sources of this project.
const SKIPPED: [&str; 3] = [".git", "node_modules", "target"];

/// Returns the files under the workspace with one of the extensions, relative to it.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let root = workspace();
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if entry.file_type().unwrap().is_dir() {
                if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                    folders.push(path);
                }
            } else if extension.is_some_and(|extension| extensions.contains(&extension)) {
                found.push(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Reads a file of the workspace.
fn read(path: &Path) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the lines of a Markdown document that are not in a code block.
fn prose(document: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    document.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// Returns the anchor that a forge gives a heading: lower case, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

/// Returns the anchors of a Markdown document. A repeated heading has a number after it, from 1.
fn anchors(document: &str) -> Vec<String> {
    let mut counts = BTreeMap::new();
    let headings = prose(document)
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    headings
        .map(|heading| {
            let anchor = anchor(heading);
            let count: &mut usize = counts.entry(anchor.clone()).or_default();
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        })
        .collect()
}

/// Returns why a target (`path.md`, `path.md#anchor`), relative to the workspace, does not exist.
fn problem(target: &str) -> Option<String> {
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    if !workspace().join(path).exists() {
        return Some(format!("there is no `{path}`"));
    }
    let is_cited = !fragment.is_empty() && Path::new(path).extension().is_some_and(|extension| extension == "md");
    let is_missing = is_cited && !anchors(&read(Path::new(path))).iter().any(|anchor| anchor == fragment);
    is_missing.then(|| format!("`{path}` has no heading `#{fragment}`"))
}

/// Returns the citations of the contract in a text: `docs/contract/`, a page, and possibly an anchor.
fn contract_citations(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#');
    let citations = text.match_indices(CONTRACT).map(|(start, _)| {
        let rest = &text[start..];
        rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].trim_end_matches('.').to_owned()
    });
    citations.filter(|citation| citation.contains(".md")).collect()
}

/// Returns the targets of the links in a Markdown document that lead to files of this repository.
fn links(document: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(document) {
        // Code in a line is no link.
        let text: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for (start, _) in text.match_indices("](") {
            let target = text[start + 2..].split([')', ' ']).next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push(target.to_owned());
            }
        }
    }
    links
}

/// Resolves a link in a document against the document's folder.
fn resolve(document: &Path, link: &str) -> String {
    if let Some(fragment) = link.strip_prefix('#') {
        return format!("{}#{fragment}", document.display());
    }
    let mut resolved = PathBuf::new();
    for component in document.parent().unwrap().join(link).components() {
        match component {
            Component::ParentDir => {
                assert!(resolved.pop(), "{} links out of the repository: {link}", document.display());
            }
            component => resolved.push(component),
        }
    }
    resolved.to_str().unwrap().to_owned()
}

#[test]
fn cited_sections_of_the_contract_exist() {
    let mut count = 0;
    let mut problems = Vec::new();
    for path in files(&["js", "md", "py", "rs", "toml"]) {
        for citation in contract_citations(&read(&path)) {
            count += 1;
            problems.extend(problem(&citation).map(|problem| format!("{}: {problem}", path.display())));
        }
    }
    assert!(count > 0, "nothing cites {CONTRACT}: has it moved?");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn links_between_documents_resolve() {
    let mut count = 0;
    let mut problems = Vec::new();
    for path in files(&["md"]) {
        for link in links(&read(&path)) {
            count += 1;
            problems.extend(problem(&resolve(&path, &link)).map(|problem| format!("{}: {problem}", path.display())));
        }
    }
    assert!(count > 50, "only {count} links: has the documentation moved?");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn anchors_follow_the_headings() {
    let document =
        "# A title\n\n## `code` and Punctuation: yes\n\n```text\n# not a heading\n```\n\n## Twice\n\n## Twice\n";
    assert_eq!(anchors(document), ["a-title", "code-and-punctuation-yes", "twice", "twice-1"]);
}

#[test]
fn missing_headings_and_pages_are_reported() {
    assert_eq!(problem("docs/ARCHITECTURE.md#invariants"), None);
    assert!(problem("docs/ARCHITECTURE.md#no-such-heading").is_some());
    assert!(problem("docs/no-such-page.md").is_some());
    let page = format!("{CONTRACT}page.md#a-section");
    assert_eq!(contract_citations(&format!("(contract: `{page}`). See {page}.")), [page.clone(), page]);
}
