//! Embeds the sample project into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Files and folders of the project in the sample's folder; the others generate it.
const PARTS: [&str; 5] = ["project.toml", "ontology.json", "state.json", "data", "labels"];

fn main() -> io::Result<()> {
    let sample = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("sample");
    println!("cargo::rerun-if-changed=sample");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    for part in PARTS {
        collect(&sample.join(part), &mut files)?;
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name: Vec<_> =
            file.strip_prefix(&sample).unwrap_or(&file).iter().map(|part| part.to_string_lossy()).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(code, "    ({:?}, include_bytes!({:?})),", name.join("/"), file);
    }
    code.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("sample_files.rs"), code)
}

/// Returns every file at or below a path, except hidden ones, which the studio ignores, too. Empty if the path does not exist.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
        return Ok(());
    }
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
