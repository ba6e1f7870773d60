//! Requirements of an agent, declared by its parameters before the first call.

use std::any::{TypeId, type_name};

use agent_platform::typed::TypedClass;

use crate::reply_form::ReplyForm;
use crate::service::SharedService;

/// Requirements of the parameters of one agent or handler: shown to people, and checked at start-up.
#[derive(Debug, Default)]
pub struct Requirements {
    items: Vec<String>,
    states: Vec<RequiredState>,
    classes: Vec<TypedClass>,
    borrows: Vec<Borrow>,
    payload_members: Vec<PayloadMember>,
    service: Option<&'static dyn SharedService>,
    issues: Option<&'static dyn SharedService>,
    saves_label_row: bool,
    background_work: bool,
    optional: bool,
}

/// The declaration of an agent, filled in by the generated code.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Declaration {
    pub requirements: Requirements,
    pub decisions: &'static [&'static str],
    pub reply: ReplyForm,
}

/// A member of the payload that an agent reads, for the description of the agent.
// Constants, not an enum: a variant with the name of an extractor makes the compiler print that extractor with its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PayloadMember(&'static str);

impl PayloadMember {
    /// `projectHash`.
    pub const PROJECT_HASH: Self = Self("projectHash");
    /// `dataHash`.
    pub const DATA_HASH: Self = Self("dataHash");
    /// `frame`.
    pub const FRAME: Self = Self("frame");
    /// `objectHashes`.
    pub const OBJECT_HASHES: Self = Self("objectHashes");
    /// Members with other names, such as configuration parameters.
    pub const EXTRA: Self = Self("extra");
}

/// A type of application state that an agent requires.
#[derive(Debug)]
pub struct RequiredState {
    /// The type.
    pub id: TypeId,
    /// The name of the type, for error messages.
    pub type_name: &'static str,
}

/// The access of a parameter to its value.
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

impl Requirements {
    /// Declares a requirement by its name, such as `frame` or `label row`. A repeated name counts once.
    pub fn item(&mut self, name: impl Into<String>) {
        let mut name = name.into();
        if self.optional {
            name.push_str(" (if there)");
        }
        if !self.items.contains(&name) {
            self.items.push(name);
        }
    }

    /// Declares that the server must have application state of type `T`. Inside an `Option<_>` it may be missing, and is no
    /// requirement.
    pub fn state<T: 'static>(&mut self) {
        if !self.optional {
            self.item(format!("state {}", short_name(type_name::<T>())));
            self.states.push(RequiredState { id: TypeId::of::<T>(), type_name: type_name::<T>() });
        }
    }

    /// Declares a requirement that needs `service`, by its name, such as `label row`.
    pub fn service(&mut self, name: impl Into<String>, service: &'static dyn SharedService) {
        self.item(name);
        self.service = Some(service);
    }

    /// Declares that the response can become issues, for which `service` is needed. It is no requirement unless they do.
    pub(crate) fn issues(&mut self, service: &'static dyn SharedService) {
        self.issues = Some(service);
    }

    /// Turns the service for issues into a requirement.
    pub(crate) fn require_issues(&mut self) {
        if let Some(service) = self.issues {
            self.service("issues (creates)", service);
        }
    }

    /// Declares that an extractor reads a member of the payload. An agent that reads any member gets only calls whose payload is
    /// valid as a whole.
    pub fn payload_member(&mut self, member: PayloadMember) {
        if let Err(place) = self.payload_members.binary_search(&member) {
            self.payload_members.insert(place, member);
        }
    }

    /// Declares that an extractor requests something about the data unit of the call from the platform.
    pub(crate) fn data_unit(&mut self) {
        self.payload_member(PayloadMember::PROJECT_HASH);
        self.payload_member(PayloadMember::DATA_HASH);
    }

    /// Declares that the label row is saved after the agent has run.
    pub fn label_row_save(&mut self) {
        self.saves_label_row = true;
    }

    /// Declares that work goes on after the response. Inside an `Option<_>` it is no requirement.
    pub fn background_work(&mut self) {
        self.item("background work");
        self.background_work |= !self.optional;
    }

    /// Declares the requirements of `inner` as optional.
    pub fn optionally(&mut self, inner: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.optional, true);
        inner(self);
        self.optional = before;
    }

    /// Returns the names of the requirements: first those of parameters by value, then those of parameters by reference.
    #[must_use]
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Returns the members of the payload that the agent reads, in the order of the payload.
    #[must_use]
    pub fn payload_members(&self) -> &[PayloadMember] {
        &self.payload_members
    }

    /// Returns the service that must be set up before the agent can be called.
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

    /// Declares a class of `ontology!` whose labels the agent reads.
    pub fn class(&mut self, class: TypedClass) {
        if !self.classes.contains(&class) {
            self.classes.push(class);
        }
    }

    /// Returns the classes of `ontology!` whose labels the agent reads.
    #[must_use]
    pub fn classes(&self) -> &[TypedClass] {
        &self.classes
    }

    /// Returns the types of application state that the agent requires.
    #[must_use]
    pub fn states(&self) -> &[RequiredState] {
        &self.states
    }

    pub(crate) fn borrow<T: 'static>(&mut self, access: Access) {
        self.borrows.push(Borrow { id: TypeId::of::<T>(), type_name: type_name::<T>(), access });
    }

    /// Returns the name of a type that two parameters take, one of them with `&mut`. The macro refuses such parameters itself,
    /// unless a type alias hides them.
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

/// Returns the name of a type without modules: `State<app::db::Pool>` becomes `State<Pool>`.
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
    fn exclusive_borrow_conflicts_with_any_other_of_its_type() {
        for (first, second, conflicts) in [
            (Access::Exclusive, Access::Shared, true),
            (Access::Owned, Access::Exclusive, true),
            (Access::Exclusive, Access::Exclusive, true),
            (Access::Shared, Access::Shared, false),
            (Access::Shared, Access::Owned, false),
        ] {
            let mut requirements = Requirements::default();
            requirements.borrow::<u8>(first);
            requirements.borrow::<u16>(Access::Exclusive);
            requirements.borrow::<u8>(second);
            assert_eq!(requirements.conflict(), conflicts.then_some("u8"), "{first:?} and {second:?}");
        }
    }
}
