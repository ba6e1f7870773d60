//! Keys that are written more than once in one object.

use std::borrow::Cow;
use std::collections::HashMap;

/// Up to here a list is faster than a map.
const FEW: usize = 8;

/// The keys of one object so far, and where each was written last.
#[derive(Default)]
pub(super) struct DuplicateKeys<'t> {
    few: Vec<(Cow<'t, str>, usize)>,
    many: HashMap<Cow<'t, str>, usize>,
}

impl<'t> DuplicateKeys<'t> {
    /// Where the key was written before, if it was.
    pub(super) fn again(&mut self, key: Cow<'t, str>, at: usize) -> Option<usize> {
        if !self.many.is_empty() {
            return self.many.insert(key, at);
        }
        if let Some((_, before)) = self.few.iter_mut().find(|(name, _)| *name == key) {
            return Some(std::mem::replace(before, at));
        }
        self.few.push((key, at));
        if self.few.len() > FEW {
            self.many.extend(self.few.drain(..));
        }
        None
    }
}
