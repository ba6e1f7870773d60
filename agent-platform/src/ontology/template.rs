//! Skeleton templates: which points a skeleton has and which of them are joined.

/// The template of a skeleton (contract: `docs/contract/label-format.md#skeleton-templates`).
#[derive(Debug, Clone, PartialEq)]
pub struct SkeletonTemplate {
    pub(super) name: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) feature_hash: Option<String>,
    pub(super) vertices: Vec<TemplateVertex>,
    pub(super) edges: Vec<SkeletonEdge>,
}

impl SkeletonTemplate {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The width of the drawing, relative to the media.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The height of the drawing, relative to the media.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The feature hash of the object class that it is the template of.
    #[must_use]
    pub fn feature_hash(&self) -> Option<&str> {
        self.feature_hash.as_deref()
    }

    /// The points, in document order.
    #[must_use]
    pub fn vertices(&self) -> &[TemplateVertex] {
        &self.vertices
    }

    /// The lines between points.
    #[must_use]
    pub fn edges(&self) -> &[SkeletonEdge] {
        &self.edges
    }

    /// A point by its feature hash, or else by its name.
    #[must_use]
    pub fn vertex(&self, key: &str) -> Option<&TemplateVertex> {
        let by_hash = self.vertices.iter().find(|vertex| vertex.feature_hash.as_deref() == Some(key));
        by_hash.or_else(|| self.vertices.iter().find(|vertex| vertex.name == key))
    }
}

/// A point of a skeleton template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateVertex {
    /// Its key in the template, such as `0`.
    pub key: String,
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
    /// The name.
    pub name: String,
    /// The colour, if one is written.
    pub color: Option<String>,
    /// What labels repeat beside the name; empty if none is written.
    pub value: String,
    /// The identity of the point, if it has one.
    pub feature_hash: Option<String>,
}

/// A line between two points of a skeleton template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkeletonEdge {
    /// The key of the point where it starts.
    pub from: String,
    /// The key of the point where it ends.
    pub to: String,
    /// The colour, if one is written.
    pub color: Option<String>,
}
