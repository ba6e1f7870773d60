//! Answers to checklists.

use std::slice;

/// A set of options, in the order they were added, each once.
///
/// ```
/// use agent_platform::typed::Checklist;
///
/// let mut list = Checklist::from(["wet", "dirty", "wet"]);
/// assert_eq!(list.len(), 2);
/// assert!(list.contains(&"wet"));
/// list.remove(&"wet");
/// assert_eq!(list, ["dirty"].into());
/// ```
#[derive(Debug, Clone)]
pub struct Checklist<T>(Vec<T>);

impl<T> Checklist<T> {
    /// Creates an empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the number of options.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if no option is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the options.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T: PartialEq> Checklist<T> {
    /// Returns `true` if the option is chosen.
    #[must_use]
    pub fn contains(&self, option: &T) -> bool {
        self.0.contains(option)
    }

    /// Adds an option. Returns `false` if it was chosen already.
    pub fn insert(&mut self, option: T) -> bool {
        let is_new = !self.contains(&option);
        if is_new {
            self.0.push(option);
        }
        is_new
    }

    /// Removes an option. Returns `false` if it was not chosen.
    pub fn remove(&mut self, option: &T) -> bool {
        let before = self.len();
        self.0.retain(|chosen| chosen != option);
        self.len() < before
    }
}

impl<T> Default for Checklist<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets are equal if they have the same options, in any order.
impl<T: PartialEq> PartialEq for Checklist<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|option| other.contains(option))
    }
}

impl<T: PartialEq> FromIterator<T> for Checklist<T> {
    fn from_iter<I: IntoIterator<Item = T>>(options: I) -> Self {
        let mut set = Self::new();
        set.extend(options);
        set
    }
}

impl<T: PartialEq> Extend<T> for Checklist<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, options: I) {
        for option in options {
            self.insert(option);
        }
    }
}

impl<T: PartialEq, const N: usize> From<[T; N]> for Checklist<T> {
    fn from(options: [T; N]) -> Self {
        options.into_iter().collect()
    }
}

impl<T: PartialEq> From<Vec<T>> for Checklist<T> {
    fn from(options: Vec<T>) -> Self {
        options.into_iter().collect()
    }
}

impl<'c, T> IntoIterator for &'c Checklist<T> {
    type Item = &'c T;
    type IntoIter = slice::Iter<'c, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> IntoIterator for Checklist<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
