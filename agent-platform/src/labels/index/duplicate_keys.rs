//! Detection of duplicate keys in one object.

use std::borrow::Cow;
use std::collections::HashMap;

/// Maximum keys that are searched as a list; a map is faster for more.
const MAX_LISTED: usize = 8;

/// The keys of one object so far, with the last position of each.
#[derive(Default)]
pub(super) struct DuplicateKeys<'t> {
    few: Vec<(Cow<'t, str>, usize)>,
    many: HashMap<Cow<'t, str>, usize>,
}

impl<'t> DuplicateKeys<'t> {
    /// Adds a key. Returns its previous position if it is a duplicate.
    pub(super) fn insert(&mut self, key: Cow<'t, str>, at: usize) -> Option<usize> {
        if !self.many.is_empty() {
            return self.many.insert(key, at);
        }
        if let Some((_, before)) = self.few.iter_mut().find(|(name, _)| *name == key) {
            return Some(std::mem::replace(before, at));
        }
        self.few.push((key, at));
        if self.few.len() > MAX_LISTED {
            self.many.extend(self.few.drain(..));
        }
        None
    }
}
