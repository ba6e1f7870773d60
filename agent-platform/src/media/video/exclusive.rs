//! A value that only `&mut` reaches.

use std::sync::{Mutex, PoisonError};

/// A value without shared access, so that what holds it is `Sync` even if the value is not. It is never locked.
#[derive(Debug, Default)]
pub(super) struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(super) fn get(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
