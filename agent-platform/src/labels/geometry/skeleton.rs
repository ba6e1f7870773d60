//! Skeletons: named points.

use std::borrow::Cow;

use crate::hash::FeatureHash;
use crate::json::{boolean, elements, float, is_array, is_object, members, number_text, open_enum, quote, string};
use crate::ontology::SkeletonTemplate;

use super::finite::finite;

open_enum! {
    /// Visibility of a point of a skeleton.
    Visibility {
        /// It can be seen.
        Visible = "visible",
        /// It is outside the image.
        Invisible = "invisible",
        /// Something is in front of it.
        Occluded = "occluded",
        /// The object itself is in front of it.
        SelfOccluded = "selfOccluded",
    }
}

/// A point of a skeleton.
#[derive(Debug, Clone, PartialEq)]
pub struct SkeletonVertex {
    /// From the left: normally 0 to 1.
    pub x: f64,
    /// From the top: normally 0 to 1.
    pub y: f64,
    /// The name, by which it belongs to a point of the template.
    pub name: String,
    /// The colour, if one is written.
    pub color: Option<String>,
    /// The value beside the name, if there is one.
    pub value: Option<String>,
    /// The identity of the template's point, if one is written.
    pub feature_hash: Option<FeatureHash>,
    /// The visibility, if the row has it.
    pub visibility: Option<Visibility>,
}

/// Named points, in the order of the template (contract: `docs/contract/label-format.md#skeleton`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Skeleton {
    /// The points in order.
    pub vertices: Vec<SkeletonVertex>,
}

impl Skeleton {
    pub(super) const KEY: &'static str = "skeleton";

    /// A skeleton as its template is drawn.
    #[must_use]
    pub fn from_template(template: &SkeletonTemplate) -> Self {
        let vertices = template.vertices().iter().map(|vertex| SkeletonVertex {
            x: vertex.x,
            y: vertex.y,
            name: vertex.name.clone(),
            color: vertex.color.clone(),
            value: Some(vertex.value.clone()),
            feature_hash: vertex.feature_hash.clone(),
            visibility: None,
        });
        Self { vertices: vertices.collect() }
    }

    /// A point by its name.
    #[must_use]
    pub fn vertex(&self, name: &str) -> Option<&SkeletonVertex> {
        self.vertices.iter().find(|vertex| vertex.name == name)
    }

    /// A point by its name, to be changed.
    pub fn vertex_mut(&mut self, name: &str) -> Option<&mut SkeletonVertex> {
        self.vertices.iter_mut().find(|vertex| vertex.name == name)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        // In the order of the keys as they are written, which need not be that of their numbers.
        let vertices = if is_array(text) {
            elements(text).map(parse_vertex).collect::<Option<_>>()?
        } else if is_object(text) {
            members(text).map(|(_, value)| parse_vertex(value)).collect::<Option<_>>()?
        } else {
            return None;
        };
        Some(Self { vertices })
    }

    pub(super) fn to_json(&self) -> String {
        let vertices = self.vertices.iter().enumerate();
        let vertices: Vec<String> =
            vertices.map(|(index, vertex)| format!("\"{index}\":{}", vertex_json(vertex))).collect();
        format!("{{{}}}", vertices.join(","))
    }
}

finite!(Skeleton, [self => self.vertices.iter().flat_map(|vertex| [vertex.x, vertex.y])]);

/// The older way to say how a point can be seen, the strongest first.
pub(super) const VISIBILITY_FLAGS: [&str; 4] = ["invisible", "occluded", "selfOccluded", "visible"];

fn parse_vertex(text: &str) -> Option<SkeletonVertex> {
    let (mut x, mut y, mut name) = (None, None, None);
    let (mut color, mut value, mut feature_hash, mut word) = (None, None, None, None);
    let mut flags = [false; VISIBILITY_FLAGS.len()];
    for (key, raw) in members(text) {
        let text = || string(raw).map(Cow::into_owned);
        match key.as_ref() {
            "x" => x = float(raw),
            "y" => y = float(raw),
            "name" => name = text(),
            "color" => color = text(),
            "value" => value = text(),
            "featureHash" => feature_hash = text().map(FeatureHash::from),
            "visibility" => word = text(),
            other => {
                if let Some(index) = VISIBILITY_FLAGS.iter().position(|flag| *flag == other) {
                    flags[index] = boolean(raw) == Some(true);
                }
            }
        }
    }
    let flag = flags.iter().position(|set| *set).map(|index| VISIBILITY_FLAGS[index]);
    let visibility = flag.or(word.as_deref()).map(Visibility::from);
    Some(SkeletonVertex { x: x?, y: y?, name: name?, color, value, feature_hash, visibility })
}

fn vertex_json(vertex: &SkeletonVertex) -> String {
    let mut out =
        format!(r#"{{"x":{},"y":{},"name":{}"#, number_text(vertex.x), number_text(vertex.y), quote(&vertex.name));
    let visibility = vertex.visibility.as_ref().map(Visibility::as_str);
    let optional = [
        ("color", vertex.color.as_deref()),
        ("value", vertex.value.as_deref()),
        ("featureHash", vertex.feature_hash.as_ref().map(FeatureHash::as_str)),
        ("visibility", visibility),
    ];
    for (key, text) in optional {
        if let Some(text) = text {
            out.push_str(&format!(",\"{key}\":{}", quote(text)));
        }
    }
    out.push('}');
    out
}
