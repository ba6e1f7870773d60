//! What an agent's parameters say they need, known before the first call.

use std::any::{TypeId, type_name};

use crate::service::SharedService;

/// What the parameters of one agent ask for: shown to people, and checked at start-up.
#[derive(Debug, Default)]
pub struct Needs {
    items: Vec<String>,
    states: Vec<StateNeed>,
    borrows: Vec<Borrow>,
    service: Option<&'static dyn SharedService>,
    saves_label_row: bool,
    background_work: bool,
    optional: bool,
}

/// What the generated code says about an agent.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Declaration {
    pub needs: Needs,
    pub decisions: &'static [&'static str],
}

/// A type of application state that an agent cannot do without.
#[derive(Debug)]
pub struct StateNeed {
    /// The type.
    pub id: TypeId,
    /// The name of the type, for error messages.
    pub type_name: &'static str,
}

/// How a parameter holds a lendable thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Owned,
    Shared,
    Exclusive,
}

#[derive(Debug)]
struct Borrow {
    id: TypeId,
    type_name: &'static str,
    access: Access,
}

impl Needs {
    /// Says in a few words what is needed, e.g. `frame` or `label row`. Said twice, it counts once.
    pub fn item(&mut self, what: impl Into<String>) {
        let mut what = what.into();
        if self.optional {
            what.push_str(" (if there)");
        }
        if !self.items.contains(&what) {
            self.items.push(what);
        }
    }

    /// Says that the server must hold application state of type `T`. Inside an `Option<_>` it may be missing, and is nothing
    /// that is needed.
    pub fn state<T: 'static>(&mut self) {
        if !self.optional {
            self.item(format!("state {}", short_name(type_name::<T>())));
            self.states.push(StateNeed { id: TypeId::of::<T>(), type_name: type_name::<T>() });
        }
    }

    /// Declares that the agent needs `service`, and what for in a few words, e.g. `label row`.
    pub fn service(&mut self, what: impl Into<String>, service: &'static dyn SharedService) {
        self.item(what);
        self.service = Some(service);
    }

    /// Says that the label row is saved after the agent has run.
    pub fn saves_a_label_row(&mut self) {
        self.saves_label_row = true;
    }

    /// Says that work goes on after the answer. Inside an `Option<_>` it may not.
    pub fn background_work(&mut self) {
        self.item("background work");
        self.background_work |= !self.optional;
    }

    /// Declares what `inner` declares, as something the agent can do without.
    pub fn optionally(&mut self, inner: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.optional, true);
        inner(self);
        self.optional = before;
    }

    /// What is needed, in the words of [`item`](Self::item): first what the agent takes by value, then what it borrows.
    #[must_use]
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// The service that must be set up before the agent can be called.
    #[must_use]
    pub fn shared_service(&self) -> Option<&'static dyn SharedService> {
        self.service
    }

    /// Returns `true` if a label row is saved after the agent has run.
    #[must_use]
    pub fn saves_label_row(&self) -> bool {
        self.saves_label_row
    }

    /// Returns `true` if the agent needs work to go on after the response.
    #[must_use]
    pub fn leaves_background_work(&self) -> bool {
        self.background_work
    }

    /// The types of application state that the agent cannot do without.
    #[must_use]
    pub fn states(&self) -> &[StateNeed] {
        &self.states
    }

    pub(crate) fn borrow<T: 'static>(&mut self, access: Access) {
        self.borrows.push(Borrow { id: TypeId::of::<T>(), type_name: type_name::<T>(), access });
    }

    /// The name of a type that is taken with `&mut` and once more. The macro refuses what it can see; a type alias it
    /// cannot see through.
    pub fn conflict(&self) -> Option<&'static str> {
        let mut seen = self.borrows.iter().enumerate();
        seen.find_map(|(index, one)| {
            let clashes = |other: &Borrow| {
                other.id == one.id && (other.access == Access::Exclusive || one.access == Access::Exclusive)
            };
            self.borrows[..index].iter().any(clashes).then_some(one.type_name)
        })
    }
}

/// A type's name without the modules it lives in: `State<app::db::Pool>` becomes `State<Pool>`.
pub fn short_name(full: &str) -> String {
    let mut short = String::with_capacity(full.len());
    let mut segment = String::new();
    for character in full.chars() {
        match character {
            ':' => segment.clear(),
            c if c.is_alphanumeric() || c == '_' => segment.push(c),
            c => {
                short.push_str(&segment);
                segment.clear();
                short.push(c);
            }
        }
    }
    short + &segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_name_drops_modules_inside_generics() {
        assert_eq!(short_name("core::option::Option<app::db::Pool>"), "Option<Pool>");
        assert_eq!(short_name("(a::B, &c::D)"), "(B, &D)");
        assert_eq!(short_name("u32"), "u32");
    }

    #[test]
    fn an_exclusive_borrow_conflicts_with_any_other_of_its_type() {
        for (first, second, conflicts) in [
            (Access::Exclusive, Access::Shared, true),
            (Access::Owned, Access::Exclusive, true),
            (Access::Exclusive, Access::Exclusive, true),
            (Access::Shared, Access::Shared, false),
            (Access::Shared, Access::Owned, false),
        ] {
            let mut needs = Needs::default();
            needs.borrow::<u8>(first);
            needs.borrow::<u16>(Access::Exclusive);
            needs.borrow::<u8>(second);
            assert_eq!(needs.conflict(), conflicts.then_some("u8"), "{first:?} and {second:?}");
        }
    }
}
