//! Names that two items would have.

use std::collections::HashMap;

use super::model::{Classification, Field, Item, Model, Object, UNRECOGNIZED};

/// Two items with one name.
#[derive(Debug, PartialEq)]
pub(super) struct Collision {
    first: Named,
    second: Named,
    name: String,
}

/// An item, or something that is made for it.
#[derive(Debug, Clone, PartialEq)]
struct Named {
    noun: &'static str,
    path: String,
    title: String,
    feature_hash: String,
}

impl Named {
    fn new(noun: &'static str, item: &Item) -> Self {
        let Item { path, title, feature_hash } = item.clone();
        Self { noun, path, title, feature_hash }
    }

    fn described(&self, other: &Self) -> String {
        let Self { noun, path, feature_hash, .. } = self;
        match (path.as_str(), *path == other.path) {
            ("", _) => (*noun).to_owned(),
            (_, false) => format!("the {noun} `{path}`"),
            (_, true) => format!("the {noun} `{path}` ({feature_hash})"),
        }
    }
}

impl Collision {
    /// Returns the error, with the call that fixes it.
    pub(super) fn message(&self, file: &str) -> String {
        let Self { first, second, name } = self;
        let key = if first.title == second.title { &second.feature_hash } else { &second.title };
        format!(
            "{} and {} would both be named `{name}`: give one another name, such as \
             `ontology!({file:?}, rename({key:?} => {}))`",
            first.described(second),
            second.described(first),
            other_name(&second.title)
        )
    }
}

fn other_name(title: &str) -> String {
    agent_platform::ontology::identifier::pascal(title).unwrap_or_default() + "2"
}

/// Finds the names that two items would have.
pub(super) fn find(model: &Model) -> Vec<Collision> {
    let mut search = Search::default();
    search.top(model);
    for object in &model.objects {
        let mut functions = HashMap::new();
        for field in &object.fields {
            let named = Named::new("attribute", &field.item);
            for name in [&field.name, &format!("set_{}", field.name), &field.constant] {
                search.add(&mut functions, name, &named);
            }
        }
        let mut types = HashMap::new();
        object.fields.iter().for_each(|field| search.below(field, &mut types));
    }
    for Classification { type_name, field, item, .. } in &model.classifications {
        let mut types = HashMap::new();
        // The enum of a radio is the type of the class.
        if field.type_name == *type_name {
            types.insert(type_name.clone(), Named::new("classification", item));
            search.options(field, &mut HashMap::new());
        } else {
            search.below(field, &mut types);
        }
    }
    search.found
}

type Names = HashMap<String, Named>;

#[derive(Default)]
struct Search {
    found: Vec<Collision>,
}

impl Search {
    fn top(&mut self, model: &Model) {
        let mut names = HashMap::new();
        for Object { item, type_name, module, .. } in &model.objects {
            let class = Named::new("class", item);
            self.add(&mut names, type_name, &class);
            self.add(&mut names, module, &class);
            self.add(&mut names, &format!("New{type_name}"), &Named::new("builder of the class", item));
        }
        for Classification { item, type_name, module, .. } in &model.classifications {
            let class = Named::new("classification", item);
            self.add(&mut names, type_name, &class);
            self.add(&mut names, module, &class);
        }
    }

    /// Adds the enum, variants and fields of an attribute.
    fn below(&mut self, field: &Field, types: &mut Names) {
        if field.kind.has_enum() {
            self.add(types, &field.type_name, &Named::new("attribute", &field.item));
        }
        self.options(field, types);
    }

    fn options(&mut self, field: &Field, types: &mut Names) {
        let unknown = Named {
            noun: "the variant for unknown options",
            path: String::new(),
            title: String::new(),
            feature_hash: String::new(),
        };
        let mut variants = Names::from([(UNRECOGNIZED.to_owned(), unknown)]);
        for variant in field.kind.variants() {
            self.add(&mut variants, &variant.name, &Named::new("option", &variant.item));
            let mut fields = HashMap::new();
            for nested in &variant.fields {
                self.add(&mut fields, &nested.name, &Named::new("attribute", &nested.item));
                self.below(nested, types);
            }
        }
    }

    /// Adds a name. Two items collide once, even if several names are made from each.
    fn add(&mut self, names: &mut Names, name: &str, named: &Named) {
        match names.get(name) {
            None => drop(names.insert(name.to_owned(), named.clone())),
            Some(first) => {
                let is_known = self.found.iter().any(|known| known.second.feature_hash == named.feature_hash);
                if !is_known {
                    let (first, second) = (first.clone(), named.clone());
                    self.found.push(Collision { first, second, name: name.to_owned() });
                }
            }
        }
    }
}
