//! Which workspace crate may depend on which.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace;

/// Each crate with the workspace crates that it may depend on. Dev-dependencies are free.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("agent-platform", &[]),
    ("agent-batch", &["agent-platform"]),
    ("agent-macros", &["agent-platform"]),
    ("agent-core", &["agent-platform"]),
    ("agent-models", &["agent-core", "agent-platform"]),
    ("agent-runtime", &["agent-batch", "agent-core", "agent-macros", "agent-platform"]),
    ("agent-studio", &["agent-batch", "agent-platform"]),
];

/// The names under `[dependencies]` and under `[target.….dependencies]` in a manifest.
fn dependencies(package: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(workspace().join(package).join("Cargo.toml")).unwrap();
    let mut names = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            counts = section.ends_with("dependencies") && !section.contains("dev-") && !section.contains("build-");
        } else if counts && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.insert(name.to_owned());
        }
    }
    names
}

#[test]
fn crates_depend_only_on_what_is_below_them() {
    for (package, allowed) in ALLOWED {
        let dependencies = dependencies(package);
        assert!(!dependencies.is_empty(), "{package} has no dependencies: was its manifest read?");
        let members = dependencies.iter().filter(|name| ALLOWED.iter().any(|(member, _)| member == name));
        let refused: Vec<_> = members.filter(|name| !allowed.contains(&name.as_str())).collect();
        assert!(refused.is_empty(), "{package} must not depend on {refused:?}");
        assert!(!dependencies.contains("test-support"), "{package}: test-support is a dev-dependency");
    }
}

#[test]
fn agent_core_has_no_transport() {
    let dependencies = dependencies("agent-core");
    for transport in ["axum", "hyper", "hyper-util", "tower"] {
        assert!(!dependencies.contains(transport), "agent-core depends on {transport}");
    }
}
