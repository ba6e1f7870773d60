//! The generated ontology: one class per category and shape.

use std::collections::{BTreeMap, BTreeSet};

use agent_platform::labels::AnswerInput;
use serde_json::{Map, Value, json};

use super::document::{Annotation, Category, Document, Id};
use super::feature_hash::{default_value, feature_hash, vertex_hash};
use super::geometry::{Shape, shapes};

/// Maximum options of a radio attribute. Attributes with more distinct texts become text attributes.
const MAX_OPTIONS: usize = 30;

/// Colours of the classes, in turn.
const COLOURS: [&str; 12] = [
    "#D33115", "#16406C", "#A4DD00", "#FE9200", "#7B64FF", "#00A5A5", "#FA28FF", "#5C8A00", "#AB149E", "#009CE0",
    "#FCC400", "#653294",
];

/// The classes of the ontology.
#[derive(Debug)]
pub(super) struct Classes<'a> {
    categories: BTreeMap<&'a Id, &'a Category>,
    /// Classes in the order of the file.
    classes: Vec<Class<'a>>,
}

/// A class for the objects of one category and shape.
#[derive(Debug)]
pub(super) struct Class<'a> {
    category: &'a Category,
    shape: Shape,
    name: String,
    pub(super) feature_hash: String,
    attributes: Vec<Attribute>,
}

/// An attribute of a class.
#[derive(Debug)]
struct Attribute {
    name: String,
    feature_hash: String,
    kind: Kind,
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// Radio buttons with these options.
    Radio(BTreeSet<String>),
    Numeric,
    Text,
}

impl<'a> Classes<'a> {
    /// Creates the classes for the annotations. A category without annotations gets a bounding box class.
    pub(super) fn from_document(document: &'a Document) -> Self {
        let mut categories: BTreeMap<&Id, &Category> = BTreeMap::new();
        let mut used: BTreeMap<&Id, (BTreeSet<Shape>, Vec<&Annotation>)> = BTreeMap::new();
        for category in &document.categories {
            categories.entry(&category.id).or_insert(category);
        }
        for annotation in &document.annotations {
            let (all_shapes, annotations) = used.entry(&annotation.category_id).or_default();
            all_shapes.extend(shapes(annotation));
            annotations.push(annotation);
        }
        let mut classes = Vec::new();
        for category in document.categories.iter().filter(|category| std::ptr::eq(*category, categories[&category.id]))
        {
            let (shapes, annotations) = used.remove(&category.id).unwrap_or_default();
            let shapes = if shapes.is_empty() { BTreeSet::from([Shape::Box]) } else { shapes };
            for shape in &shapes {
                let name = match shapes.len() {
                    1 => category.name.clone(),
                    _ => format!("{} ({})", category.name, shape.ontology_name().replace('_', " ")),
                };
                classes.push(Class::new(category, *shape, name, &annotations));
            }
        }
        Self { categories, classes }
    }

    pub(super) fn category(&self, id: &Id) -> Option<&'a Category> {
        self.categories.get(id).copied()
    }

    pub(super) fn class(&self, category: &Id, shape: Shape) -> Option<&Class<'a>> {
        self.classes.iter().find(|class| class.category.id == *category && class.shape == shape)
    }

    pub(super) fn count(&self) -> usize {
        self.classes.len()
    }

    /// Returns the ontology as JSON (contract: `docs/contract/label-format.md#ontology`).
    pub(super) fn ontology(&self) -> String {
        let objects: Vec<Value> = self.classes.iter().enumerate().map(|(at, class)| class.as_json(at)).collect();
        let skeletons = self.classes.iter().filter(|class| class.shape == Shape::Keypoints);
        let templates: Vec<Value> = skeletons.map(Class::template).collect();
        json!({"objects": objects, "classifications": [], "skeleton_templates": templates}).to_string()
    }
}

impl<'a> Class<'a> {
    fn new(category: &'a Category, shape: Shape, name: String, annotations: &[&Annotation]) -> Self {
        let feature_hash = feature_hash(&[&category.id.to_string(), shape.ontology_name()]);
        let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for annotation in annotations {
            for (key, value) in attribute_values(category, annotation) {
                values.entry(key).or_default().push(value);
            }
        }
        let attributes = values.into_iter().map(|(name, values)| Attribute {
            feature_hash: self::feature_hash(&[&feature_hash, &name]),
            kind: Kind::infer(&values),
            name,
        });
        let attributes = attributes.collect();
        Self { category, shape, name, feature_hash, attributes }
    }

    /// Returns an annotation's answers with the feature hashes of their attributes.
    pub(super) fn answers(&self, annotation: &Annotation) -> Vec<(String, AnswerInput)> {
        let mut values = attribute_values(self.category, annotation);
        let answers = self.attributes.iter().filter_map(|attribute| {
            let value = values.remove(&attribute.name)?;
            Some((attribute.feature_hash.clone(), attribute.answer(&value)?))
        });
        answers.collect()
    }

    fn as_json(&self, at: usize) -> Value {
        let id = at + 1;
        let attributes: Vec<Value> = self
            .attributes
            .iter()
            .enumerate()
            .map(|(at, attribute)| attribute.as_json(&format!("{id}.{}", at + 1)))
            .collect();
        json!({
            "id": id.to_string(),
            "name": self.name,
            "color": COLOURS[at % COLOURS.len()],
            "shape": self.shape.ontology_name(),
            "featureNodeHash": self.feature_hash,
            "required": false,
            "attributes": attributes,
        })
    }

    /// Returns the skeleton template, with the points on a circle.
    fn template(&self) -> Value {
        let names = &self.category.keypoints;
        #[expect(clippy::cast_precision_loss, reason = "no skeleton has 2^52 points")]
        let point = |(at, name): (usize, &String)| {
            let angle = std::f64::consts::TAU * at as f64 / names.len() as f64;
            let value = json!({
                "x": 0.5 + 0.4 * angle.sin(),
                "y": 0.5 - 0.4 * angle.cos(),
                "name": name,
                "color": COLOURS[at % COLOURS.len()],
                "value": default_value(name),
                "featureHash": vertex_hash(self.category, name),
            });
            (at.to_string(), value)
        };
        let points: Map<String, Value> = names.iter().enumerate().map(point).collect();
        let mut edges: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for (from, to) in &self.category.skeleton {
            let known = 1..=names.len();
            if known.contains(from) && known.contains(to) {
                let ends = edges.entry((from - 1).to_string()).or_default();
                ends.insert((to - 1).to_string(), json!({"color": "#00A5A5"}));
            }
        }
        json!({"template": {
            "name": self.name,
            "shape": "skeleton",
            "width": 0.8,
            "height": 0.8,
            "skeleton": points,
            "skeletonEdges": edges,
            "feature_node_hash": self.feature_hash,
        }})
    }
}

impl Kind {
    /// Infers the kind of an attribute from its values.
    fn infer(values: &[Value]) -> Self {
        if values.iter().all(Value::is_number) {
            return Self::Numeric;
        }
        let options: Option<BTreeSet<String>> = values.iter().map(option).collect();
        options.filter(|options| options.len() <= MAX_OPTIONS).map_or(Self::Text, Self::Radio)
    }
}

impl Attribute {
    fn answer(&self, value: &Value) -> Option<AnswerInput> {
        Some(match &self.kind {
            Kind::Radio(_) => AnswerInput::Options(vec![self.option_hash(&option(value)?)]),
            Kind::Numeric => {
                value.as_i64().map_or_else(|| AnswerInput::Number(value.as_f64().unwrap_or_default()), Into::into)
            }
            Kind::Text => option(value).unwrap_or_else(|| value.to_string()).into(),
        })
    }

    fn option_hash(&self, label: &str) -> String {
        feature_hash(&[&self.feature_hash, label])
    }

    fn as_json(&self, id: &str) -> Value {
        let mut attribute = json!({
            "id": id,
            "name": self.name,
            "type": match self.kind { Kind::Radio(_) => "radio", Kind::Numeric => "numeric", Kind::Text => "text" },
            "featureNodeHash": self.feature_hash,
            "required": false,
            "dynamic": false,
        });
        if let Kind::Radio(options) = &self.kind {
            let option = |(at, label): (usize, &String)| {
                json!({
                    "id": format!("{id}.{}", at + 1),
                    "label": label,
                    "value": default_value(label),
                    "featureNodeHash": self.option_hash(label),
                })
            };
            attribute["options"] = options.iter().enumerate().map(option).collect();
        }
        attribute
    }
}

/// Returns an annotation's attribute values, including `iscrowd` and `supercategory`.
fn attribute_values(category: &Category, annotation: &Annotation) -> BTreeMap<String, Value> {
    let is_present = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let attributes = annotation.attributes.iter().filter(|(_, value)| is_present(value));
    let mut values: BTreeMap<_, _> = attributes.map(|(key, value)| (key.clone(), value.clone())).collect();
    let is_crowd =
        annotation.iscrowd.as_bool().unwrap_or_else(|| annotation.iscrowd.as_f64().is_some_and(|flag| flag > 0.0));
    if is_crowd {
        values.entry("iscrowd".to_owned()).or_insert(Value::Bool(true));
    }
    let supercategory = category.supercategory.as_deref().filter(|name| !name.is_empty() && *name != category.name);
    if let Some(name) = supercategory {
        values.entry("supercategory".to_owned()).or_insert_with(|| name.into());
    }
    values
}

/// Returns a string or boolean as an option's label; `None` for other values.
fn option(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_bool().map(|flag| flag.to_string()))
}
