//! Typed indices into the lists of the index.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

use super::{ClassificationRecord, ObjectRecord, SpaceRecord};

/// Position of a `T` in its list. An `Option` of it takes four bytes.
pub(crate) struct Idx<T>(NonZeroU32, PhantomData<fn() -> T>);

impl<T> Idx<T> {
    /// Returns the index of the element at `position`.
    pub(crate) fn new(position: usize) -> Self {
        // A text is at most 4 GiB, and each element takes more than one byte of it.
        let number = u32::try_from(position).unwrap_or(u32::MAX).saturating_add(1);
        Self(NonZeroU32::new(number).unwrap_or(NonZeroU32::MAX), PhantomData)
    }

    /// Returns the position in the list.
    pub(crate) fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Indices that entries of a row carry as the tag of their node. A node without one has the tag 0.
impl<T: Tagged> Idx<T> {
    /// Returns the index that a tag stands for.
    pub(crate) fn from_tag(tag: u32) -> Option<Self> {
        NonZeroU32::new(tag).map(|number| Self(number, PhantomData))
    }

    /// Returns the tag of the entries of this record.
    pub(crate) fn tag(self) -> u32 {
        self.0.get()
    }
}

/// A record that tags its entries.
pub(crate) trait Tagged {}

impl Tagged for ObjectRecord {}

impl Tagged for ClassificationRecord {}

// Derived implementations would demand the same of `T`.
impl<T> Clone for Idx<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Idx<T> {}

impl<T> PartialEq for Idx<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Idx<T> {}

impl<T> PartialOrd for Idx<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Idx<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Idx<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Debug for Idx<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.position())
    }
}

/// The part of a row that frames are counted in: the data units together, or one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place(u32);

/// The data units, which are in no space.
pub(crate) const ROOT: Place = Place(0);

impl Place {
    /// Returns the place of a space.
    pub(crate) fn from_space(space: Idx<SpaceRecord>) -> Self {
        Self(space.0.get())
    }

    /// Returns the space of a place; `None` for the data units.
    pub(crate) fn space(self) -> Option<Idx<SpaceRecord>> {
        NonZeroU32::new(self.0).map(|number| Idx(number, PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_of_index_takes_four_bytes() {
        assert_eq!(size_of::<Option<Idx<ObjectRecord>>>(), 4);
    }

    #[test]
    fn tags_and_places_round_trip() {
        let object = Idx::<ObjectRecord>::new(7);
        assert_eq!((Idx::from_tag(object.tag()), Idx::<ObjectRecord>::from_tag(0)), (Some(object), None));
        let space = Idx::new(0);
        assert_eq!((Place::from_space(space).space(), ROOT.space()), (Some(space), None));
        assert!(ROOT < Place::from_space(space));
    }
}
