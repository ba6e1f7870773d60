//! What was not imported, and why: nothing is dropped in silence.

use std::collections::BTreeMap;
use std::fmt;

/// As many examples are named.
const EXAMPLES: usize = 3;

/// What was not imported, by reason.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Images and annotations.
    lost: BTreeMap<String, Entry>,
    /// Members of what was imported.
    not_kept: BTreeMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    count: usize,
    examples: Vec<String>,
}

impl Report {
    /// Notes an image or an annotation that is left out.
    pub(super) fn lost(&mut self, why: &str, what: &str) {
        self.lost.entry(why.to_owned()).or_default().add(what);
    }

    /// Notes a member that has no place in a project folder.
    pub(super) fn not_kept(&mut self, member: &str, of: &str) {
        self.not_kept.entry(member.to_owned()).or_default().add(of);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.not_kept.is_empty()
    }

    /// Whether images or annotations were left out.
    pub(super) fn left_out(&self) -> bool {
        !self.lost.is_empty()
    }
}

impl Entry {
    fn add(&mut self, what: &str) {
        self.count += 1;
        if self.examples.len() < EXAMPLES && !what.is_empty() {
            self.examples.push(what.to_owned());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for (why, Entry { count, examples }) in &self.lost {
            let more = if *count > examples.len() { ", …" } else { "" };
            lines.push(format!("  {count} {why}: {}{more}", examples.join(", ")));
        }
        for (member, Entry { count, .. }) in &self.not_kept {
            lines.push(format!("  `{member}`, which has no place in a project folder ({count} times)"));
        }
        f.write_str(&lines.join("\n"))
    }
}
