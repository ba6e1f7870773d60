//! Data without a label row: reading creates none, changing creates one.

use agent_runtime::prelude::*;

use agent_studio::Effect;

use crate::platform::world::{World, group, image, unknown_data, video};

#[editor_agent]
async fn read(row: &LabelRow) -> String {
    format!("{} {} {}", row.is_on_platform(), row.objects().count(), row.data_type())
}

#[editor_agent]
async fn change(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok(())
}

#[editor_agent]
async fn fail(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    bail!("No.")
}

/// Saves the row on some frames only.
#[editor_agent]
async fn save_sometimes(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    if frame.0 > 0 {
        call.save(&mut row).await?;
    }
    Ok(())
}

#[editor_agent]
async fn save_a_mask(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<()> {
    let pixels: Vec<u8> = (0..160 * 120).map(|at| u8::from(at % 160 < 40)).collect();
    row.add("Water").coordinates(Bitmask::from_rows(160, 120, &pixels)?).on(frame)?;
    call.save(&mut row).await
}

#[editor_agent]
async fn optional_row(row: Option<LabelRow>) -> String {
    format!("{}", row.is_some())
}

#[editor_agent]
async fn optional_entry(info: Option<LabelRowInfo>) -> String {
    format!("{}", info.is_some())
}

#[editor_agent]
async fn optional_item(item: Option<StorageItem>) -> String {
    format!("{}", item.is_some())
}

#[tokio::test]
async fn reading_returns_an_empty_row_and_creates_none() {
    let world = World::start().await;
    let client = world.client(agents![read]);
    assert_eq!(client.call("/read", &image(0)).await.message(), Some("false 0 image"));
    assert_eq!(client.call("/read", &group(2)).await.message(), Some("false 0 img_group"));
    assert_eq!((world.count("create"), world.count("get")), (0, 0));
}

#[tokio::test]
async fn changing_creates_the_row_once() {
    let world = World::start().await;
    let client = world.client(agents![change, fail]);
    assert_eq!(client.call("/fail", &image(0)).await.status().as_u16(), 400);
    assert_eq!((world.count("create"), world.count("save")), (1, 0));
    for (payload, frame) in [(image(0), 0), (group(2), 2)] {
        let response = client.call("/change", &payload).await;
        assert_eq!(response.status().as_u16(), 200, "frame {frame}: {}", response.text());
    }
    assert_eq!((world.count("create"), world.count("save"), world.objects_of_image()), (2, 2, 1));
}

#[tokio::test]
async fn row_by_value_is_created_on_save() {
    let world = World::start().await;
    let client = world.client(agents![save_sometimes, save_a_mask]);
    assert_eq!(client.call("/save-sometimes", &group(0)).await.status().as_u16(), 200);
    assert_eq!((world.count("create"), world.count("save")), (0, 0));
    let response = client.call("/save-sometimes", &group(1)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("create"), world.count("save"), world.objects_of_group()), (1, 1, 1));
    let world = World::start().await;
    let response = world.client(agents![save_a_mask]).call("/save-a-mask", &group(2)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!(world.objects_of_group(), 1);
}

#[tokio::test]
async fn unknown_data_unit_gets_404() {
    let world = World::start().await;
    let client = world.client(agents![read, change, optional_row]);
    for path in ["/read", "/change"] {
        let response = client.call(path, &unknown_data()).await;
        assert_eq!(response.status().as_u16(), 404, "{}", response.text());
        assert!(response.message().unwrap().starts_with("The project has no data unit "), "{}", response.text());
    }
    assert_eq!(client.call("/optional-row", &unknown_data()).await.message(), Some("false"));
    assert_eq!(world.count("create"), 0);
}

#[tokio::test]
async fn option_is_none_only_if_the_data_unit_is_absent() {
    let world = World::start().await;
    let client = world.client(agents![optional_row, optional_entry, optional_item]);
    for path in ["/optional-row", "/optional-entry", "/optional-item"] {
        assert_eq!(client.call(path, &unknown_data()).await.message(), Some("false"), "{path}");
        assert_eq!(client.call(path, &image(0)).await.message(), Some("true"), "{path}");
    }
}

#[tokio::test]
async fn option_keeps_the_404_of_a_request() {
    let legacy = || Effect::legacy(404, "RESOURCE_NOT_FOUND_ERROR");
    let not_found = || Effect::message(404, "Not found.");
    for (request, path, effect) in [
        ("get project", "/optional-row", not_found()),
        ("get ontology", "/optional-row", not_found()),
        ("get", "/optional-row", legacy()),
        ("storage item", "/optional-item", not_found()),
    ] {
        let world = World::start().await;
        world.fault(request, effect, u64::MAX);
        let client = world.client(agents![optional_row, optional_entry, optional_item]);
        let response = client.call(path, &video(0)).await;
        assert_eq!(response.status().as_u16(), 404, "{path}, {request}: {}", response.text());
    }
}
