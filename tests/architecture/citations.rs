//! Citations of the documentation: each cited file and heading exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::workspace;

/// The folder of the wire contract, as sources cite it.
const CONTRACT: &str = "docs/contract/";

/// The folder of the recordings that the contract cites.
const RECORDINGS: &str = "tests/recordings";

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
fn every_page_of_the_guide_is_in_its_summary() {
    let folder = Path::new("docs/guide/src");
    let summary = folder.join("SUMMARY.md");
    let listed: Vec<_> = links(&read(&summary)).iter().map(|link| resolve(&summary, link)).collect();
    let pages: Vec<_> =
        files(&["md"]).into_iter().filter(|path| path.starts_with(folder) && *path != summary).collect();
    assert!(pages.len() > 15, "only {} pages: has the guide moved?", pages.len());
    let missing = pages.iter().filter(|page| !listed.iter().any(|link| Path::new(link) == **page));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&PathBuf>::new(), "pages that SUMMARY.md lacks");
}

/// Returns the source lines of a page of the contract (`Measured: ...`), each with its continuation lines.
fn measured(page: &str) -> Vec<String> {
    let paragraphs = page.split("\n\n").map(|paragraph| paragraph.trim_start().replace('\n', " "));
    paragraphs.filter(|paragraph| paragraph.starts_with("Measured:")).collect()
}

/// Returns the file of `tests/recordings` that a word in a source line names; `None` if it names no file. `05-...` stands for the
/// exchange whose name begins so.
fn recording(word: &str, exchanges: &[String]) -> Option<PathBuf> {
    let folder = Path::new(RECORDINGS);
    let name = word.strip_prefix("exchanges/").unwrap_or(word);
    let is_exchange = name.len() > 3 && name[..2].bytes().all(|byte| byte.is_ascii_digit()) && &name[2..3] == "-";
    if is_exchange {
        let found = exchanges.iter().find(|exchange| match name.strip_suffix("...") {
            Some(start) => exchange.starts_with(start),
            None => *exchange == name,
        });
        return Some(folder.join("exchanges").join(found.map_or(name, String::as_str)));
    }
    let is_file = word.ends_with('/') || Path::new(word).extension().is_some_and(|extension| extension == "json");
    is_file.then(|| folder.join(word))
}

/// Returns why a source line is wrong: a recording that is missing, or a name in parentheses that its recording does not have.
fn source_problems(line: &str, exchanges: &[String]) -> Vec<String> {
    let (mut problems, mut text) = (Vec::new(), String::new());
    for (number, part) in line.split('`').enumerate() {
        let is_code = number % 2 == 1;
        if !is_code {
            continue;
        }
        match recording(part, exchanges).map(|path| (workspace().join(&path).exists(), path)) {
            Some((false, path)) => problems.push(format!("there is no `{}`", path.display())),
            Some((true, path)) => text = fs::read_to_string(workspace().join(path)).unwrap_or_default(),
            // Operations are cited by their beginning, groups of names by an asterisk.
            None if !text.is_empty() && !text.contains(&format!("\"{}", part.trim_end_matches([' ', '.', '*']))) => {
                problems.push(format!("its recording has no `{part}`"));
            }
            None => {}
        }
    }
    problems
}

#[test]
fn cited_recordings_exist() {
    let folder = workspace().join(RECORDINGS).join("exchanges");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let exchanges: Vec<String> = names.collect();
    let (mut count, mut problems) = (0, Vec::new());
    for path in files(&["md"]).into_iter().filter(|path| path.starts_with(CONTRACT)) {
        for line in measured(&read(&path)) {
            count += 1;
            let found = source_problems(&line, &exchanges).into_iter();
            problems.extend(found.map(|problem| format!("{}: {problem}, cited by `{line}`", path.display())));
        }
    }
    assert!(count > 80, "only {count} source lines: has the contract moved?");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn missing_recordings_are_reported() {
    let exchanges = ["05-read.json".to_owned()];
    let problems = |line: &str| source_problems(line, &exchanges).len();
    assert_eq!(problems("Measured: `errors.json` (operations `v2 ...`), `rows/`, SDK behavior."), 0);
    assert_eq!(problems("Measured: `no-such-file.json`, `exchanges/05-...`, `06-...`."), 3);
    assert_eq!(problems("Measured: `errors.json` (operation `no such operation`)."), 1);
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
