//! Skeleton templates: the points of a skeleton and their connections.

use crate::hash::FeatureHash;

/// The template of a skeleton (contract: `docs/contract/label-format.md#skeleton-templates`).
#[derive(Debug, Clone, PartialEq)]
pub struct SkeletonTemplate {
    pub(super) name: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) feature_hash: Option<FeatureHash>,
    pub(super) vertices: Vec<TemplateVertex>,
    pub(super) edges: Vec<SkeletonEdge>,
}

impl SkeletonTemplate {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the width of the drawing, relative to the media.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Returns the height of the drawing, relative to the media.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Returns the feature hash of the object class that uses the template.
    #[must_use]
    pub fn feature_hash(&self) -> Option<&FeatureHash> {
        self.feature_hash.as_ref()
    }

    /// Returns the points in document order.
    #[must_use]
    pub fn vertices(&self) -> &[TemplateVertex] {
        &self.vertices
    }

    /// Returns the lines between points.
    #[must_use]
    pub fn edges(&self) -> &[SkeletonEdge] {
        &self.edges
    }

    /// Finds a point by feature hash, or else by name.
    #[must_use]
    pub fn vertex(&self, key: impl AsRef<str>) -> Option<&TemplateVertex> {
        let key = key.as_ref();
        let by_hash = self.vertices.iter().find(|vertex| vertex.feature_hash.as_ref().is_some_and(|hash| hash == key));
        by_hash.or_else(|| self.vertices.iter().find(|vertex| vertex.name == key))
    }
}

/// A point of a skeleton template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateVertex {
    /// Key in the template, such as `0`.
    pub key: String,
    /// Distance from the left, from 0 to 1.
    pub x: f64,
    /// Distance from the top, from 0 to 1.
    pub y: f64,
    /// The name.
    pub name: String,
    /// The colour, if specified.
    pub color: Option<String>,
    /// The value that labels store next to the name; may be empty.
    pub value: String,
    /// The feature hash, if the point has one.
    pub feature_hash: Option<FeatureHash>,
}

/// A line between two points of a skeleton template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkeletonEdge {
    /// Key of the start point.
    pub from: String,
    /// Key of the end point.
    pub to: String,
    /// The colour, if specified.
    pub color: Option<String>,
}
