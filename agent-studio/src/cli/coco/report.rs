//! Report of skipped items, so that nothing is dropped silently.

use std::collections::BTreeMap;
use std::fmt;

/// Maximum examples per reason.
const MAX_EXAMPLES: usize = 3;

/// Items that were not imported, by reason.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Skipped images and annotations.
    skipped: BTreeMap<String, Entry>,
    /// Ignored members of imported items.
    ignored_members: BTreeMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    count: usize,
    examples: Vec<String>,
}

impl Report {
    /// Records a skipped image or annotation.
    pub(super) fn skip(&mut self, why: &str, what: &str) {
        self.skipped.entry(why.to_owned()).or_default().add(what);
    }

    /// Records a member that project folders do not support.
    pub(super) fn ignore_member(&mut self, member: &str, of: &str) {
        self.ignored_members.entry(member.to_owned()).or_default().add(of);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.skipped.is_empty() && self.ignored_members.is_empty()
    }

    /// Returns whether images or annotations were skipped.
    pub(super) fn has_skipped(&self) -> bool {
        !self.skipped.is_empty()
    }
}

impl Entry {
    fn add(&mut self, what: &str) {
        self.count += 1;
        if self.examples.len() < MAX_EXAMPLES && !what.is_empty() {
            self.examples.push(what.to_owned());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for (why, Entry { count, examples }) in &self.skipped {
            let more = if *count > examples.len() { ", …" } else { "" };
            lines.push(format!("  {count} {why}: {}{more}", examples.join(", ")));
        }
        for (member, Entry { count, .. }) in &self.ignored_members {
            lines.push(format!("  `{member}`, which project folders do not support ({count} times)"));
        }
        f.write_str(&lines.join("\n"))
    }
}
