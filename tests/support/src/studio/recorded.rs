//! The project that the recordings were made with.

use agent_studio::{DataSource, ImageSource, Media, Pathway, ProjectSource, Stage, StageKind};
use serde_json::Value;

use crate::recordings;

pub const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
pub const IMAGE: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
pub const GROUP: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
pub const VIDEO: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

/// Reads the recorded exchanges, in their order.
pub fn exchanges() -> Vec<(String, Value)> {
    let names = recordings::exchanges().into_iter();
    names.map(|name| (name.clone(), recordings::json(&format!("exchanges/{name}")))).collect()
}

/// Reads a media file that the recorded platform served.
fn file(name: &str) -> Media {
    let path = recordings::path("media").join(name);
    Media::Bytes(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into())
}

/// Describes the recorded project in its initial state.
pub fn project() -> ProjectSource {
    let (project, ontology) = (recordings::response(2), recordings::response(3));
    let mut source = ProjectSource::new("Stub project", ontology.to_string()).project_hash(PROJECT.parse().unwrap());
    source.description = "A made-up project".to_owned();
    source.ontology_hash = Some(project["ontologyHash"].as_str().unwrap().parse().unwrap());
    source.dataset_hash = Some("b7e4f6a2-91c3-4d58-a0e2-7f35c1d9860b".parse().unwrap());
    source.dataset_title = Some("Stub dataset".to_owned());
    source.folder = Some("d2a86b51-47f9-4e3c-b5d0-19c7e8f24a60".parse().unwrap());
    source.created_at = Some("2024-05-01 08:00:00".to_owned());
    source.stages = project["workflow"]["stages"].as_array().unwrap().iter().map(stage).collect();

    let mut image = DataSource::image("image.jpg", 320, 240);
    image.item = Some("e1111111-aaaa-4bbb-8ccc-000000000001".parse().unwrap());
    image.media = file("image.jpg");
    let frame = |number: usize| {
        let mut frame = ImageSource::new(format!("frame{number}.jpg"), 160, 120);
        frame.media = file(&format!("frame{number}.jpg"));
        frame.image_hash = Some(format!("2222222{number}-aaaa-4bbb-8ccc-0000000000f{number}"));
        frame.item = Some(format!("e222222{number}-aaaa-4bbb-8ccc-0000000000f{number}").parse().unwrap());
        frame.client_metadata = Some(format!("{{\"frame\": {number}}}"));
        frame
    };
    let mut group = DataSource::image_group("three-frames", (0..3).map(frame).collect());
    group.item = Some("e2222222-aaaa-4bbb-8ccc-000000000002".parse().unwrap());
    let mut video = DataSource::video("video.mp4", 160, 120, 16, 8.0);
    video.item = Some("e3333333-aaaa-4bbb-8ccc-000000000003".parse().unwrap());
    video.media = file("video.mp4");
    // Exchange 9 reads the row of the group with signed URLs.
    let mut group_row = recordings::response(9)["response"][0].clone();
    for (hash, unit) in group_row["data_units"].as_object_mut().unwrap() {
        unit["data_link"] = format!("encord-images-stub/{hash}").into();
    }
    source
        .data(image.data_hash(IMAGE).client_metadata(r#"{"source": "camera-1", "tags": ["a", "b"]}"#))
        .data(
            group
                .data_hash(GROUP)
                .stage("Agent 1")
                .client_metadata(r#"{"source": "camera-2"}"#)
                .label_row("main", group_row.to_string()),
        )
        .data(
            video
                .data_hash(VIDEO)
                .stage("Agent 1")
                .client_metadata(r#"{"source": "camera-3", "nested": {"k": 1.5}}"#)
                .label_row("main", recordings::response(5)["response"][0].to_string()),
        )
}

fn stage(recorded: &Value) -> Stage {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let uuid = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let pathways = recorded["pathways"].as_array().map(|pathways| {
        let pathway = |pathway: &Value| {
            Pathway::new(uuid(&pathway["uuid"]), text(&pathway["title"]), uuid(&pathway["destinationUuid"]))
        };
        pathways.iter().map(pathway).collect()
    });
    let kind = serde_json::from_value::<StageKind>(recorded["stageType"].clone()).unwrap();
    let mut stage = Stage::new(kind, uuid(&recorded["uuid"]), text(&recorded["title"]));
    stage.pathways = pathways;
    stage
}
