//! Shapes as SVG.

use std::fmt::Write;

use agent_platform::labels::AnyCoordinates;

use super::{ColouredShape, mask};

/// Width of a picture in pixels.
const WIDTH: f64 = 160.0;

/// Maximum height of a picture in pixels.
const MAX_HEIGHT: f64 = 240.0;

/// Returns an SVG picture of shapes over a thumbnail. `size` is the size of the frame in pixels.
#[expect(clippy::cast_precision_loss, reason = "no image has 2^52 pixels")]
pub(super) fn picture(size: (u64, u64), thumbnail: Option<&str>, shapes: &[ColouredShape]) -> String {
    let height = (WIDTH * size.1 as f64 / (size.0.max(1)) as f64).clamp(1.0, MAX_HEIGHT);
    let mut svg = format!(
        r##"<svg viewBox="0 0 {WIDTH} {height:.0}" width="{WIDTH}" height="{height:.0}"><rect width="100%" height="100%" fill="#ddd"/>"##
    );
    if let Some(url) = thumbnail {
        let _ = write!(svg, r#"<image href="{url}" width="{WIDTH}" height="{height:.0}" preserveAspectRatio="none"/>"#);
    }
    for ColouredShape { shape, colour } in shapes {
        if let AnyCoordinates::Bitmask(mask) = shape {
            if let Some(path) = mask::path(mask, (WIDTH, height)) {
                let _ = write!(svg, r#"<path d="{path}" fill="{colour}" fill-opacity="0.6"/>"#);
            }
        } else if let Some(path) = path(shape, height, size) {
            let _ = write!(
                svg,
                r#"<path d="{path}" fill="{colour}" fill-opacity="0.25" stroke="{colour}" stroke-width="1.5" fill-rule="evenodd"/>"#
            );
        }
    }
    svg + "</svg>"
}

/// Returns the outline of a shape; `None` for shapes without one on the image.
#[expect(clippy::cast_precision_loss, reason = "no image has 2^52 pixels")]
fn path(shape: &AnyCoordinates, height: f64, (wide, high): (u64, u64)) -> Option<String> {
    let place = |x: f64, y: f64| (x * WIDTH, y * height);
    let line = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut path = String::new();
        for (at, (x, y)) in points.enumerate() {
            let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
        }
        path
    };
    let dot = |x: f64, y: f64| ellipse(place(x, y), (2.0, 2.0));
    match shape {
        AnyCoordinates::BoundingBox(shape) => {
            let (left, top, right, bottom) = (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height);
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            Some(line(&mut corners.into_iter().map(|(x, y)| place(x, y))) + "Z")
        }
        AnyCoordinates::RotatableBoundingBox(shape) => {
            let corners = shape.corners(wide as f64, high as f64);
            let corners = corners.map(|[x, y]| place(x / wide as f64, y / high as f64));
            Some(line(&mut corners.into_iter()) + "Z")
        }
        AnyCoordinates::Polygon(polygon) => {
            let rings = polygon.rings().map(|ring| line(&mut ring.iter().map(|point| place(point.x, point.y))) + "Z");
            Some(rings.collect())
        }
        AnyCoordinates::Polyline(shape) => Some(line(&mut shape.points.iter().map(|point| place(point.x, point.y)))),
        AnyCoordinates::Point(point) => Some(dot(point.x, point.y)),
        AnyCoordinates::Skeleton(skeleton) => {
            Some(skeleton.vertices.iter().map(|vertex| dot(vertex.x, vertex.y)).collect())
        }
        AnyCoordinates::Circle(circle) => {
            Some(ellipse(place(circle.x, circle.y), (circle.radius * WIDTH, circle.radius * WIDTH)))
        }
        AnyCoordinates::Ellipse(shape) => Some(ellipse(place(shape.x, shape.y), (shape.rx * WIDTH, shape.ry * height))),
        _ => None,
    }
}

fn ellipse((x, y): (f64, f64), (rx, ry): (f64, f64)) -> String {
    format!(
        "M{:.1} {y:.1}A{rx:.1} {ry:.1} 0 1 0 {:.1} {y:.1}A{rx:.1} {ry:.1} 0 1 0 {:.1} {y:.1}Z",
        x - rx,
        x + rx,
        x - rx
    )
}

#[cfg(test)]
mod tests {
    use agent_platform::labels::{BoundingBox, Point, Polygon};

    use super::*;

    #[test]
    fn draws_shapes_in_proportion() {
        let shape = |shape: AnyCoordinates| ColouredShape { shape, colour: "#123456".to_owned() };
        let triangle = Polygon::new([(0.0, 0.0), (1.0, 0.0), (0.5, 1.0)]);
        let shapes = [
            shape(BoundingBox::new(0.25, 0.5, 0.5, 0.25).into()),
            shape(triangle.into()),
            shape(Point::new(0.5, 0.5).into()),
        ];
        let svg = picture((320, 160), Some("data:image/jpeg;base64,AA=="), &shapes);
        for part in [
            r#"viewBox="0 0 160 80""#,
            r#"d="M40.0 40.0L120.0 40.0L120.0 60.0L40.0 60.0Z""#,
            r#"d="M0.0 0.0L160.0 0.0L80.0 80.0Z""#,
            r#"d="M78.0 40.0A2.0 2.0"#,
            r#"<image href="data:image/jpeg;base64,AA==""#,
            "#123456",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
    }
}
