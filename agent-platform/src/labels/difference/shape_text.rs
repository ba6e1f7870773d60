//! Coordinates in a few words.

use crate::labels::geometry::{AnyCoordinates, Extent};

/// Writes a number with at most four decimals.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Writes a shape in a few words: its kind, its size, and where it is on the image. Coordinates are rounded.
pub(super) fn shape_text(shape: &AnyCoordinates) -> String {
    match shape {
        AnyCoordinates::BoundingBox(shape) => format!("box {}", upright(shape.x, shape.y, shape.width, shape.height)),
        AnyCoordinates::RotatableBoundingBox(shape) => {
            let upright = upright(shape.x, shape.y, shape.width, shape.height);
            format!("box {upright}, turned by {}°", number(shape.theta))
        }
        AnyCoordinates::Polygon(polygon) => {
            counted("polygon", polygon.rings().map(Vec::len).sum::<usize>() as u64, "point", shape)
        }
        AnyCoordinates::Polyline(line) => counted("polyline", line.points.len() as u64, "point", shape),
        AnyCoordinates::Point(point) => {
            let depth = point.z.map(|z| format!(", {}", number(z))).unwrap_or_default();
            format!("point {}, {}{depth}", number(point.x), number(point.y))
        }
        AnyCoordinates::Skeleton(skeleton) => counted("skeleton", skeleton.vertices.len() as u64, "point", shape),
        AnyCoordinates::Bitmask(mask) => match mask.area() {
            Ok(area) => counted("mask", area, "pixel", shape),
            Err(_) => "mask that cannot be read".to_owned(),
        },
        AnyCoordinates::Cuboid(cuboid) => {
            let three = |numbers: [f64; 3]| numbers.map(number).join(", ");
            format!("cuboid at {}, size {}", three(cuboid.position), three(cuboid.size))
        }
        AnyCoordinates::Cuboid2d(_) => format!("cuboid{}", position(shape)),
        AnyCoordinates::Circle(circle) => {
            format!("circle at {}, {}, radius {}", number(circle.x), number(circle.y), number(circle.radius))
        }
        AnyCoordinates::Ellipse(ellipse) => {
            let radii = format!("{} and {}", number(ellipse.rx), number(ellipse.ry));
            format!("ellipse at {}, {}, radii {radii}", number(ellipse.x), number(ellipse.y))
        }
        AnyCoordinates::Segmentation(segmentation) => {
            counted("segmentation", segmentation.points.count(), "point", shape)
        }
    }
}

fn counted(kind: &str, count: u64, unit: &str, shape: &AnyCoordinates) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{kind} of {count} {unit}{plural}{}", position(shape))
}

/// Returns the position of a shape on the image; nothing if it cannot be told.
fn position(shape: &AnyCoordinates) -> String {
    let extent = shape.extent(|| None);
    extent.map(|Extent { x, y }| format!(" in {}", upright(x[0], y[0], x[1] - x[0], y[1] - y[0]))).unwrap_or_default()
}

fn upright(x: f64, y: f64, width: f64, height: f64) -> String {
    format!("{}, {}, {} × {}", number(x), number(y), number(width), number(height))
}
