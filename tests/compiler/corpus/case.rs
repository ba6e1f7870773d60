//! The cases: small programs with a mark at the expected error.

use std::fs;
use std::path::Path;

use crate::expected_error::bracketed;

/// The lines before each program. Only errors count, not what the example leaves unused.
const HEADER: &str =
    "#![allow(dead_code, unused_variables, unused_imports, unused_mut)] use agent_runtime::{axum, prelude::*, uuid};\n";

/// A program with one mistake.
#[derive(Debug)]
pub(crate) struct Case {
    /// `file/case`.
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) mark: Mark,
}

/// The place of the expected error: `//~ [TOKEN]` at the end of its line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) token: String,
    /// The mistake is one of plain Rust, which the compiler reports in its own words: `//~ [TOKEN] rust`.
    pub(crate) is_plain_rust: bool,
}

impl Case {
    pub(crate) fn read_all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/cases");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let parse = |path: &std::path::PathBuf| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(path).unwrap();
            text.split("//# ").skip(1).map(|case| Self::parse(&stem, case)).collect::<Vec<_>>()
        };
        files.iter().flat_map(parse).collect()
    }

    fn parse(file: &str, text: &str) -> Self {
        let (name, body) = text.split_once('\n').unwrap();
        let name = format!("{file}/{}", name.trim());
        let main = if body.contains("fn main") { "" } else { "\nfn main() {}\n" };
        let source = format!("{HEADER}{body}{main}");
        let mark = Mark::find(&source).ok_or_else(|| format!("{name} has no mark")).unwrap();
        Self { name, source, mark }
    }
}

impl Mark {
    fn find(source: &str) -> Option<Self> {
        source.lines().enumerate().find_map(|(index, line)| {
            let (_, mark) = line.split_once("//~ ")?;
            let (token, rest) = bracketed(mark)?;
            Some(Self { line: index + 1, token: token.to_owned(), is_plain_rust: rest.trim() == "rust" })
        })
    }
}

#[test]
fn finds_marks() {
    let mark = |line, token: &str, is_plain_rust| Some(Mark { line, token: token.to_owned(), is_plain_rust });
    assert_eq!(Mark::find("\nfn f() {} //~ [[u8]]"), mark(2, "[u8]", false));
    assert_eq!(Mark::find("x //~ [x] rust"), mark(1, "x", true));
    assert_eq!(Mark::find("x"), None);
}
