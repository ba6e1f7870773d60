//! Values that the calls of a server share, by type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

type Values = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// The shared values of a server, one per type: application state, and services that were set up.
#[derive(Default)]
pub struct States {
    values: Values,
    /// Values that were added while calls are served.
    late: Mutex<Values>,
}

impl States {
    /// Adds a value, replacing the one of the same type.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.values.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// Returns `true` if there is a value of the type.
    #[must_use]
    pub fn contains(&self, id: TypeId) -> bool {
        self.values.contains_key(&id)
    }

    /// Returns a clone of the value of the type.
    #[must_use]
    pub fn get<T: Clone + 'static>(&self) -> Option<T> {
        self.values.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }

    /// Returns a clone of the value of type `T`. Creates it with `create` if it is missing.
    ///
    /// # Errors
    /// The error of `create`. Nothing is added then.
    pub fn get_or_try_insert<T, E>(&self, create: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        T: Clone + Send + Sync + 'static,
    {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        let there = late.get(&TypeId::of::<T>()).and_then(|value| value.downcast_ref::<T>()).cloned();
        if let Some(value) = there {
            return Ok(value);
        }
        let value = create()?;
        late.insert(TypeId::of::<T>(), Arc::new(value.clone()));
        Ok(value)
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States").field("values", &self.values.len()).finish_non_exhaustive()
    }
}
