//! Selections typed by shape, and the message for a selection of another shape.

use agent_runtime::prelude::*;

use crate::platform::world::{World, image, video};

ontology!(mod classes = "platform/ontology.json");
use classes::{NewVehicle, Vehicle};

#[editor_agent]
async fn polygons(selected: Selected<Polygon>) -> String {
    let objects = selected.iter().map(|one| format!("{} {} on {}", one.class(), one.hash(), one.frame()));
    objects.collect::<Vec<_>>().join(", ")
}

#[editor_agent]
async fn anything(selected: Option<Selected<AnyShape>>) -> String {
    selected.map_or("no selection".to_owned(), |selected| format!("{} selected", selected.len()))
}

#[editor_agent]
async fn on_the_frame(boxes: FrameObjects<BoundingBox>, all: FrameObjects<AnyShape>) -> String {
    format!("{} of {} are boxes", boxes.len(), all.len())
}

#[editor_agent]
async fn vehicles(selected: Selected<Vehicle>, all: FrameObjects<Vehicle>) -> String {
    let widths = selected.iter().map(|vehicle| format!("{} {:.2}", vehicle.hash(), vehicle.shape().width));
    format!("{} of {}", widths.collect::<Vec<_>>().join(", "), all.len())
}

#[editor_agent]
async fn add_vehicle(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add(NewVehicle::new(BoundingBox::new(0.25, 0.25, 0.5, 0.5))).on(frame)?;
    row.add("Field").coordinates(Polygon::new([(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)])).on(frame)?;
    Ok(String::new())
}

#[editor_agent]
async fn cut_vehicles(crops: Crops<Vehicle>) -> Result<String> {
    let mut sizes = Vec::new();
    for crop in &crops {
        let image = crop.image()?;
        sizes.push(format!("{} {}x{}", Vehicle::TITLE, image.width(), image.height()));
    }
    Ok(sizes.join(", "))
}

#[tokio::test]
async fn extracts_objects_of_a_class_of_ontology() {
    let world = World::start().await;
    let client = world.client(agents![vehicles, add_vehicle, cut_vehicles]);
    let response = client.call("/add-vehicle", &image(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    for (path, payload, status, message) in [
        ("/vehicles", video(0).with_objects(["vVehicl1"]), 200, "vVehicl1 0.25 of 1"),
        (
            "/vehicles",
            video(0).with_objects(["vField01"]),
            400,
            "The selected Field (vField01) is not a Vehicle; vehicles works on a Vehicle only.",
        ),
        ("/cut-vehicles", image(0), 200, "Vehicle 80x60"),
    ] {
        let response = client.call(path, &payload).await;
        assert_eq!(
            (response.status().as_u16(), response.message().unwrap_or_default()),
            (status, message),
            "{path}: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn extracts_typed_selection_in_order() {
    let world = World::start().await;
    let client = world.client(agents![polygons, anything, on_the_frame]);
    for (path, payload, message) in [
        ("/polygons", video(0).with_objects(["vField01"]), "Field vField01 on 0"),
        ("/polygons", video(0).with_objects(Vec::<String>::new()), ""),
        ("/anything", video(0).with_objects(["vVehicl1", "vField01"]), "2 selected"),
        // The object is not on this frame. An extractor of any shape accepts it.
        ("/anything", video(7).with_objects(["vField01"]), "1 selected"),
        ("/anything", video(0), "no selection"),
        ("/on-the-frame", video(0), "1 of 2 are boxes"),
        ("/on-the-frame", video(7), "0 of 0 are boxes"),
    ] {
        let response = client.call(path, &payload).await;
        assert_eq!(response.message().unwrap_or_default(), message, "{path}: {}", response.text());
    }
}

#[tokio::test]
async fn invalid_selection_is_named_and_agent_does_not_run() {
    let world = World::start().await;
    let client = world.client(agents![polygons]);
    for (hash, frame, status, message) in [
        ("vVehicl1", 0, 400, "The selected Vehicle (vVehicl1) is a bounding box; polygons works on a polygon only."),
        ("vField01", 7, 404, "The selected Field (vField01) is not on frame 7."),
        ("aNewOne1", 0, 404, "The label row has no object aNewOne1; if it is new, wait until the editor has saved it."),
    ] {
        let response = client.call("/polygons", &video(frame).with_objects(["vField01", hash])).await;
        assert_eq!((response.status().as_u16(), response.message().unwrap()), (status, message));
    }
}
