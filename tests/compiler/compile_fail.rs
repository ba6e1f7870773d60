//! Compiler errors for mistakes of an author: one error for each, at the wrong token, in the words of this product.
//!
//! The rules for the fixtures are in `compile-fail/README.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

mod cargo;
mod corpus;
mod expected_error;

use std::fs;
use std::path::{Path, PathBuf};

use crate::expected_error::{PRIVATE_NAMES, bracketed};

/// What no golden shows: places in macros, files outside the workspace, and the standard library's source, which is there
/// or not depending on the toolchain's components.
const ELSEWHERE: [&str; 6] = ["originates in", "--> /", "::: /", "$RUST", "$CARGO", env!("CARGO_MANIFEST_DIR")];

#[test]
fn every_fixture_is_refused_in_the_words_of_its_golden() {
    trybuild::TestCases::new().compile_fail("compile-fail/*.rs");
}

#[test]
fn every_mistake_is_one_error_at_its_token() {
    let mut complaints = Vec::new();
    for (name, source) in fixtures() {
        match fs::read_to_string(folder().join(format!("{name}.stderr"))) {
            Ok(golden) => complaints.extend(check(&source, &golden).into_iter().map(|text| format!("{name}: {text}"))),
            Err(_) => complaints.push(format!("{name}: there is no golden")),
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_golden_has_its_fixture() {
    let orphans: Vec<_> = files("stderr").into_iter().filter(|golden| !golden.with_extension("rs").exists()).collect();
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn the_check_finds_what_is_wrong_with_a_golden() {
    let source = "fn f(\n    a: u8, //~ [u8] not an extractor\n) {}\n";
    let golden = "error: `u8` is not an extractor\n --> a.rs:2:8\n  |\n2 |     a: u8,\n  |        ^^ label\n";
    assert_eq!(check(source, golden), Vec::<String>::new());
    let broken = [
        ("a second error", format!("{golden}\nerror: more\n --> a.rs:2:8\n  |\n2 |     a: u8,\n  |        ^^\n")),
        ("a warning", format!("{golden}\nwarning: unused\n --> a.rs:2:8\n  |\n2 |     a: u8,\n  |        ^^\n")),
        ("no error", String::new()),
        ("another line", golden.replace("2:8", "3:8").replace("2 |", "3 |")),
        ("another token", golden.replace("   ^^ label", "^^^^^ label")),
        ("another headline", golden.replace("an extractor", "anything")),
        ("an internal name", golden.replace("`u8`", "`u8: FromCall`")),
        ("a place in a macro", format!("{golden}  = note: this error originates in the attribute macro\n")),
        ("a path of this machine", format!("{golden}  ::: /somewhere/else.rs:1:1\n")),
    ];
    for (what, golden) in broken {
        assert!(!check(source, &golden).is_empty(), "{what} is not found:\n{golden}");
    }
}

/// An error that a fixture expects: `//~ [TOKEN] part of the headline`, on the token's line.
#[derive(Debug, PartialEq)]
struct Marker {
    line: usize,
    token: String,
    headline: String,
}

/// An error or warning of a golden.
#[derive(Debug)]
struct Report {
    kind: String,
    headline: String,
    line: usize,
    token: String,
}

/// What is wrong with a golden.
fn check(source: &str, golden: &str) -> Vec<String> {
    let mut markers = markers(source);
    let mut complaints = Vec::new();
    if markers.is_empty() {
        complaints.push("no error is expected: mark it with `//~ [TOKEN] part of the headline`".to_owned());
    }
    complaints.extend(ELSEWHERE.iter().filter(|what| golden.contains(*what)).map(|what| format!("it shows `{what}`")));
    for report in reports(golden) {
        let headline = &report.headline;
        complaints.extend(
            PRIVATE_NAMES.iter().filter(|name| headline.contains(*name)).map(|name| format!("`{name}` in: {headline}")),
        );
        let fits = |marker: &Marker| {
            report.kind == "error"
                && (marker.line, &marker.token) == (report.line, &report.token)
                && headline.contains(&marker.headline)
        };
        match markers.iter().position(fits) {
            Some(index) => drop(markers.remove(index)),
            None => complaints.push(format!("not expected: {report:?}")),
        }
    }
    complaints.extend(markers.iter().map(|marker| format!("not reported: {marker:?}")));
    complaints
}

fn markers(source: &str) -> Vec<Marker> {
    let of_line = |(index, line): (usize, &str)| {
        let marked = line.split("//~ ").skip(1).filter_map(move |text| {
            let (token, headline) = bracketed(text)?;
            Some(Marker { line: index + 1, token: token.to_owned(), headline: headline.trim().to_owned() })
        });
        marked.collect::<Vec<_>>()
    };
    source.lines().enumerate().flat_map(of_line).collect()
}

fn reports(golden: &str) -> Vec<Report> {
    golden.split("\n\n").filter_map(report).collect()
}

/// Reads a block that begins with `error` or `warning`; what is not found in it stays empty, and so fits no marker.
fn report(block: &str) -> Option<Report> {
    let mut lines = block.trim_start_matches('\n').lines();
    let (start, headline) = lines.next()?.split_once(": ")?;
    let kind = start.split('[').next().filter(|kind| ["error", "warning"].contains(kind))?;
    let lines: Vec<&str> = lines.collect();
    let place = lines.iter().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
    let line = place.rsplit(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or_default();
    let token = underlined(&lines, line).unwrap_or_default();
    Some(Report { kind: kind.to_owned(), headline: headline.to_owned(), line, token })
}

/// The text above the first `^^^` below the source line with this number. A span of several lines has no such text.
fn underlined(lines: &[&str], number: usize) -> Option<String> {
    let shows = |line: &str| line.trim_start().starts_with(&format!("{number} |"));
    let at = lines.iter().position(|line| shows(line))?;
    let carets = lines[at + 1..].iter().find(|line| line.contains('^'))?;
    let start = carets.find('^')?;
    let length = carets[start..].chars().take_while(|character| *character == '^').count();
    Some(lines[at].chars().skip(start).take(length).collect())
}

/// Each fixture's name and source.
fn fixtures() -> Vec<(String, String)> {
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap())
    };
    files("rs").into_iter().map(read).collect()
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail")
}
