//! Paths of the types of `ontology!`.

use crate::hash::FeatureHash;

use super::identifier::{attribute_function, module_name, pascal, snake};
use super::{Attribute, AttributeType, Choice, Ontology};

/// The Rust path of a class, attribute or option, as `ontology!` names it without `rename`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustPath {
    feature_hash: FeatureHash,
    path: String,
}

impl RustPath {
    /// Returns the feature hash of the item.
    #[must_use]
    pub fn feature_hash(&self) -> &FeatureHash {
        &self.feature_hash
    }

    /// Returns the path, such as `Coin`, `coin::Metal`, `coin::Metal::Silver` or `Coin::diameter`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl Ontology {
    /// Returns the Rust paths of all classes, attributes and options that `ontology!` generates types for. Archived items, and those
    /// whose titles make no name, are left out. An attribute with options has the path of its enum; another one that of the function
    /// that reads it, or below an option, of the field.
    #[must_use]
    pub fn rust_paths(&self) -> Vec<RustPath> {
        let mut paths = Paths::default();
        for class in self.objects().filter(|class| !class.is_archived()) {
            let Some((type_name, module)) = names(class.name()) else { continue };
            paths.add(class.feature_hash(), type_name.clone());
            let module = module_name(module, &type_name);
            for attribute in class.attributes() {
                let Some((_, function)) = names(attribute.name()) else { continue };
                paths.attribute(attribute, &module, &format!("{type_name}::{}", attribute_function(function)));
            }
        }
        for class in self.classifications().filter(|class| !class.is_archived()) {
            let Some((type_name, module)) = names(class.name()) else { continue };
            let Some(attribute) = class.attribute().filter(|attribute| !attribute.is_archived()) else { continue };
            paths.add(class.feature_hash(), type_name.clone());
            let module = module_name(module, &type_name);
            match attribute.attribute_type() {
                AttributeType::Radio => {
                    paths.add(attribute.feature_hash(), type_name.clone());
                    paths.options(attribute, &module, &type_name);
                }
                _ => paths.attribute(attribute, &module, &format!("{type_name}.0")),
            }
        }
        paths.0
    }
}

fn names(title: &str) -> Option<(String, String)> {
    pascal(title).zip(snake(title))
}

#[derive(Default)]
struct Paths(Vec<RustPath>);

impl Paths {
    fn add(&mut self, feature_hash: &FeatureHash, path: String) {
        self.0.push(RustPath { feature_hash: feature_hash.clone(), path });
    }

    /// Adds an attribute with its options. `value` is the path of its value, unless it has an enum.
    fn attribute(&mut self, attribute: &Attribute, module: &str, value: &str) {
        let Some(name) = pascal(attribute.name()).filter(|_| !attribute.is_archived()) else { return };
        match attribute.attribute_type() {
            AttributeType::Radio | AttributeType::Checklist => {
                let path = format!("{module}::{name}");
                self.add(attribute.feature_hash(), path.clone());
                self.options(attribute, module, &path);
            }
            _ => self.add(attribute.feature_hash(), value.to_owned()),
        }
    }

    fn options(&mut self, attribute: &Attribute, module: &str, enumeration: &str) {
        for option in attribute.options().filter(|option| !option.is_archived()) {
            self.option(option, module, enumeration);
        }
    }

    fn option(&mut self, option: &Choice, module: &str, enumeration: &str) {
        let Some(variant) = pascal(option.label()) else { return };
        let path = format!("{enumeration}::{variant}");
        self.add(option.feature_hash(), path.clone());
        for nested in option.attributes() {
            let Some(field) = snake(nested.name()) else { continue };
            self.attribute(nested, module, &format!("{path} {{ {field} }}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_classes_attributes_and_options() {
        let sample = include_str!("../../../agent-studio/sample/ontology.json");
        let paths = Ontology::parse(sample).unwrap().rust_paths();
        let paths: Vec<&str> = paths.iter().map(RustPath::path).collect();
        for path in [
            "Coin",
            "coin::Metal",
            "coin::Metal::Silver",
            "coin::Metal::NotSure { why }",
            "Coin::diameter",
            "coin::InTheWay",
            "Scene",
            "Scene::Indoors",
            "scene::Light::Daylight",
            "Caption",
            "Caption.0",
        ] {
            assert!(paths.contains(&path), "{path} is not in {paths:?}");
        }
    }
}
