//! The world of the recorded contract: a folder named by `AGENT_CONTRACT`.

use std::collections::HashMap;

use agent_studio::{
    DataSource, ImageSource, LocalPlatform, Media, MediaKind, Pathway, ProjectSource, RunningPlatform, Stage, StageKind,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::contract;
pub use crate::contract::{json, path, text};

pub const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
pub const IMAGE: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
pub const GROUP: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
pub const VIDEO: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

/// Reads the recorded exchanges, in their order.
pub fn exchanges() -> Vec<(String, Value)> {
    contract::exchanges().into_iter().map(|name| (name.clone(), json(&format!("exchanges/{name}")))).collect()
}

/// The files that the recorded platform served, by name: they stand in its source as base64.
fn media() -> HashMap<String, Vec<u8>> {
    let source = text("tools/stub_platform.py");
    let mut files = HashMap::new();
    for part in source.split("    \"").skip(1) {
        let Some((name, rest)) = part.split_once("\": \"\"\"") else { continue };
        let Some((encoded, _)) = rest.split_once("\"\"\"") else { continue };
        let encoded: String = encoded.split_whitespace().collect();
        files.insert(name.to_owned(), STANDARD.decode(encoded).unwrap());
    }
    assert_eq!(files.len(), 5);
    files
}

/// The project that was recorded, before anything was changed.
pub fn project() -> ProjectSource {
    let media = media();
    let answer = |number: usize| exchanges()[number - 1].1["response"]["body"]["json"].clone();
    let (project, ontology) = (answer(2), answer(3));
    let mut source = ProjectSource::new("Stub project", ontology.to_string()).project_hash(PROJECT.parse().unwrap());
    source.description = "A made-up project".to_owned();
    source.ontology_hash = Some(project["ontologyHash"].as_str().unwrap().parse().unwrap());
    source.dataset_hash = Some("b7e4f6a2-91c3-4d58-a0e2-7f35c1d9860b".parse().unwrap());
    source.dataset_title = Some("Stub dataset".to_owned());
    source.folder = Some("d2a86b51-47f9-4e3c-b5d0-19c7e8f24a60".parse().unwrap());
    source.created_at = Some("2024-05-01 08:00:00".to_owned());
    source.stages = project["workflow"]["stages"].as_array().unwrap().iter().map(stage).collect();

    let file = |name: &str| Media::Bytes(media[name].clone().into());
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
    // The group's row was first read with signed links.
    let mut group_row = answer(9)["response"][0].clone();
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
                .label_row("main", answer(5)["response"][0].to_string()),
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

/// A project for each recorded label row, which holds that row and what the listing says of it.
pub fn fixtures() -> Vec<(String, ProjectSource)> {
    let index = json("fixtures/index.json");
    let rows = index["rows"].as_object().unwrap();
    let project = |(name, about): (&String, &Value)| {
        let file = |key: &str| format!("fixtures/{}", about[key].as_str().unwrap());
        let metadata = json(&file("metadata"));
        let mut row = json(&file("row"));
        // Exports lack what every row of the platform has.
        if row.get("branch_name").is_none_or(Value::is_null) {
            row["branch_name"] = "main".into();
        }
        let kind = row["data_type"].as_str().unwrap();
        let mut data = DataSource::new(row["data_title"].as_str().unwrap(), MediaKind::parse(kind).unwrap());
        data.facts.mime = about["file_type"].as_str().map(ToOwned::to_owned);
        data.listing = Some(listing(&metadata));
        let data = data.data_hash(metadata["data_hash"].as_str().unwrap()).label_row("main", row.to_string());
        let source = ProjectSource::new(name.clone(), text(&file("ontology_file"))).data(data);
        (name.clone(), source)
    };
    rows.iter().map(project).collect()
}

/// What the listing says of the media; the rest is worked out.
fn listing(metadata: &Value) -> String {
    const MEDIA: [&str; 10] = [
        "number_of_frames",
        "duration",
        "frames_per_second",
        "width",
        "height",
        "audio_sample_rate",
        "audio_codec",
        "audio_bit_depth",
        "audio_num_channels",
        "spaces",
    ];
    let said = metadata.as_object().unwrap().iter().filter(|(key, _)| MEDIA.contains(&key.as_str()));
    Value::Object(said.map(|(key, value)| (key.clone(), value.clone())).collect()).to_string()
}

/// Serves every recorded label row, each in a project of its own.
pub async fn start_fixtures() -> (RunningPlatform, Vec<String>) {
    let fixtures = fixtures();
    let mut builder = LocalPlatform::builder();
    let mut names = Vec::new();
    for (name, project) in fixtures {
        builder = builder.project(project);
        names.push(name);
    }
    (builder.start().await.unwrap(), names)
}
