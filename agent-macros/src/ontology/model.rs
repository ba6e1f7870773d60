//! The ontology with the names of its types.

use agent_platform::ontology::identifier::{
    attribute_constant, attribute_function, is_identifier, module_name, pascal, screaming, snake,
};
use agent_platform::ontology::{Attribute, AttributeType, Choice, Ontology, Shape};

use crate::attribute::closest;

use super::arguments::Rename;

/// Variant for options that the build does not know.
pub(super) const UNRECOGNIZED: &str = "Unrecognized";

/// The shapes of classes.
const SHAPES: [&str; 15] = [
    "bounding_box",
    "rotatable_bounding_box",
    "polygon",
    "polyline",
    "point",
    "skeleton",
    "bitmask",
    "cuboid",
    "cuboid_2d",
    "circle",
    "ellipse",
    "segmentation",
    "audio",
    "time_range",
    "text",
];
/// The types of attributes.
const ATTRIBUTE_TYPES: [&str; 4] = ["radio", "checklist", "text", "numeric"];

/// A class, attribute or option that has no name, or an unknown type or shape.
#[derive(Debug)]
pub(super) struct Problem {
    /// Path of the value in the file.
    pub(super) path: String,
    pub(super) message: String,
}

/// All classes that are not archived.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) objects: Vec<Object>,
    pub(super) classifications: Vec<Classification>,
    pub(super) problems: Vec<Problem>,
    /// The renames that named something, by position.
    pub(super) used_renames: Vec<usize>,
}

/// Members that all named items have.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Titles from the class down, joined by slashes.
    pub(super) path: String,
    pub(super) title: String,
    pub(super) feature_hash: String,
}

#[derive(Debug)]
pub(super) struct Object {
    pub(super) item: Item,
    pub(super) type_name: String,
    pub(super) module: String,
    pub(super) shape: Shape,
    pub(super) color: String,
    pub(super) required: bool,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug)]
pub(super) struct Classification {
    pub(super) item: Item,
    pub(super) type_name: String,
    pub(super) module: String,
    pub(super) is_global: bool,
    pub(super) field: Field,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) item: Item,
    /// The name of the function or field.
    pub(super) name: String,
    pub(super) constant: String,
    /// The name of the enum, for radios and checklists.
    pub(super) type_name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) dynamic: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Text,
    Number,
    Radio(Vec<Variant>),
    Checklist(Vec<Variant>),
}

impl Kind {
    /// Returns the options; empty for text and numbers.
    pub(super) fn variants(&self) -> &[Variant] {
        match self {
            Self::Text | Self::Number => &[],
            Self::Radio(variants) | Self::Checklist(variants) => variants,
        }
    }

    pub(super) fn has_enum(&self) -> bool {
        matches!(self, Self::Radio(_) | Self::Checklist(_))
    }
}

/// An option.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) item: Item,
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// The walk over the ontology.
struct Builder<'r> {
    renames: &'r [Rename],
    model: Model,
}

impl Model {
    pub(super) fn new(ontology: &Ontology, renames: &[Rename]) -> Self {
        let mut builder = Builder { renames, model: Self::default() };
        for (index, class) in ontology.objects().enumerate().filter(|(_, class)| !class.is_archived()) {
            builder.object(class, &format!("objects[{index}]"));
        }
        for (index, class) in ontology.classifications().enumerate().filter(|(_, class)| !class.is_archived()) {
            builder.classification(class, &format!("classifications[{index}]"));
        }
        builder.model
    }
}

impl Builder<'_> {
    fn object(&mut self, class: &agent_platform::ontology::ObjectClass, path: &str) {
        let item = item("", class.name(), class.feature_hash().as_str());
        if let Shape::Unknown(shape) = class.shape() {
            let message = unknown(&format!("class `{}`", class.name()), "shape", shape, &SHAPES);
            return self.problem(&format!("{path}.shape"), message);
        }
        let Some((type_name, module)) = self.names(&item, path) else { return };
        let fields = self.fields(class.attributes(), &item.path, path, "attributes");
        let fields = fields.into_iter().map(|field| Field {
            constant: attribute_constant(&field.name),
            name: attribute_function(field.name),
            ..field
        });
        let object = Object {
            module: module_name(module, &type_name),
            fields: fields.collect(),
            shape: class.shape().clone(),
            color: class.color().to_owned(),
            required: class.is_required(),
            type_name,
            item,
        };
        self.model.objects.push(object);
    }

    fn classification(&mut self, class: &agent_platform::ontology::ClassificationClass, path: &str) {
        let item = item("", class.name(), class.feature_hash().as_str());
        let Some(attribute) = class.attribute().filter(|attribute| !attribute.is_archived()) else { return };
        let Some((type_name, module)) = self.names(&item, path) else { return };
        let Some(mut field) = self.field(attribute, "", &format!("{path}.attributes[0]")) else { return };
        if let Kind::Radio(_) = field.kind {
            field.type_name.clone_from(&type_name);
        }
        let module = module_name(module, &type_name);
        let classification = Classification { is_global: class.is_global(), module, type_name, field, item };
        self.model.classifications.push(classification);
    }

    fn fields<'o>(
        &mut self,
        attributes: impl Iterator<Item = &'o Attribute>,
        parent: &str,
        path: &str,
        list: &str,
    ) -> Vec<Field> {
        let attributes = attributes.enumerate().filter(|(_, attribute)| !attribute.is_archived());
        attributes
            .filter_map(|(index, attribute)| self.field(attribute, parent, &format!("{path}.{list}[{index}]")))
            .collect()
    }

    fn field(&mut self, attribute: &Attribute, parent: &str, path: &str) -> Option<Field> {
        let item = item(parent, attribute.name(), attribute.feature_hash().as_str());
        let (type_name, name) = self.names(&item, path)?;
        let kind = match attribute.attribute_type() {
            AttributeType::Text => Kind::Text,
            AttributeType::Numeric => Kind::Number,
            AttributeType::Radio => Kind::Radio(self.variants(attribute, &item.path, path)),
            AttributeType::Checklist => Kind::Checklist(self.variants(attribute, &item.path, path)),
            other => {
                let owner = format!("attribute `{}`", attribute.name());
                let message = unknown(&owner, "type", other.as_str(), &ATTRIBUTE_TYPES);
                self.problem(&format!("{path}.type"), message);
                return None;
            }
        };
        let constant = screaming(&name);
        let (required, dynamic) = (attribute.is_required(), attribute.is_dynamic());
        Some(Field { item, name, constant, type_name, kind, required, dynamic })
    }

    fn variants(&mut self, attribute: &Attribute, parent: &str, path: &str) -> Vec<Variant> {
        let options = attribute.options().enumerate().filter(|(_, option)| !option.is_archived());
        options
            .filter_map(|(index, option)| self.variant(option, parent, &format!("{path}.options[{index}]")))
            .collect()
    }

    fn variant(&mut self, option: &Choice, parent: &str, path: &str) -> Option<Variant> {
        let item = item(parent, option.label(), option.feature_hash().as_str());
        let (name, _) = self.names(&item, path)?;
        let fields = self.fields(option.attributes(), &item.path, path, "options");
        Some(Variant { item, name, fields })
    }

    /// Returns the names of the item as a type and as a function: those that `rename` gives it, or the converted title.
    fn names(&mut self, item: &Item, path: &str) -> Option<(String, String)> {
        let renamed = self.renames.iter().position(|rename| {
            let key = rename.key.value();
            [&item.title, &item.path, &item.feature_hash].into_iter().any(|own| *own == key)
        });
        let found = match renamed.and_then(|position| Some((position, self.renames.get(position)?))) {
            Some((position, rename)) => {
                self.model.used_renames.push(position);
                let name = rename.name.to_string();
                snake(&name).map(|function| (name, function))
            }
            None => pascal(&item.title).zip(snake(&item.title)),
        };
        let found = found.filter(|(name, function)| is_identifier(name) && is_identifier(function));
        if found.is_none() {
            let (title, hash) = (&item.title, &item.feature_hash);
            let message = format!("the title `{title}` makes no name: give it one with `rename({hash:?} => Name)`");
            self.problem(path, message);
        }
        found
    }

    fn problem(&mut self, path: &str, message: String) {
        self.model.problems.push(Problem { path: path.to_owned(), message });
    }
}

fn item(parent: &str, title: &str, feature_hash: &str) -> Item {
    let path = if parent.is_empty() { title.to_owned() } else { format!("{parent}/{title}") };
    Item { path, title: title.to_owned(), feature_hash: feature_hash.to_owned() }
}

fn unknown(owner: &str, what: &str, value: &str, known: &[&'static str]) -> String {
    let advice = match closest(value, known) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => format!("this version knows `{}`", known.join("`, `")),
    };
    format!("the {owner} has the unknown {what} `{value}`: {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_an_identifier() {
        for title in ["हिन्दी", "naïve", "e\u{301}té", "a²", "½", "日本 語", "🚗 car", "_", "__x__", "ﬁ", "ªb", "ß"]
        {
            for name in [pascal(title), snake(title)].into_iter().flatten() {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok() && is_identifier(&name), "{title}: {name}");
            }
        }
    }
}
