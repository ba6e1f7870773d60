//! Selections typed by shape, and the message for a selection of another shape.

use agent_runtime::prelude::*;

use crate::platform::world::{World, video};

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
