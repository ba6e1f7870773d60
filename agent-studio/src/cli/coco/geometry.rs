//! Conversion of geometries from pixels to relative coordinates.

use agent_platform::labels::{
    AnyCoordinates, Bitmask, BoundingBox, Polygon, Skeleton, SkeletonVertex, Vertex, Visibility, encode_runs,
};
use serde_json::Value;

use super::document::{Annotation, Category};
use super::feature_hash::{default_value, vertex_hash};
use super::media::ImportedImage;

/// The shape of an imported annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Shape {
    Box,
    Polygon,
    Mask,
    Keypoints,
}

impl Shape {
    /// Returns the shape's name in an ontology.
    pub(super) fn ontology_name(self) -> &'static str {
        match self {
            Self::Box => "bounding_box",
            Self::Polygon => "polygon",
            Self::Mask => "bitmask",
            Self::Keypoints => "skeleton",
        }
    }
}

/// Returns the shapes of an annotation: a skeleton for keypoints, and a polygon or mask for a segmentation. The
/// bounding box is used only if there is neither.
pub(super) fn shapes(annotation: &Annotation) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let has_points =
        |points: &Vec<f64>| points.chunks(3).any(|point| point.last().is_some_and(|visibility| *visibility > 0.0));
    if annotation.keypoints.as_ref().is_some_and(has_points) {
        shapes.push(Shape::Keypoints);
    }
    match &annotation.segmentation {
        Some(Value::Array(rings)) if !rings.is_empty() => shapes.push(Shape::Polygon),
        Some(Value::Object(_)) => shapes.push(Shape::Mask),
        _ => {}
    }
    if shapes.is_empty() && annotation.bbox.is_some() {
        shapes.push(Shape::Box);
    }
    shapes
}

/// Returns an annotation's coordinates, relative to the image.
///
/// # Errors
/// The problem, as the end of "annotations that …".
pub(super) fn coordinates(
    shape: Shape,
    annotation: &Annotation,
    category: &Category,
    image: &ImportedImage,
) -> Result<AnyCoordinates, &'static str> {
    match shape {
        Shape::Box => bounding_box(annotation, image).map(Into::into),
        Shape::Polygon => polygon(annotation, image).map(Into::into),
        Shape::Mask => mask(annotation, image).map(Into::into),
        Shape::Keypoints => skeleton(annotation, category, image).map(Into::into),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no image has 2^52 columns")]
fn relative(x: f64, y: f64, image: &ImportedImage) -> (f64, f64) {
    (x / image.width as f64, y / image.height as f64)
}

fn bounding_box(annotation: &Annotation, image: &ImportedImage) -> Result<BoundingBox, &'static str> {
    let Some([x, y, width, height]) = annotation.bbox.as_deref() else {
        return Err("have a box that is not four numbers");
    };
    if *width <= 0.0 || *height <= 0.0 {
        return Err("have a box without width or height");
    }
    let ((x, y), (width, height)) = (relative(*x, *y, image), relative(*width, *height, image));
    Ok(BoundingBox { x, y, width, height })
}

fn polygon(annotation: &Annotation, image: &ImportedImage) -> Result<Polygon, &'static str> {
    let rings: Option<Vec<Vec<f64>>> =
        annotation.segmentation.as_ref().and_then(|rings| serde_json::from_value(rings.clone()).ok());
    let rings = rings.ok_or("have a polygon that is not lists of numbers")?;
    let ring = |ring: &Vec<f64>| {
        let (pairs, []) = ring.as_chunks::<2>() else { return None };
        let corner = |[x, y]: &[f64; 2]| {
            let (x, y) = relative(*x, *y, image);
            Vertex { x, y }
        };
        // Each ring is a separate polygon: COCO has no holes.
        (pairs.len() >= 3).then(|| vec![pairs.iter().map(corner).collect()])
    };
    let polygons: Option<Vec<_>> = rings.iter().map(ring).collect();
    Ok(Polygon { polygons: polygons.ok_or("have a polygon with fewer than three corners or half a corner")? })
}

fn mask(annotation: &Annotation, image: &ImportedImage) -> Result<Bitmask, &'static str> {
    let segmentation = annotation.segmentation.as_ref().unwrap_or(&Value::Null);
    let size: Option<[u64; 2]> = segmentation.get("size").and_then(|size| serde_json::from_value(size.clone()).ok());
    let [height, width] = size.ok_or("have a mask without a size")?;
    if (width, height) != (image.width, image.height) {
        return Err("have a mask of another size than their image");
    }
    let counts = match segmentation.get("counts") {
        Some(Value::String(counts)) => counts.clone(),
        Some(Value::Array(counts)) => {
            let runs: Option<Vec<u64>> = counts.iter().map(Value::as_u64).collect();
            encode_runs(&runs.ok_or("have a mask whose counts are not whole numbers")?)
        }
        _ => return Err("have a mask without counts"),
    };
    Bitmask::from_coco_rle(width, height, &counts).map_err(|_| "have a mask whose counts do not fit its size")
}

fn skeleton(annotation: &Annotation, category: &Category, image: &ImportedImage) -> Result<Skeleton, &'static str> {
    let points = annotation.keypoints.as_deref().unwrap_or_default();
    let (points, []) = points.as_chunks::<3>() else { return Err("have keypoints that are not three numbers each") };
    if points.len() != category.keypoints.len() {
        return Err("have another number of keypoints than their category");
    }
    let vertex = |([x, y, visibility], name): (&[f64; 3], &String)| {
        let (x, y) = relative(*x, *y, image);
        let visibility = match *visibility {
            visibility if visibility >= 2.0 => Visibility::Visible,
            visibility if visibility >= 1.0 => Visibility::Occluded,
            _ => Visibility::Invisible,
        };
        SkeletonVertex {
            x,
            y,
            name: name.clone(),
            color: None,
            value: Some(default_value(name)),
            feature_hash: Some(vertex_hash(category, name).into()),
            visibility: Some(visibility),
        }
    };
    Ok(Skeleton { vertices: points.iter().zip(&category.keypoints).map(vertex).collect() })
}
