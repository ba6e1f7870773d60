//! Coordinates outside of the image are rejected, unless the agent allows or clamps them.

use agent_platform::labels::{
    AnyCoordinates, Bitmask, BoundingBox, Circle, Cuboid, Cuboid2d, Cuboid2dDepth, EditError, Ellipse, FrameObject,
    LabelRow, Point, Polygon, Polyline, RotatableBoundingBox, Skeleton, SkeletonVertex, Vertex, Visibility,
};
use serde_json::json;
use test_support::made_up::{NO_ANSWERS, image, row, value, video};

const OUTSIDE: BoundingBox = BoundingBox { x: 0.9, y: 0.9, width: 0.5, height: 0.5 };

fn turned(x: f64, y: f64, width: f64, height: f64, theta: f64) -> RotatableBoundingBox {
    RotatableBoundingBox { x, y, width, height, theta }
}

fn vertex(name: &str, x: f64, y: f64, visibility: Option<Visibility>) -> SkeletonVertex {
    SkeletonVertex { x, y, name: name.to_owned(), color: None, value: None, feature_hash: None, visibility }
}

fn body(head: (f64, f64), foot: (f64, f64)) -> Skeleton {
    Skeleton { vertices: vec![vertex("head", head.0, head.1, None), vertex("foot", foot.0, foot.1, None)] }
}

fn crate_to(offset: Vertex) -> Cuboid2d {
    let front = [(0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4)].map(Vertex::from).to_vec();
    Cuboid2d { front, depth: Cuboid2dDepth::Isometric { offset } }
}

fn rejected(class: &str, coordinates: impl Into<AnyCoordinates>) -> Option<EditError> {
    image().add(class).coordinates(coordinates).on(0).err()
}

fn is_outside(class: &str, coordinates: impl Into<AnyCoordinates>) -> bool {
    matches!(rejected(class, coordinates), Some(EditError::OutsideMedia { .. }))
}

fn the_object(row: &LabelRow) -> FrameObject<'_> {
    row.object("o").unwrap().at(0).unwrap()
}

/// Returns the clamped coordinates of a shape on an image.
fn clamped(class: &str, coordinates: impl Into<AnyCoordinates>) -> Result<AnyCoordinates, EditError> {
    let mut row = image();
    row.add(class).with_hash("o").coordinates(coordinates).clamped().on(0)?;
    Ok(the_object(&row).any_coordinates().unwrap())
}

#[test]
fn rejects_box_outside_with_a_message() {
    let mut row = image();
    let before = row.to_json();
    let error = row.add("Box").bounding_box(0.9, 0.9, 0.5, 0.5).on(0).unwrap_err();
    let expected =
        "the bounding box reaches outside the image: it covers 0.9 to 1.4 of the width, and the image is 0 to 1";
    assert_eq!(error.to_string(), expected);
    assert_eq!(row.to_json(), before);
    let error = row.add("Box").bounding_box(0.1, -0.000_002, 0.5, 0.5).on(0).unwrap_err().to_string();
    assert!(error.contains("-0.000002 to 0.499998 of the height"), "{error}");
}

#[test]
fn accepts_rounding_errors() {
    assert_eq!(rejected("Box", BoundingBox { x: -0.000_000_9, y: 0.0, width: 1.000_001_8, height: 1.0 }), None);
    assert_eq!(rejected("Box", BoundingBox { x: 0.7, y: 0.1, width: f64::from(0.3_f32), height: 0.9 }), None);
    assert!(is_outside("Box", BoundingBox { x: 0.0, y: 0.0, width: 1.000_001_1, height: 1.0 }));
    assert!(is_outside("Box", BoundingBox { x: 1e308, y: 0.0, width: 1e308, height: 1.0 }));
}

#[test]
fn checks_every_shape_of_an_image() {
    let polygon = |x| Polygon::new([(0.1, 0.1), (x, 0.1), (0.5, 0.9)]);
    let line = |y| Polyline::new([Point::new(0.1, 0.1), Point::new(0.5, y)]);
    assert_eq!(rejected("Area", polygon(1.0)), None);
    assert!(is_outside("Area", polygon(1.1)));
    assert_eq!(rejected("Line", line(0.0)), None);
    assert!(is_outside("Line", line(-0.1)));
    assert_eq!(rejected("Spot", Point::new(1.0, 1.0)), None);
    assert!(is_outside("Spot", Point::new(0.5, 1.1)));
    assert_eq!(rejected("Body", body((0.0, 0.0), (1.0, 1.0))), None);
    assert!(is_outside("Body", body((0.5, 0.5), (0.5, 1.1))));
    assert_eq!(rejected("Crate", crate_to(Vertex { x: 0.2, y: -0.1 })), None);
    assert!(is_outside("Crate", crate_to(Vertex { x: 0.2, y: -0.2 })));
    assert_eq!(rejected("Ring", Circle::new(0.5, 0.5, 0.3)), None);
    assert_eq!(rejected("Oval", Ellipse { x: 0.5, y: 0.5, rx: 0.5, ry: 0.5, theta: 0.0 }), None);
    assert!(is_outside("Oval", Ellipse { x: 0.5, y: 0.5, rx: 0.6, ry: 0.1, theta: 0.0 }));
    assert!(matches!(
        rejected("Mask", Bitmask::from_rows(3, 4, &[0; 12]).unwrap()),
        Some(EditError::MaskSize { width: 3, .. })
    ));
}

#[test]
fn checks_holes_of_polygons() {
    let ring = |points: [(f64, f64); 3]| points.map(Vertex::from).to_vec();
    let border = ring([(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)]);
    let hole = ring([(0.4, 0.2), (1.2, 0.2), (0.5, 0.4)]);
    assert!(is_outside("Area", Polygon { polygons: vec![vec![border, hole]] }));
}

#[test]
fn rotation_is_computed_in_pixels() {
    // The image has 4 x 3 pixels. A box of 0.9 x 0.1 of it, rotated by 90 degrees about its centre, is 3.6 pixels high.
    assert_eq!(rejected("Turned", turned(0.05, 0.4, 0.9, 0.1, 0.0)), None);
    assert!(is_outside("Turned", turned(0.05, 0.4, 0.9, 0.1, 90.0)));
    assert_eq!(rejected("Turned", turned(0.2, 0.4, 0.6, 0.1, 90.0)), None);
    // The edges of the unrotated box are outside, and the corners of the rotated box inside.
    assert_eq!(rejected("Turned", turned(-0.2, 0.45, 0.6, 0.1, 90.0)), None);
    // The radius is a fraction of the width: 0.4 of it is 0.53 of the height.
    assert_eq!(rejected("Ring", Circle { x: 0.5, y: 0.5, radius: 0.37, stretch: 1.0, theta: 30.0 }), None);
    assert!(is_outside("Ring", Circle::new(0.5, 0.5, 0.4)));
    assert!(is_outside("Ring", Circle { x: 0.5, y: 0.5, radius: 0.3, stretch: 2.0, theta: 90.0 }));
    assert!(is_outside("Oval", Ellipse { x: 0.5, y: 0.5, rx: 0.45, ry: 0.1, theta: 90.0 }));
}

#[test]
fn checks_only_centre_of_rotated_box_without_image_size() {
    let mut row = row("pdf", "application/pdf", "{}", NO_ANSWERS);
    let text = row.to_json().replace(r#""width": 4, "height": 3"#, r#""width": 0, "height": 0"#);
    row = LabelRow::parse(text, row.ontology().clone()).unwrap();
    row.add("Turned").coordinates(turned(0.7, 0.7, 0.5, 0.5, 10.0)).on(0).unwrap();
    let centre = row.add("Turned").coordinates(turned(0.9, 0.9, 0.5, 0.5, 10.0)).on(0);
    assert!(matches!(centre, Err(EditError::OutsideMedia { .. })));
    let upright = row.add("Turned").coordinates(turned(0.7, 0.7, 0.5, 0.5, 0.0)).on(0);
    assert!(matches!(upright, Err(EditError::OutsideMedia { .. })));
}

#[test]
fn coordinates_in_space_are_unbounded() {
    let cuboid = Cuboid { position: [50.0; 3], orientation: [0.0; 3], size: [9.0; 3] };
    assert_eq!(rejected("Block", cuboid), None);
    assert_eq!(rejected("Spot", Point::in_space(12.0, -3.0, 4.0)), None);
    let mut scene = row("scene", "scene", "{}", NO_ANSWERS);
    scene.add("Spot").coordinates(Point::new(12.0, -3.0)).on(3).unwrap();
}

#[test]
fn invisible_points_may_be_outside() {
    let mut skeleton = body((0.5, 0.5), (0.5, 1.4));
    skeleton.vertices[1].visibility = Some(Visibility::Invisible);
    assert_eq!(rejected("Body", skeleton), None);
}

#[test]
fn beyond_media_accepts_coordinates_outside() {
    let mut row = image();
    row.add("Box").with_hash("o").coordinates(OUTSIDE).beyond_media().on(0).unwrap();
    row.edit("o").unwrap().beyond_media().put(0, BoundingBox { x: -3.0, ..OUTSIDE }).unwrap();
    row.edit("o").unwrap().at(0).unwrap().beyond_media().change::<BoundingBox>(|shape| shape.x = 3.0).unwrap();
    row.edit("o").unwrap().beyond_media().at(0).unwrap().set(BoundingBox { x: 4.0, ..OUTSIDE }).unwrap();
    assert_eq!(the_object(&row).coordinates::<BoundingBox>().unwrap().x, 4.0);
}

#[test]
fn checks_edits_like_additions() {
    let mut row = video();
    row.add("Box").with_hash("o").bounding_box(0.1, 0.1, 0.2, 0.2).on(0).unwrap();
    let before = row.to_json();
    assert!(matches!(row.edit("o").unwrap().put(1, OUTSIDE), Err(EditError::OutsideMedia { .. })));
    assert!(matches!(row.edit("o").unwrap().at(0).unwrap().set(OUTSIDE), Err(EditError::OutsideMedia { .. })));
    assert_eq!(row.to_json(), before);
    row.edit("o").unwrap().clamped().put(1, OUTSIDE).unwrap().at(0).unwrap().set(OUTSIDE).unwrap();
    let shape: BoundingBox = row.object("o").unwrap().at(1).unwrap().coordinates().unwrap();
    assert!((shape.width - 0.1).abs() < 1e-12 && shape.x == 0.9, "{shape:?}");
    assert!(matches!(row.add("Box").coordinates(OUTSIDE).on_each(2..=5), Err(EditError::OutsideMedia { .. })));
    row.add("Box").coordinates(OUTSIDE).clamped().on_each(2..=5).unwrap().put(6, OUTSIDE).unwrap();
}

#[test]
fn keeps_existing_shapes_outside() {
    let entry = r#"{"objectHash": "o", "featureHash": "class0", "shape": "bounding_box",
        "boundingBox": {"x": -0.25, "y": 0.5, "w": 0.50, "h": 1e0}}"#;
    let labels = format!(r#"{{"0": {{"objects": [{entry}], "classifications": []}}}}"#);
    let mut row = row("video", "video/mp4", &labels, NO_ANSWERS).with_metadata(test_support::made_up::frames(10));
    let edit = row.edit("o").unwrap().answer("Note", "seen").unwrap();
    edit.at(0).unwrap().confidence(0.5).unwrap().copy_to(1..=3).unwrap();
    row.classify("Weather", "Sunny").on(0).unwrap();
    assert!(row.to_json().contains(r#""boundingBox": {"x": -0.25, "y": 0.5, "w": 0.50, "h": 1e0}"#));
    row.edit("o").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.height = 0.75).unwrap();
    let further = row.edit("o").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.x = -0.3);
    assert!(matches!(further, Err(EditError::OutsideMedia { side: "width", .. })));
    assert!(matches!(
        row.edit("o").unwrap().put(5, BoundingBox { x: -0.25, y: 0.5, width: 0.5, height: 0.5 }),
        Err(EditError::OutsideMedia { .. })
    ));
    row.edit("o").unwrap().at(0).unwrap().clamped().change::<BoundingBox>(|_| {}).unwrap();
    let shape: BoundingBox = the_object(&row).coordinates().unwrap();
    assert_eq!((shape.x, shape.y, shape.width, shape.height), (0.0, 0.5, 0.25, 0.5));
}

#[test]
fn clamped_cuts_boxes_lines_and_outlines() {
    let inside = BoundingBox { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    assert_eq!(clamped("Box", inside), Ok(inside.into()));
    let whole = BoundingBox { x: -1.0, y: -2.0, width: 5.0, height: 5.0 };
    assert_eq!(clamped("Box", whole), Ok(BoundingBox { x: 0.0, y: 0.0, width: 1.0, height: 1.0 }.into()));
    assert_eq!(clamped("Turned", turned(-0.5, 0.25, 1.0, 0.5, 180.0)), Ok(turned(0.0, 0.25, 0.5, 0.5, 180.0).into()));
    let line = Polyline::new([(-0.5, 0.5), (0.5, 0.5), (0.5, 1.5)].map(|(x, y)| Point::new(x, y)));
    let part = Polyline::new([(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)].map(|(x, y)| Point::new(x, y)));
    assert_eq!(clamped("Line", line), Ok(part.into()));
    let outline = Polygon::new([(-0.5, 0.25), (0.5, 0.25), (0.5, 0.75), (-0.5, 0.75)]);
    let Ok(AnyCoordinates::Polygon(part)) = clamped("Area", outline) else { panic!("not a polygon") };
    assert!((part.area() - 0.25).abs() < 1e-12, "{part:?}");
    let ring = |from: f64, to: f64| [(from, from), (to, from), (to, to), (from, to)].map(Vertex::from).to_vec();
    let holed = Polygon { polygons: vec![vec![ring(0.5, 1.5), ring(0.75, 1.25)], vec![ring(1.5, 2.0)]] };
    let Ok(AnyCoordinates::Polygon(part)) = clamped("Area", holed) else { panic!("not a polygon") };
    assert_eq!((part.polygons.len(), part.polygons[0].len()), (1, 2));
    assert!((part.area() - 0.1875).abs() < 1e-12, "{part:?}");
}

#[test]
fn clamped_moves_points_of_skeletons_to_the_border() {
    let Ok(AnyCoordinates::Skeleton(part)) = clamped("Body", body((0.5, 0.5), (0.5, 1.4))) else {
        panic!("a skeleton")
    };
    assert_eq!(part.vertices[0], vertex("head", 0.5, 0.5, None));
    assert_eq!(part.vertices[1], vertex("foot", 0.5, 1.0, Some(Visibility::Invisible)));
}

#[test]
fn clamped_rejects_shapes_without_a_part_inside() {
    let nothing = |class, coordinates: AnyCoordinates| {
        matches!(clamped(class, coordinates), Err(EditError::NothingInsideMedia { .. }))
    };
    assert!(nothing("Box", BoundingBox { x: 1.5, ..OUTSIDE }.into()));
    assert!(nothing("Box", BoundingBox { x: 1.0, ..OUTSIDE }.into()), "a box of zero width is no box");
    assert!(nothing("Area", Polygon::new([(1.1, 0.1), (1.5, 0.1), (1.5, 0.9)]).into()));
    assert!(nothing("Line", Polyline::new([Point::new(-0.1, 0.5), Point::new(-0.1, 0.9)]).into()));
    assert!(nothing("Spot", Point::new(0.5, -0.1).into()));
    assert!(nothing("Body", body((1.5, 0.5), (0.5, 1.4)).into()));
    assert!(nothing("Ring", Circle::new(2.0, 0.5, 0.1).into()));
    let hole_around_image = vec![[(-2.0, -2.0), (3.0, -2.0), (3.0, 3.0), (-2.0, 3.0)].map(Vertex::from).to_vec()];
    let border = [(-3.0, -3.0), (4.0, -3.0), (4.0, 4.0), (-3.0, 4.0)].map(Vertex::from).to_vec();
    assert!(nothing("Area", Polygon { polygons: vec![[vec![border], hole_around_image].concat()] }.into()));
    let error = clamped("Spot", Point::new(0.5, -0.1)).unwrap_err().to_string();
    assert_eq!(error, "the point is outside the image: no part of it can be labelled");
}

#[test]
fn clamped_rejects_a_part_of_another_shape() {
    let other =
        |class, coordinates: AnyCoordinates| matches!(clamped(class, coordinates), Err(EditError::NotClampable { .. }));
    assert!(other("Ring", Circle::new(0.9, 0.5, 0.2).into()));
    assert!(other("Oval", Ellipse { x: 0.9, y: 0.5, rx: 0.2, ry: 0.1, theta: 0.0 }.into()));
    assert!(other("Turned", turned(0.7, 0.7, 0.5, 0.2, 30.0).into()));
    assert!(other("Crate", crate_to(Vertex { x: 0.8, y: 0.0 }).into()));
    let there_and_back = [(0.5, 0.5), (1.5, 0.5), (1.5, 0.7), (0.5, 0.7)].map(|(x, y)| Point::new(x, y));
    assert!(other("Line", Polyline::new(there_and_back).into()));
}

#[test]
fn masks_are_copied_only_to_frames_of_their_size() {
    let unit = |index: u32, width: u32| {
        format!(
            r#""d{index}": {{"data_hash": "d{index}", "data_title": "t", "data_link": "l", "data_type": "image/png",
            "data_sequence": {index}, "width": {width}, "height": 2, "labels": {{"objects": [], "classifications": []}}}}"#
        )
    };
    let text = test_support::made_up::row_json("img_group", "image/png", "{}", NO_ANSWERS);
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let units = [unit(0, 2), unit(1, 2), unit(2, 3)].join(",");
    json["data_units"] = serde_json::from_str(&format!("{{{units}}}")).unwrap();
    let mut row = LabelRow::parse(json.to_string(), test_support::made_up::ontology()).unwrap();
    row.add("Mask").with_hash("o").coordinates(Bitmask::from_rows(2, 2, &[1; 4]).unwrap()).on(0).unwrap();
    row.edit("o").unwrap().at(0).unwrap().copy_to(1).unwrap();
    assert!(matches!(
        row.edit("o").unwrap().at(0).unwrap().copy_to(2),
        Err(EditError::MaskSize { media_width: 3, .. })
    ));
    assert!(matches!(row.edit("o").unwrap().at(0).unwrap().move_to(2), Err(EditError::MaskSize { .. })));
    assert_eq!(value(&row)["data_units"]["d2"]["labels"]["objects"], json!([]));
}
