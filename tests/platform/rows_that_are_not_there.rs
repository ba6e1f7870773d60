//! Data that nobody has labelled: who reads it creates nothing, who changes it gets a row.

use agent_runtime::prelude::*;

use agent_studio::Effect;

use crate::platform::world::{World, group, image, nowhere, video};

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

/// Decides by itself whether to save.
#[editor_agent]
async fn decide(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    if frame.0 > 0 {
        call.save(&mut row).await?;
    }
    Ok(())
}

#[editor_agent]
async fn decide_with_a_mask(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<()> {
    let pixels: Vec<u8> = (0..160 * 120).map(|at| u8::from(at % 160 < 40)).collect();
    row.add("Water").coordinates(Bitmask::from_rows(160, 120, &pixels)?).on(frame)?;
    call.save(&mut row).await
}

#[editor_agent]
async fn maybe(row: Option<LabelRow>) -> String {
    format!("{}", row.is_some())
}

#[editor_agent]
async fn maybe_its_entry(info: Option<LabelRowInfo>) -> String {
    format!("{}", info.is_some())
}

#[editor_agent]
async fn maybe_its_item(item: Option<StorageItem>) -> String {
    format!("{}", item.is_some())
}

#[tokio::test]
async fn a_reader_gets_an_empty_row_and_creates_nothing() {
    let world = World::start().await;
    let client = world.client(agents![read]);
    assert_eq!(client.call("/read", &image(0)).await.message(), Some("false 0 image"));
    assert_eq!(client.call("/read", &group(2)).await.message(), Some("false 0 img_group"));
    assert_eq!((world.count("create"), world.count("get")), (0, 0));
}

#[tokio::test]
async fn an_agent_that_changes_the_row_has_it_created_once() {
    let world = World::start().await;
    let client = world.client(agents![change, fail]);
    assert_eq!(client.call("/fail", &image(0)).await.status().as_u16(), 400);
    assert_eq!((world.count("create"), world.count("save")), (1, 0));
    for (payload, frame) in [(image(0), 0), (group(2), 2)] {
        let answer = client.call("/change", &payload).await;
        assert_eq!(answer.status().as_u16(), 200, "frame {frame}: {}", answer.text());
    }
    assert_eq!((world.count("create"), world.count("save"), world.objects_of_image()), (2, 2, 1));
}

#[tokio::test]
async fn a_row_by_value_is_created_when_the_agent_saves_it() {
    let world = World::start().await;
    let client = world.client(agents![decide, decide_with_a_mask]);
    assert_eq!(client.call("/decide", &group(0)).await.status().as_u16(), 200);
    assert_eq!((world.count("create"), world.count("save")), (0, 0));
    let answer = client.call("/decide", &group(1)).await;
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text());
    assert_eq!((world.count("create"), world.count("save"), world.objects_of_group()), (1, 1, 1));
    let world = World::start().await;
    let answer = world.client(agents![decide_with_a_mask]).call("/decide-with-a-mask", &group(2)).await;
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text());
    assert_eq!(world.objects_of_group(), 1);
}

#[tokio::test]
async fn data_that_is_not_in_the_project_is_not_found() {
    let world = World::start().await;
    let client = world.client(agents![read, change, maybe]);
    for path in ["/read", "/change"] {
        let answer = client.call(path, &nowhere()).await;
        assert_eq!(answer.status().as_u16(), 404, "{}", answer.text());
        assert!(answer.message().unwrap().starts_with("The project has no data unit "), "{}", answer.text());
    }
    assert_eq!(client.call("/maybe", &nowhere()).await.message(), Some("false"));
    assert_eq!(world.count("create"), 0);
}

#[tokio::test]
async fn option_is_none_only_if_the_data_unit_is_absent() {
    let world = World::start().await;
    let client = world.client(agents![maybe, maybe_its_entry, maybe_its_item]);
    for path in ["/maybe", "/maybe-its-entry", "/maybe-its-item"] {
        assert_eq!(client.call(path, &nowhere()).await.message(), Some("false"), "{path}");
        assert_eq!(client.call(path, &image(0)).await.message(), Some("true"), "{path}");
    }
}

#[tokio::test]
async fn option_keeps_the_404_of_a_request() {
    let legacy = || Effect::legacy(404, "RESOURCE_NOT_FOUND_ERROR");
    let not_found = || Effect::message(404, "Not found.");
    for (request, path, effect) in [
        ("get project", "/maybe", not_found()),
        ("get ontology", "/maybe", not_found()),
        ("get", "/maybe", legacy()),
        ("storage item", "/maybe-its-item", not_found()),
    ] {
        let world = World::start().await;
        world.fault(request, effect, u64::MAX);
        let client = world.client(agents![maybe, maybe_its_entry, maybe_its_item]);
        let answer = client.call(path, &video(0)).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}, {request}: {}", answer.text());
    }
}
