//! Processor time of `rustc` for the types of an ontology: the difference between a crate with `ontology!` and one without.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::package;

const ROUNDS: usize = 7;

/// Object classes with a radio of ten options each.
const RADIOS: [(&str, usize); 1] = [("Kind", 10)];
/// Object classes with a radio of six options, a checklist of four, and a text.
const SEVERAL: [(&str, usize); 3] = [("Kind", 6), ("Parts", 4), ("Note", 0)];

pub(super) fn run() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile-time");
    let sample = std::fs::read_to_string(workspace.join("agent-studio/sample/ontology.json")).unwrap();
    let ontologies = [
        ("without", None, ""),
        ("sample", Some(sample), "0.3"),
        ("radios", Some(ontology(&RADIOS)), "2"),
        ("several", Some(ontology(&SEVERAL)), "2"),
    ];
    let packages = ontologies.map(|(name, ontology, target)| {
        let mut source = "use agent_runtime::prelude::*;\n\n".to_owned();
        if ontology.is_some() {
            source.push_str("ontology!(\"ontology.json\");\n\n");
        }
        let package = package(&folder, &workspace, name, &(source + "fn main() {}\n"));
        std::fs::write(package.join("ontology.json"), ontology.unwrap_or_default()).unwrap();
        (name, package, target)
    });
    let mut best = [f64::MAX; 4];
    // The first round checks the dependencies.
    for round in 0..=ROUNDS {
        for ((_, package, _), best) in packages.iter().zip(&mut best) {
            let time = processor_time(package);
            if round > 0 {
                *best = best.min(time);
            }
        }
    }
    println!("processor time of rustc for `ontology!`, incremental off, minimum of {ROUNDS} rounds:");
    for ((name, _, target), time) in packages.iter().zip(best).skip(1) {
        println!("  {name:<10}{:>6.2} s   (at most {target})", time - best[0]);
    }
}

/// Returns an ontology with 300 classes and 3,000 options. Each class has attributes with these titles and numbers of options.
fn ontology(attributes: &[(&str, usize)]) -> String {
    let mut hash = 0;
    let mut next = || {
        hash += 1;
        format!("{hash:08x}")
    };
    let mut classes = Vec::new();
    for class in 0..300 {
        let mut members = String::new();
        for (index, (title, options)) in attributes.iter().enumerate() {
            let kind = ["radio", "checklist", "text"][index];
            let options: Vec<String> = (0..*options)
                .map(|option| {
                    format!(
                        r#"{{"label": "Option {option}", "value": "option_{option}", "featureNodeHash": "{}"}}"#,
                        next()
                    )
                })
                .collect();
            let separator = if index == 0 { "" } else { ", " };
            write!(
                members,
                r#"{separator}{{"name": "{title}", "type": "{kind}", "required": {}, "featureNodeHash": "{}", "options": [{}]}}"#,
                index == 0,
                next(),
                options.join(", ")
            )
            .unwrap();
        }
        classes.push(format!(
            r##"{{"name": "Class {class}", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "{}", "attributes": [{members}]}}"##,
            next()
        ));
    }
    format!(r#"{{"objects": [{}], "classifications": []}}"#, classes.join(",\n"))
}

/// Returns the processor time of the compiler for the package without its dependencies, in seconds: the user time that the shell
/// reports for `rustc` and its threads.
fn processor_time(package: &Path) -> f64 {
    let main = package.join("src/main.rs");
    let source = std::fs::read(&main).unwrap();
    std::fs::write(&main, source).unwrap();
    let wrapper = package.parent().unwrap().join("rustc-time");
    let times = package.join("times");
    std::fs::write(&wrapper, "#!/usr/bin/env bash\nTIMEFORMAT=%U; { time \"$@\" 2>&3; } 3>&2 2>\"$RUSTC_TIMES\"\n")
        .unwrap();
    let _status = Command::new("chmod").arg("+x").arg(&wrapper).status().unwrap();
    let status = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.parent().unwrap().join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WORKSPACE_WRAPPER", &wrapper)
        .env("RUSTC_TIMES", &times)
        .status()
        .unwrap();
    assert!(status.success(), "{} does not compile", package.display());
    std::fs::read_to_string(times).unwrap().trim().parse().unwrap()
}
