//! The ontology: a class for each category and shape.

use std::collections::{BTreeMap, BTreeSet};

use agent_platform::labels::AnswerInput;
use serde_json::{Map, Value, json};

use super::document::{Annotation, Category, Document, Id};
use super::feature_hash::{as_value, feature_hash, vertex_hash};
use super::geometry::{Form, forms};

/// Texts of up to so many kinds are options; more are text.
const MOST_OPTIONS: usize = 30;

/// Colours that are easy to tell apart, in turn.
const COLOURS: [&str; 12] = [
    "#D33115", "#16406C", "#A4DD00", "#FE9200", "#7B64FF", "#00A5A5", "#FA28FF", "#5C8A00", "#AB149E", "#009CE0",
    "#FCC400", "#653294",
];

/// The classes of the ontology.
#[derive(Debug)]
pub(super) struct Classes<'a> {
    categories: BTreeMap<&'a Id, &'a Category>,
    /// In the order of the file.
    classes: Vec<Class<'a>>,
}

/// Objects of one category and shape.
#[derive(Debug)]
pub(super) struct Class<'a> {
    category: &'a Category,
    form: Form,
    name: String,
    pub(super) feature_hash: String,
    attributes: Vec<Attribute>,
}

/// An attribute, by what its values are.
#[derive(Debug)]
struct Attribute {
    name: String,
    feature_hash: String,
    kind: Kind,
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// One of these texts.
    Radio(BTreeSet<String>),
    Numeric,
    Text,
}

impl<'a> Classes<'a> {
    /// The classes that the annotations need. A category without annotations gets boxes.
    pub(super) fn of(document: &'a Document) -> Self {
        let mut categories: BTreeMap<&Id, &Category> = BTreeMap::new();
        let mut used: BTreeMap<&Id, (BTreeSet<Form>, Vec<&Annotation>)> = BTreeMap::new();
        for category in &document.categories {
            categories.entry(&category.id).or_insert(category);
        }
        for annotation in &document.annotations {
            let (all_forms, annotations) = used.entry(&annotation.category_id).or_default();
            all_forms.extend(forms(annotation));
            annotations.push(annotation);
        }
        let mut classes = Vec::new();
        for category in document.categories.iter().filter(|category| std::ptr::eq(*category, categories[&category.id]))
        {
            let (forms, annotations) = used.remove(&category.id).unwrap_or_default();
            let forms = if forms.is_empty() { BTreeSet::from([Form::Box]) } else { forms };
            for form in &forms {
                let name = match forms.len() {
                    1 => category.name.clone(),
                    _ => format!("{} ({})", category.name, form.shape().replace('_', " ")),
                };
                classes.push(Class::new(category, *form, name, &annotations));
            }
        }
        Self { categories, classes }
    }

    pub(super) fn category(&self, id: &Id) -> Option<&'a Category> {
        self.categories.get(id).copied()
    }

    pub(super) fn class(&self, category: &Id, form: Form) -> Option<&Class<'a>> {
        self.classes.iter().find(|class| class.category.id == *category && class.form == form)
    }

    pub(super) fn count(&self) -> usize {
        self.classes.len()
    }

    /// The ontology as JSON (contract: `docs/contract/label-format.md#ontology`).
    pub(super) fn ontology(&self) -> String {
        let objects: Vec<Value> = self.classes.iter().enumerate().map(|(at, class)| class.as_json(at)).collect();
        let skeletons = self.classes.iter().filter(|class| class.form == Form::Keypoints);
        let templates: Vec<Value> = skeletons.map(Class::template).collect();
        json!({"objects": objects, "classifications": [], "skeleton_templates": templates}).to_string()
    }
}

impl<'a> Class<'a> {
    fn new(category: &'a Category, form: Form, name: String, annotations: &[&Annotation]) -> Self {
        let feature_hash = feature_hash(&[&category.id.to_string(), form.shape()]);
        let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for annotation in annotations {
            for (key, value) in said(category, annotation) {
                values.entry(key).or_default().push(value);
            }
        }
        let attributes = values.into_iter().map(|(name, values)| Attribute {
            feature_hash: self::feature_hash(&[&feature_hash, &name]),
            kind: Kind::of(&values),
            name,
        });
        let attributes = attributes.collect();
        Self { category, form, name, feature_hash, attributes }
    }

    /// The answers of an annotation, by the feature hash of the attribute.
    pub(super) fn answers(&self, annotation: &Annotation) -> Vec<(String, AnswerInput)> {
        let mut said = said(self.category, annotation);
        let answers = self.attributes.iter().filter_map(|attribute| {
            let value = said.remove(&attribute.name)?;
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
            "shape": self.form.shape(),
            "featureNodeHash": self.feature_hash,
            "required": false,
            "attributes": attributes,
        })
    }

    /// The points on a circle, and the edges between them.
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
                "value": as_value(name),
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
    fn of(values: &[Value]) -> Self {
        if values.iter().all(Value::is_number) {
            return Self::Numeric;
        }
        let options: Option<BTreeSet<String>> = values.iter().map(option).collect();
        options.filter(|options| options.len() <= MOST_OPTIONS).map_or(Self::Text, Self::Radio)
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
                    "value": as_value(label),
                    "featureNodeHash": self.option_hash(label),
                })
            };
            attribute["options"] = options.iter().enumerate().map(option).collect();
        }
        attribute
    }
}

/// What an annotation says beside its geometry.
fn said(category: &Category, annotation: &Annotation) -> BTreeMap<String, Value> {
    let is_said = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let attributes = annotation.attributes.iter().filter(|(_, value)| is_said(value));
    let mut said: BTreeMap<_, _> = attributes.map(|(key, value)| (key.clone(), value.clone())).collect();
    let is_crowd =
        annotation.iscrowd.as_bool().unwrap_or_else(|| annotation.iscrowd.as_f64().is_some_and(|flag| flag > 0.0));
    if is_crowd {
        said.entry("iscrowd".to_owned()).or_insert(Value::Bool(true));
    }
    let above = category.supercategory.as_deref().filter(|above| !above.is_empty() && *above != category.name);
    if let Some(above) = above {
        said.entry("supercategory".to_owned()).or_insert_with(|| above.into());
    }
    said
}

/// A value as an option's label; `None` for what is no text and no yes or no.
fn option(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_bool().map(|flag| flag.to_string()))
}
