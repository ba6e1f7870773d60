//! Parsing of ontologies.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::hash::FeatureHash;

use super::attribute::{Attribute, AttributeType, Choice};
use super::class::{ClassificationClass, Level, ObjectClass};
use super::error::OntologyError;
use super::lookup::IndexedItem;
use super::shape::Shape;
use super::template::{SkeletonEdge, SkeletonTemplate, TemplateVertex};
use super::{Ontology, Structure};

type Result<T> = std::result::Result<T, OntologyError>;

pub(super) fn parse(text: &Arc<str>) -> Result<Ontology> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    let whole = Part { value: &value, path: String::new() };
    let structure = match whole.list_or_map("editor").or_else(|| whole.list_or_map("structure")) {
        Some(structure) => structure,
        None => Part { value: &value, path: String::new() },
    };
    // Without this check, an unrelated response would be parsed as an ontology without classes.
    if !["objects", "classifications"].iter().any(|list| structure.get(list).is_some_and(Value::is_array)) {
        let path = if structure.path.is_empty() { "its top" } else { structure.path.trim_end_matches('.') };
        return Err(OntologyError::Missing { path: path.to_owned(), what: "objects" });
    }
    let mut parser = Parser::default();
    let mut ontology = Structure {
        ontology_hash: whole.text("ontology_hash").or_else(|| whole.text("ontologyUuid")),
        title: whole.text("title"),
        objects: structure.list("objects").map(|part| parser.object(&part)).collect::<Result<_>>()?,
        classifications: structure
            .list("classifications")
            .map(|part| parser.classification(&part))
            .collect::<Result<_>>()?,
        templates: structure.list("skeleton_templates").filter_map(|part| template(&part)).collect(),
        by_hash: HashMap::new(),
        objects_by_title: HashMap::new(),
        classifications_by_title: HashMap::new(),
        text: text.clone(),
    };
    for (index, class) in ontology.objects.iter().enumerate() {
        ontology.objects_by_title.entry(class.name().to_owned()).or_insert(index);
    }
    for (index, class) in ontology.classifications.iter().enumerate() {
        ontology.classifications_by_title.entry(class.name().to_owned()).or_insert(index);
    }
    ontology.by_hash = parser.by_hash;
    Ok(Ontology(Arc::new(ontology)))
}

/// A JSON value and its path.
struct Part<'v> {
    value: &'v Value,
    path: String,
}

impl<'v> Part<'v> {
    fn get(&self, key: &str) -> Option<&'v Value> {
        self.value.as_object().and_then(|object| object.get(key))
    }

    fn list_or_map(&self, key: &str) -> Option<Part<'v>> {
        let value = self.get(key).filter(|value| value.is_object())?;
        Some(Part { value, path: format!("{key}.") })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Value::as_str).map(str::to_owned)
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.get(key).and_then(Value::as_f64)
    }

    /// Returns a required string.
    fn required(&self, key: &'static str) -> Result<String> {
        self.text(key)
            .ok_or_else(|| OntologyError::Missing { path: self.path.trim_end_matches('.').to_owned(), what: key })
    }

    fn feature_hash(&self) -> Result<FeatureHash> {
        self.required("featureNodeHash").map(FeatureHash::from)
    }

    fn list(&self, key: &str) -> impl Iterator<Item = Part<'v>> + use<'v> {
        let base = format!("{}{key}", self.path);
        let values = self.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        values.iter().enumerate().map(move |(index, value)| Part { value, path: format!("{base}[{index}].") })
    }

    fn map(&self, key: &str) -> Option<&'v Map<String, Value>> {
        self.get(key).and_then(Value::as_object)
    }
}

/// State shared while parsing the classes.
#[derive(Default)]
struct Parser {
    by_hash: HashMap<FeatureHash, IndexedItem>,
}

impl Parser {
    /// Adds an item to the index. The first item with a feature hash wins.
    fn add_to_index(&mut self, feature_hash: &FeatureHash, entry: IndexedItem) {
        self.by_hash.entry(feature_hash.clone()).or_insert(entry);
    }

    fn object(&mut self, part: &Part<'_>) -> Result<Arc<ObjectClass>> {
        let feature_hash = part.feature_hash()?;
        let class = Arc::new(ObjectClass {
            id: part.text("id").unwrap_or_default(),
            name: part.text("name").unwrap_or_default(),
            color: part.text("color").unwrap_or_default(),
            shape: Shape::from(part.required("shape")?.as_str()),
            required: part.flag("required"),
            archived: part.flag("archived"),
            attributes: self.attributes(part, "attributes", &feature_hash, &[])?,
            feature_hash,
        });
        self.add_to_index(&class.feature_hash, IndexedItem::Object(class.clone()));
        Ok(class)
    }

    fn classification(&mut self, part: &Part<'_>) -> Result<Arc<ClassificationClass>> {
        let feature_hash = part.feature_hash()?;
        let class = Arc::new(ClassificationClass {
            id: part.text("id").unwrap_or_default(),
            level: part.text("level").map(|level| Level::from(level.as_str())),
            archived: part.flag("archived"),
            attributes: self.attributes(part, "attributes", &feature_hash, &[])?,
            feature_hash,
        });
        self.add_to_index(&class.feature_hash, IndexedItem::Classification(class.clone()));
        Ok(class)
    }

    /// Recurses as deep as the JSON is nested, at most 128 levels.
    fn attributes(
        &mut self,
        part: &Part<'_>,
        key: &str,
        class: &FeatureHash,
        parents: &[FeatureHash],
    ) -> Result<Vec<Arc<Attribute>>> {
        part.list(key).map(|part| self.attribute(&part, class, parents)).collect()
    }

    fn attribute(&mut self, part: &Part<'_>, class: &FeatureHash, parents: &[FeatureHash]) -> Result<Arc<Attribute>> {
        let feature_hash = part.feature_hash()?;
        let choices = part
            .list("options")
            .map(|part| self.choice(&part, class, &feature_hash, parents))
            .collect::<Result<_>>()?;
        let attribute = Arc::new(Attribute {
            id: part.text("id").unwrap_or_default(),
            name: part.text("name").unwrap_or_default(),
            kind: AttributeType::from(part.required("type")?.as_str()),
            required: part.flag("required"),
            archived: part.flag("archived"),
            // An attribute below an option is never dynamic, even if it says so (contract:
            // `docs/contract/label-format.md#attributes`).
            dynamic: part.flag("dynamic") && parents.is_empty(),
            choices,
            class: class.clone(),
            parents: parents.to_vec(),
            feature_hash,
        });
        self.add_to_index(&attribute.feature_hash, IndexedItem::Attribute(attribute.clone()));
        Ok(attribute)
    }

    fn choice(
        &mut self,
        part: &Part<'_>,
        class: &FeatureHash,
        attribute: &FeatureHash,
        parents: &[FeatureHash],
    ) -> Result<Arc<Choice>> {
        let feature_hash = part.feature_hash()?;
        let mut parents = parents.to_vec();
        parents.push(feature_hash.clone());
        let choice = Arc::new(Choice {
            id: part.text("id").unwrap_or_default(),
            label: part.text("label").unwrap_or_default(),
            value: part.text("value").unwrap_or_default(),
            archived: part.flag("archived"),
            attributes: self.attributes(part, "options", class, &parents)?,
            attribute: attribute.clone(),
            feature_hash,
        });
        self.add_to_index(&choice.feature_hash, IndexedItem::Option(choice.clone()));
        Ok(choice)
    }
}

/// Parses a template. A malformed one is skipped, but stays in the source text.
fn template(part: &Part<'_>) -> Option<SkeletonTemplate> {
    let value = part.get("template").unwrap_or(part.value);
    let part = Part { value, path: String::new() };
    let vertex = |(key, value): (&String, &Value)| {
        let part = Part { value, path: String::new() };
        Some(TemplateVertex {
            key: key.clone(),
            x: part.number("x")?,
            y: part.number("y")?,
            name: part.text("name")?,
            color: part.text("color"),
            value: part.text("value").unwrap_or_default(),
            feature_hash: part.text("featureHash").map(FeatureHash::from),
        })
    };
    let mut vertices: Vec<_> = part.map("skeleton")?.iter().filter_map(vertex).collect();
    vertices.sort_by_key(|vertex| vertex.key.parse::<u64>().unwrap_or(u64::MAX));
    let edge = |from: &String, (to, value): (&String, &Value)| {
        let color = Part { value, path: String::new() }.text("color");
        SkeletonEdge { from: from.clone(), to: to.clone(), color }
    };
    let edges = part.map("skeletonEdges").into_iter().flatten();
    let edges = edges.filter_map(|(from, ends)| Some((from, ends.as_object()?)));
    Some(SkeletonTemplate {
        name: part.text("name")?,
        width: part.number("width").unwrap_or_default(),
        height: part.number("height").unwrap_or_default(),
        feature_hash: part.text("feature_node_hash").map(FeatureHash::from),
        vertices,
        edges: edges.flat_map(|(from, ends)| ends.iter().map(move |end| edge(from, end))).collect(),
    })
}
