//! The modules of a crate and what each refers to, read from the source files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A module path within its crate: `[]` is the crate root.
pub(crate) type ModulePath = Vec<String>;

/// A file of a crate as a module, with the paths that it mentions.
struct Source {
    /// Absolute paths below the crate root, by the module they are written in.
    mentions: BTreeSet<ModulePath>,
    /// Names that the module re-exports, with the path each stands for.
    exports: BTreeMap<String, ModulePath>,
}

/// The import graph of a crate's modules.
pub(crate) struct ModuleGraph {
    sources: BTreeMap<ModulePath, Source>,
}

impl ModuleGraph {
    /// Reads all modules of the crate whose sources are in `folder`. Modules that are only for tests are left out.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut sources = BTreeMap::new();
        for file in rust_files(folder) {
            let module = module_of(folder, &file);
            let text = fs::read_to_string(&file).unwrap();
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let mut source = Source { mentions: BTreeSet::new(), exports: BTreeMap::new() };
            read_items(tokens, &module, &mut source);
            sources.insert(module, source);
        }
        Self { sources }
    }

    /// Returns the number of modules.
    pub(crate) fn len(&self) -> usize {
        self.sources.len()
    }

    /// Returns each cycle among the children of one module, as `parent: a -> b -> a`, with the references that cause it. References between a
    /// module and its own descendants are not counted.
    pub(crate) fn sibling_cycles(&self) -> Vec<String> {
        let mut edges: BTreeMap<ModulePath, BTreeMap<String, BTreeMap<String, String>>> = BTreeMap::new();
        for (from, source) in &self.sources {
            for to in source.mentions.iter().map(|path| self.resolve(path)) {
                let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
                if shared < from.len() && shared < to.len() {
                    let reference = format!("{} uses {}", from.join("::"), to.join("::"));
                    let siblings = edges.entry(from[..shared].to_vec()).or_default();
                    siblings.entry(from[shared].clone()).or_default().entry(to[shared].clone()).or_insert(reference);
                }
            }
        }
        edges
            .iter()
            .filter_map(|(parent, siblings)| Some(format!("in `{}`: {}", parent.join("::"), cycle(siblings)?)))
            .collect()
    }

    /// Follows re-exports until the path leads to the module that defines the item; cuts off what is below that module.
    fn resolve(&self, path: &[String]) -> ModulePath {
        let mut path = path.to_vec();
        // Re-exports of re-exports are few: the bound only guards against exports that lead to themselves.
        for _ in 0..8 {
            let depth = (0..=path.len()).rev().find(|&depth| self.sources.contains_key(&path[..depth])).unwrap_or(0);
            let module = path[..depth].to_vec();
            let target = path.get(depth).and_then(|name| self.sources[&module].exports.get(name));
            match target {
                Some(target) if target != &path => path.clone_from(target),
                _ => return module,
            }
        }
        path
    }
}

/// Finds a cycle in a graph of siblings, depth first.
fn cycle(edges: &BTreeMap<String, BTreeMap<String, String>>) -> Option<String> {
    fn visit<'a>(
        node: &'a str,
        edges: &'a BTreeMap<String, BTreeMap<String, String>>,
        trail: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<String> {
        if let Some(start) = trail.iter().position(|seen| *seen == node) {
            let nodes: Vec<_> = trail[start..].iter().copied().chain([node]).collect();
            let reasons = nodes.windows(2).map(|pair| edges[pair[0]][pair[1]].as_str()).collect::<Vec<_>>();
            return Some(format!("{} ({})", nodes.join(" -> "), reasons.join("; ")));
        }
        if !done.insert(node) {
            return None;
        }
        trail.push(node);
        let found = edges.get(node).into_iter().flatten().find_map(|(next, _)| visit(next, edges, trail, done));
        trail.pop();
        found
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|start| visit(start, edges, &mut Vec::new(), &mut done))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test_module(&path) {
            files.push(path);
        }
    }
    files
}

fn is_test_module(file: &Path) -> bool {
    file.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"))
}

fn module_of(folder: &Path, file: &Path) -> ModulePath {
    let inside = file.strip_prefix(folder).unwrap().with_extension("");
    let mut module: ModulePath = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib" || last == "main") {
        module.pop();
    }
    module
}

/// Reads the tokens of a module or of something in it. Inline modules for tests are skipped.
fn read_items(tokens: TokenStream, module: &[String], source: &mut Source) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        if is_test_attribute(&tokens[index..]) {
            index = end_of_item(&tokens, index + 2);
        } else if is_word(&tokens[index], "use") {
            let end = (index..tokens.len()).find(|&at| is_punctuation(&tokens[at], ';')).unwrap_or(tokens.len());
            let exported = index > 0 && is_exported(&tokens[..index]);
            read_use(&tokens[index + 1..end], module, &[], exported, source);
            index = end + 1;
        } else if let Some(path) = absolute_path(&tokens[index..], module) {
            index += path.len_in_tokens;
            source.mentions.insert(path.segments);
        } else {
            if let TokenTree::Group(group) = &tokens[index] {
                read_items(group.stream(), module, source);
            }
            index += 1;
        }
    }
}

/// Whether tokens begin with `#[cfg(test)]`.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let [first, TokenTree::Group(group), ..] = tokens else { return false };
    is_punctuation(first, '#') && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// The index behind the item that begins at `index`: behind its body, or its semicolon.
fn end_of_item(tokens: &[TokenTree], index: usize) -> usize {
    let ends = |token: &TokenTree| {
        is_punctuation(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    (index..tokens.len()).find(|&at| ends(&tokens[at])).map_or(tokens.len(), |at| at + 1)
}

/// Whether the tokens before a `use` end with `pub` or `pub(…)`.
fn is_exported(before: &[TokenTree]) -> bool {
    match before {
        [.., last] if is_word(last, "pub") => true,
        [.., word, TokenTree::Group(_)] => is_word(word, "pub"),
        _ => false,
    }
}

/// Reads one tree of a `use` declaration.
fn read_use(tokens: &[TokenTree], module: &[String], prefix: &[String], exported: bool, source: &mut Source) {
    let mut path = prefix.to_vec();
    let mut alias = None;
    let mut words = tokens.iter().peekable();
    while let Some(token) = words.next() {
        match token {
            TokenTree::Ident(word) if *word == "as" => alias = words.next().map(ToString::to_string),
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                for branch in branches(group) {
                    read_use(&branch, module, &path, exported, source);
                }
                return;
            }
            _ => {}
        }
    }
    // Uniform paths: `use name::..` may be a child module or a crate; `absolute` tells them apart by the sources later.
    let Some(target) = absolute(&path, module) else { return };
    if exported && let Some(name) = alias.or_else(|| target.last().cloned()) {
        source.exports.insert(name, target.clone());
    }
    source.mentions.insert(target);
}

fn branches(group: &Group) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    tokens.split(|token| is_punctuation(token, ',')).filter(|branch| !branch.is_empty()).map(<[_]>::to_vec).collect()
}

/// The path from the crate root, for a path that begins with `crate`, `self`, `super` or a child of the module.
fn absolute(path: &[String], module: &[String]) -> Option<ModulePath> {
    let mut base = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|first| first == "super") {
                base.pop()?;
                rest = &rest[1..];
            }
        }
        // A child module, or another crate: then the path does not resolve to anything below this module.
        _ => {}
    }
    base.extend(rest.iter().filter(|segment| *segment != "self").cloned());
    Some(base)
}

struct PathInTokens {
    segments: ModulePath,
    len_in_tokens: usize,
}

/// A path that begins with `crate` or `super` at the start of the tokens.
fn absolute_path(tokens: &[TokenTree], module: &[String]) -> Option<PathInTokens> {
    let first = tokens.first()?;
    if !is_word(first, "crate") && !is_word(first, "super") {
        return None;
    }
    let mut segments = vec![first.to_string()];
    let mut index = 1;
    while let [TokenTree::Punct(one), TokenTree::Punct(other), TokenTree::Ident(word), ..] = &tokens[index..] {
        if one.as_char() != ':' || other.as_char() != ':' {
            break;
        }
        segments.push(word.to_string());
        index += 3;
    }
    // `pub(crate)` and `pub(super)` are no paths.
    let segments = (segments.len() > 1).then(|| absolute(&segments, module)).flatten()?;
    Some(PathInTokens { segments, len_in_tokens: index })
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punctuation(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}
