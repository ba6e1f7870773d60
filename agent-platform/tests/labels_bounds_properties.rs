//! Properties of the bounds check: accepted shapes lie inside, and clamped shapes are accepted.

use std::sync::LazyLock;

use agent_platform::labels::{
    AnyCoordinates, BoundingBox, Circle, EditError, Ellipse, LabelRow, Point, Polygon, Polyline, RotatableBoundingBox,
    Skeleton, SkeletonVertex, Vertex,
};
use proptest::prelude::*;
use test_support::made_up::image;

/// The size of the image of [`image`], in pixels.
const SIZE: [f64; 2] = [4.0, 3.0];

/// The tolerance of the bounds check.
const TOLERANCE: f64 = 1e-6;

/// Numbers around the bounds, the bounds themselves, and some of any size.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1.0..2.0_f64,
        2 => prop::sample::select(vec![0.0, 1.0, -1e-7, 1.0 + 1e-7, 1.0 + 2e-6, -2e-6, 0.5]),
        1 => -1e12..1e12_f64,
        1 => prop::num::f64::NORMAL,
    ]
}

fn length() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..1.0_f64, 1 => Just(1.0), 1 => 0.0..1e300_f64]
}

fn angle() -> impl Strategy<Value = f64> {
    prop_oneof![prop::sample::select(vec![0.0, 90.0, 180.0, -90.0, 360.0]), -400.0..400.0_f64]
}

fn points(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((number(), number()), count)
}

fn skeleton(points: Vec<(f64, f64)>) -> Skeleton {
    let named = ["head", "foot"].into_iter().zip(points);
    let vertex = |(name, (x, y)): (&str, (f64, f64))| SkeletonVertex {
        x,
        y,
        name: name.to_owned(),
        color: None,
        value: None,
        feature_hash: None,
        visibility: None,
    };
    Skeleton { vertices: named.map(vertex).collect() }
}

/// A class of the made-up ontology, and coordinates of its shape.
fn shape() -> impl Strategy<Value = (&'static str, AnyCoordinates)> {
    let four = || (number(), number(), length(), length());
    prop_oneof![
        four().prop_map(|(x, y, width, height)| ("Box", BoundingBox { x, y, width, height }.into())),
        (four(), angle()).prop_map(|((x, y, width, height), theta)| {
            ("Turned", RotatableBoundingBox { x, y, width, height, theta }.into())
        }),
        (four(), angle()).prop_map(|((x, y, rx, ry), theta)| ("Oval", Ellipse { x, y, rx, ry, theta }.into())),
        (four(), angle())
            .prop_map(|((x, y, radius, stretch), theta)| { ("Ring", Circle { x, y, radius, stretch, theta }.into()) }),
        points(3..8).prop_map(|ring| ("Area", Polygon::new(ring).into())),
        (points(3..6), points(3..6)).prop_map(|(border, hole)| {
            let ring = |points: Vec<(f64, f64)>| points.into_iter().map(Vertex::from).collect();
            ("Area", Polygon { polygons: vec![vec![ring(border), ring(hole)]] }.into())
        }),
        points(1..8)
            .prop_map(|line| { ("Line", Polyline::new(line.into_iter().map(|(x, y)| Point::new(x, y))).into()) }),
        (number(), number()).prop_map(|(x, y)| ("Spot", Point::new(x, y).into())),
        points(2..3).prop_map(|points| ("Body", skeleton(points).into())),
    ]
}

/// Returns points on the outline of a shape, as fractions of the image.
fn outline(shape: &AnyCoordinates) -> Vec<(f64, f64)> {
    let around = |x: f64, y: f64, along: f64, across: f64, theta: f64| -> Vec<(f64, f64)> {
        let (sin, cos) = theta.to_radians().sin_cos();
        let point = |step: u32| {
            let (high, wide) = (f64::from(step) / 2.0).to_radians().sin_cos();
            let (wide, high) = (wide * along, high * across);
            (x + (wide * cos - high * sin) / SIZE[0], y + (wide * sin + high * cos) / SIZE[1])
        };
        (0..720).map(point).collect()
    };
    match shape {
        AnyCoordinates::BoundingBox(shape) => {
            vec![(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
        }
        AnyCoordinates::RotatableBoundingBox(shape) => {
            shape.corners(SIZE[0], SIZE[1]).map(|[x, y]| (x / SIZE[0], y / SIZE[1])).to_vec()
        }
        AnyCoordinates::Ellipse(shape) => around(shape.x, shape.y, shape.rx * SIZE[0], shape.ry * SIZE[1], shape.theta),
        AnyCoordinates::Circle(shape) => {
            let radius = shape.radius * SIZE[0];
            around(shape.x, shape.y, radius, radius * shape.stretch, shape.theta)
        }
        AnyCoordinates::Polygon(polygon) => polygon.rings().flatten().map(|at| (at.x, at.y)).collect(),
        AnyCoordinates::Polyline(line) => line.points.iter().map(|at| (at.x, at.y)).collect(),
        AnyCoordinates::Point(point) => vec![(point.x, point.y)],
        AnyCoordinates::Skeleton(skeleton) => skeleton.vertices.iter().map(|at| (at.x, at.y)).collect(),
        other => panic!("{other:?}"),
    }
}

fn is_inside(shape: &AnyCoordinates, tolerance: f64) -> bool {
    let inside = |at: f64| (-tolerance..=1.0 + tolerance).contains(&at);
    outline(shape).iter().all(|(x, y)| inside(*x) && inside(*y))
}

/// Returns the coordinates that are saved for an object.
fn add(class: &str, coordinates: &AnyCoordinates, clamped: bool) -> Result<AnyCoordinates, EditError> {
    static IMAGE: LazyLock<LabelRow> = LazyLock::new(image);
    let mut row = IMAGE.clone();
    let add = row.add(class).with_hash("o").coordinates(coordinates.clone());
    if clamped { add.clamped() } else { add }.on(0)?;
    Ok(row.object("o").unwrap().at(0).unwrap().any_coordinates().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepts_exactly_shapes_inside((class, shape) in shape()) {
        match add(class, &shape, false) {
            Ok(written) => {
                prop_assert_eq!(&written, &shape);
                // Rounding may move a point of the outline across the tolerance.
                prop_assert!(is_inside(&shape, TOLERANCE + 1e-9));
            }
            // The outline of a round shape is sampled, and may miss the outermost point by 1e-5 of the radius.
            Err(EditError::OutsideMedia { from, to, .. }) => {
                prop_assert!(!is_inside(&shape, TOLERANCE - 1e-5), "{from} to {to}");
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn clamped_shapes_are_accepted_unchanged((class, shape) in shape()) {
        match add(class, &shape, true) {
            Ok(part) => {
                prop_assert!(is_inside(&part, TOLERANCE + 1e-9), "{part:?}");
                prop_assert_eq!(&add(class, &part, false).unwrap(), &part);
                prop_assert_eq!(&add(class, &part, true).unwrap(), &part);
                if is_inside(&shape, 0.0) {
                    prop_assert_eq!(&part, &shape);
                }
                if let (AnyCoordinates::Polygon(polygon), false) = (&part, is_inside(&shape, TOLERANCE)) {
                    prop_assert!(polygon.rings().all(|ring| ring.len() >= 3));
                }
            }
            Err(EditError::NothingInsideMedia { .. } | EditError::NotClampable { .. }) => {
                prop_assert!(!is_inside(&shape, 0.0));
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn clamped_box_is_the_intersection(x in -1.0..2.0_f64, y in -1.0..2.0_f64, width in 0.01..2.0_f64, height in 0.01..2.0_f64) {
        let shape = BoundingBox { x, y, width, height };
        let shared = ((x + width).min(1.0) - x.max(0.0)).max(0.0) * ((y + height).min(1.0) - y.max(0.0)).max(0.0);
        match add("Box", &shape.into(), true) {
            Ok(AnyCoordinates::BoundingBox(part)) => prop_assert!((part.area() - shared).abs() < 1e-5),
            Err(EditError::NothingInsideMedia { .. }) => prop_assert!(shared < 1e-12, "{shared}"),
            other => prop_assert!(false, "{other:?}"),
        }
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        match add("Area", &Polygon::new(corners).into(), true) {
            Ok(AnyCoordinates::Polygon(part)) => prop_assert!((part.area() - shared).abs() < 1e-5),
            Err(EditError::NothingInsideMedia { .. }) => prop_assert!(shared < 1e-11, "{shared}"),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
