//! Projects in a plain folder.

use std::fs;
use std::time::Duration;

use agent_platform::client::{
    LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, SignedUrl, StorageItemPatch, Validation,
};
use agent_studio::{LocalPlatform, LocalPlatformError, OpenError, RunningPlatform};
use serde_json::Value;
use serde_json::value::RawValue;
use test_support::studio::folder::{ProjectFolder, image, sound, video};
use uuid::Uuid;

async fn start(folder: &ProjectFolder) -> (RunningPlatform, PlatformClient, Uuid) {
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let (platform, project) = (running.client().unwrap(), running.project_hashes()[0]);
    (running, platform, project)
}

fn full() -> ProjectFolder {
    let folder = ProjectFolder::new("");
    folder.write("data/street ü.bmp", image(64, 48));
    folder.write("data/walk/frame2.bmp", image(8, 6));
    folder.write("data/walk/frame10.bmp", image(8, 6));
    folder.write("data/drive.mp4", video(16));
    folder.write("data/speech.wav", sound(1500));
    folder.write("data/notes.txt", "grün und blau");
    folder.write("data/page.html", "<p>text</p>");
    folder.write("data/report.pdf", "%PDF-1.4\n1 0 obj <</Type /Page>> 2 0 obj <</Type /Page>>");
    folder.write("data/.hidden.png", "");
    folder.write("data/what.xyz", "unknown");
    folder
}

async fn titles(platform: &PlatformClient, project: Uuid) -> Vec<String> {
    let rows = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
    rows.into_iter().map(|row| row.data_title.unwrap()).collect()
}

#[tokio::test]
async fn detects_kind_of_every_file() {
    let folder = full();
    let (_running, platform, project) = start(&folder).await;
    let filter = LabelRowFilter { include_images_data: true, ..LabelRowFilter::default() };
    let rows = platform.list_label_rows(project, &filter).await.unwrap();
    let said: Vec<_> = rows
        .iter()
        .map(|row| {
            (row.data_title.as_deref().unwrap(), row.data_type.as_str().to_uppercase(), row.number_of_frames.unwrap())
        })
        .collect();
    let expected = [
        ("drive.mp4", "VIDEO", 16),
        ("notes.txt", "PLAIN_TEXT", 13),
        ("page.html", "PLAIN_TEXT", 11),
        ("report.pdf", "PDF", 2),
        ("speech.wav", "AUDIO", 1500),
        ("street ü.bmp", "IMAGE", 1),
        ("walk", "IMG_GROUP", 2),
    ];
    assert_eq!(said, expected.map(|(title, kind, frames)| (title, kind.to_owned(), frames)));
    assert_eq!((rows[0].frames_per_second, rows[0].duration, rows[0].width), (Some(8.0), Some(2.0), Some(160)));
    assert_eq!((rows[4].audio_sample_rate, rows[4].audio_codec.as_deref()), (Some(8000), Some("pcm_s16le")));
    assert_eq!((rows[5].width, rows[5].height, rows[5].file_type.as_deref()), (Some(64), Some(48), Some("image/bmp")));
    let frames: Vec<_> = rows[6].images_data.iter().map(|image| image.title.as_deref().unwrap()).collect();
    assert_eq!(frames, ["frame2.bmp", "frame10.bmp"]);
    // Every kind of data gets a label row, and every file can be read.
    for row in &rows {
        platform.create_label_row(project, &row.data_hash, "main", SignedUrl::Wanted).await.unwrap();
    }
    let item = platform.storage_item(rows[5].backing_item_uuid.unwrap(), SignedUrl::Wanted).await.unwrap();
    let file = platform.download(item.signed_url.as_deref().unwrap()).await.unwrap();
    assert_eq!(&file.bytes[..], image(64, 48));
    let group = platform.storage_item(rows[6].backing_item_uuid.unwrap(), SignedUrl::Unwanted).await.unwrap();
    let children = platform.child_items(group.parent, group.uuid, SignedUrl::Wanted).await.unwrap();
    assert_eq!(children[1].name, "frame10.bmp");
}

#[tokio::test]
async fn saved_rows_survive_restart_unchanged() {
    let folder = full();
    let before = {
        let (running, platform, project) = start(&folder).await;
        let rows = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
        let video = &rows[0];
        running
            .edit_as("annotator@example.test", &video.data_hash, |row| {
                row.add("Car").bounding_box(0.1, 0.25, 0.5, 0.5).on(3)?;
                row.add("Field").polygon([(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)]).on(10).map(drop)
            })
            .unwrap();
        let label_hash = running.label_hash(&video.data_hash, "main").unwrap();
        // Unusual number spellings.
        let row = running
            .label_row(&label_hash)
            .unwrap()
            .replace("0.25", "2.50e-1")
            .replace("\"classifications\":[]", "\"classifications\":[],\"mine\":{\"z\":1,\"a\":\"\\u00fc\"}");
        running.save_as("annotator@example.test", &label_hash, &row).unwrap();
        platform.create_label_row(project, &rows[6].data_hash, "a/branch", SignedUrl::Unwanted).await.unwrap();
        platform.set_priorities(project, &[(&video.data_hash, 0.75)]).await.unwrap();
        platform.complete(project, &[&label_hash]).await.unwrap();
        let item = video.backing_item_uuid.unwrap();
        let metadata = RawValue::from_string(r#"{"b": 1.50, "a": "ü"}"#.to_owned()).unwrap();
        let patch = StorageItemPatch {
            client_metadata: Some(metadata),
            name: Some("renamed".to_owned()),
            ..StorageItemPatch::default()
        };
        let folder = platform.storage_item(item, SignedUrl::Unwanted).await.unwrap().parent;
        platform.update_storage_item(folder, item, &patch).await.unwrap();
        let after = running.label_row(&label_hash).unwrap();
        running.stop().await;
        (label_hash, after, platform.domain().to_string(), project, item)
    };
    assert_eq!(folder.names("labels"), ["a%2Fbranch", "drive.mp4.json"]);
    assert_eq!(folder.names("labels/a%2Fbranch"), ["walk.json"]);
    assert!(folder.read("labels/drive.mp4.json").lines().count() > 20);

    let (label_hash, row, _, old_project, item) = before;
    let (running, platform, project) = start(&folder).await;
    assert_eq!(project, old_project);
    assert_eq!(running.label_row(&label_hash).as_deref(), Some(row.as_str()));
    assert!(row.contains("2.50e-1") && row.contains(r#""mine":{"z":1,"a":"\u00fc"}"#), "{row}");
    let filter = LabelRowFilter { include_client_metadata: true, ..LabelRowFilter::default() };
    let rows = platform.list_label_rows(project, &filter).await.unwrap();
    assert_eq!(rows[0].workflow_graph_node.as_ref().unwrap().title.as_deref(), Some("Complete"));
    assert_eq!(rows[0].client_metadata.as_ref().unwrap().get(), r#"{"b":1.50,"a":"ü"}"#);
    assert_eq!(platform.storage_item(item, SignedUrl::Unwanted).await.unwrap().name, "renamed");
    platform.reopen(project, &[&label_hash]).await.unwrap();
    let rows = platform.list_label_rows(project, &filter).await.unwrap();
    assert_eq!(rows[0].priority, Some(0.75));
    assert_eq!(platform.branches(project).await.unwrap().len(), 2);
}

#[tokio::test]
async fn lists_added_file() {
    let folder = ProjectFolder::new("");
    let (running, platform, project) = start(&folder).await;
    assert!(titles(&platform, project).await.is_empty());
    folder.write("data/one.bmp", image(4, 4));
    assert_eq!(titles(&platform, project).await, ["one.bmp"]);
    let hash = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap()[0].data_hash.clone();
    running
        .edit_as("x@example.test", &hash, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(0).map(drop))
        .unwrap();
    // An incomplete file is not listed yet.
    folder.write("data/two.bmp", &image(4, 4)[..10]);
    assert_eq!(titles(&platform, project).await, ["one.bmp"]);
    folder.write("data/two.bmp", image(4, 4));
    assert_eq!(titles(&platform, project).await, ["one.bmp", "two.bmp"]);
    // A text that was listed before it was complete.
    folder.write("data/text.txt", "half");
    let length = async || {
        let filter = LabelRowFilter { data_title_eq: Some("text.txt".to_owned()), ..LabelRowFilter::default() };
        platform.list_label_rows(project, &filter).await.unwrap()[0].number_of_frames
    };
    assert_eq!(length().await, Some(4));
    folder.write("data/text.txt", "half and whole");
    assert_eq!(length().await, Some(14));
    fs::remove_file(folder.path().join("data/text.txt")).unwrap();
    fs::remove_file(folder.path().join("data/one.bmp")).unwrap();
    assert_eq!(titles(&platform, project).await, ["two.bmp"]);
    // Its labels are kept, in case the file comes back.
    folder.write("data/one.bmp", image(4, 4));
    assert_eq!(titles(&platform, project).await, ["one.bmp", "two.bmp"]);
    let label_hash = running.label_hash(&hash, "main").unwrap();
    assert!(running.label_row(&label_hash).unwrap().contains("boundingBox"));
}

#[tokio::test]
async fn appends_image_to_labelled_group() {
    let folder = full();
    let (running, platform, project) = start(&folder).await;
    let group = || async {
        platform
            .list_label_rows(project, &LabelRowFilter { include_images_data: true, ..LabelRowFilter::default() })
            .await
            .unwrap()
            .pop()
            .unwrap()
    };
    let hash = group().await.data_hash;
    running
        .edit_as("x@example.test", &hash, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(1).map(drop))
        .unwrap();
    folder.write("data/walk/frame1.bmp", image(8, 6));
    let frames: Vec<_> = group().await.images_data.iter().map(|image| image.title.clone().unwrap()).collect();
    assert_eq!(frames, ["frame2.bmp", "frame10.bmp", "frame1.bmp"]);
    running
        .edit_as("x@example.test", &hash, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(2).map(drop))
        .unwrap();
    // The labels and the position of a removed image are kept.
    fs::remove_file(folder.path().join("data/walk/frame2.bmp")).unwrap();
    let row = group().await;
    assert_eq!(row.number_of_frames, Some(3));
    let stored: Value = serde_json::from_str(&running.label_row(row.label_hash.unwrap().as_str()).unwrap()).unwrap();
    assert_eq!(stored["data_units"].as_object().unwrap().len(), 3);
    assert_eq!(stored["object_answers"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn reloads_manually_edited_label_file() {
    let folder = full();
    let (running, platform, project) = start(&folder).await;
    let data = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap()[0].data_hash.clone();
    running
        .edit_as("x@example.test", &data, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(0).map(drop))
        .unwrap();
    let label_hash = running.label_hash(&data, "main").unwrap();
    let edited = || async {
        let filter = LabelRowFilter::default().data_hashes([&data]);
        platform.list_label_rows(project, &filter).await.unwrap()[0].last_edited_at.clone().unwrap()
    };
    let before = edited().await;
    let stale = running.label_row(&label_hash).unwrap();
    let text = folder.read("labels/drive.mp4.json").replace("0.2", "0.275");
    folder.write("labels/drive.mp4.json", &text);
    // The edit was not read yet, and is not overwritten.
    let refused = running.save_as("x@example.test", &label_hash, &stale).unwrap_err();
    assert!(refused.to_string().contains("changed by another program"), "{refused}");
    assert_eq!(folder.read("labels/drive.mp4.json"), text);
    assert_ne!(edited().await, before);
    let row = platform.label_row(project, &label_hash, &ReadLabels::default()).await.unwrap();
    assert!(row.get().contains("0.275"));
    platform.save_label_row(project, LabelRowToSave::new(&label_hash, &row), Validation::Skipped).await.unwrap();
    // An invalid file is left in place, and the row is unchanged.
    folder.write("labels/drive.mp4.json", "<<<<<<< HEAD");
    let row = platform.label_row(project, &label_hash, &ReadLabels::default()).await.unwrap();
    assert!(row.get().contains("0.275"));
    assert!(running.save_as("x@example.test", &label_hash, row.get()).is_err());
    assert_eq!(folder.read("labels/drive.mp4.json"), "<<<<<<< HEAD");
}

#[tokio::test]
async fn applies_configured_hashes_and_stages() {
    let settings = r#"
        project_hash = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3"
        dataset_hash = "b7e4f6a2-91c3-4d58-a0e2-7f35c1d9860b"
        dataset_title = "Some data"
        created_at = "2024-05-01 08:00:00"
        [[stage]]
        title = "Label"
        kind = "ANNOTATION"
        [[stage]]
        title = "Decide"
        kind = "AGENT"
        pathways = [{ title = "fine", to = "End", uuid = "c0000002-5c1e-4f3a-9b2d-000000000002" }]
        [[stage]]
        title = "End"
        kind = "DONE"
        uuid = "a0000004-5c1e-4f3a-9b2d-000000000004"
        [data."street ü.bmp"]
        data_hash = "11111111-aaaa-4bbb-8ccc-000000000001"
        item = "e1111111-aaaa-4bbb-8ccc-000000000001"
        [data."walk/frame10.bmp"]
        data_hash = "22222222-aaaa-4bbb-8ccc-0000000000f2"
    "#;
    let folder = full();
    folder.write("project.toml", format!("title = \"Named\"\n{settings}"));
    let (_running, platform, project) = start(&folder).await;
    assert_eq!(project.to_string(), "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
    let said = platform.project(project).await.unwrap();
    assert_eq!(said.created_at.as_deref(), Some("2024-05-01T08:00:00.000000+00:00"));
    assert_eq!(said.stages()[1].pathways[0].destination_uuid, Some(said.stages()[2].uuid));
    let filter = LabelRowFilter { include_images_data: true, ..LabelRowFilter::default() };
    let rows = platform.list_label_rows(project, &filter).await.unwrap();
    assert_eq!(rows[5].data_hash, "11111111-aaaa-4bbb-8ccc-000000000001");
    assert_eq!(rows[5].backing_item_uuid.unwrap().to_string(), "e1111111-aaaa-4bbb-8ccc-000000000001");
    assert_eq!(rows[6].images_data[1].image_hash, "22222222-aaaa-4bbb-8ccc-0000000000f2");
    assert_eq!(rows[0].dataset_title.as_deref(), Some("Some data"));
}

#[tokio::test]
async fn error_names_invalid_file() {
    let refused = async |folder: &ProjectFolder| {
        let error = LocalPlatform::builder().folder(folder.path()).start().await.unwrap_err();
        error.to_string()
    };
    let folder = full();
    folder.write("labels/drive.mp4.json", "{ \"label_hash\": ");
    let said = refused(&folder).await;
    assert!(said.contains("drive.mp4.json") && said.contains("line 1"), "{said}");
    folder.write("labels/drive.mp4.json", "{}");
    assert!(refused(&folder).await.contains("it has no label_hash"));
    fs::remove_file(folder.path().join("labels/drive.mp4.json")).unwrap();
    folder.write("state.json", r#"{"tasks": {"drive.mp4": {"stage": "Nowhere", "priority": 0.5}}}"#);
    assert!(refused(&folder).await.contains("Nowhere"));
    folder.write("state.json", "{}");
    for (settings, expected) in [
        ("titel = \"x\"", "titel"),
        ("title = \"x\"\ncreated_at = \"then\"", "created_at is not a valid time: then"),
        (
            "title = \"x\"\n[[stage]]\ntitle = \"a\"\nkind = \"AGENT\"\npathways = [{title = \"p\", to = \"b\"}]",
            "leads to an unknown stage: b",
        ),
    ] {
        folder.write("project.toml", settings);
        let said = refused(&folder).await;
        assert!(said.contains(expected) && said.contains("project.toml"), "{said}");
    }
    folder.write("project.toml", "title = \"x\"");
    folder.write("ontology.json", "[]");
    assert!(refused(&folder).await.contains("`objects`"));
    fs::remove_file(folder.path().join("ontology.json")).unwrap();
    let said = refused(&folder).await;
    assert!(said.contains("ontology.json"), "{said}");
}

#[tokio::test]
async fn locks_served_folder() {
    let folder = full();
    let (running, ..) = start(&folder).await;
    let second = LocalPlatform::builder().folder(folder.path()).start().await;
    assert!(matches!(second, Err(LocalPlatformError::Project(OpenError::Busy { .. }))));
    running.stop().await;
    start(&folder).await;
}

#[tokio::test]
async fn failed_write_changes_nothing() {
    let folder = full();
    let (running, platform, project) = start(&folder).await;
    let data = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap()[0].data_hash.clone();
    let label_hash = running.create_label_row(&data, "main").unwrap();
    let before = running.label_row(&label_hash).unwrap();
    // A folder with the name of the file makes the write fail.
    let file = folder.path().join("labels/drive.mp4.json");
    fs::remove_file(&file).unwrap();
    fs::create_dir_all(file.join("in the way")).unwrap();
    running.save_as("x@example.test", &label_hash, &before).unwrap_err();
    assert_eq!(running.label_row(&label_hash).unwrap(), before);
    assert!(folder.names("labels").iter().all(|name| !name.contains("unfinished")));
    fs::create_dir_all(folder.path().join("state.json/in the way")).unwrap();
    platform.set_priorities(project, &[(&data, 0.9)]).await.unwrap_err();
    let rows = platform.list_label_rows(project, &LabelRowFilter::default().data_hashes([&data])).await;
    assert_eq!(rows.unwrap()[0].priority, Some(0.5));
    tokio::time::sleep(Duration::ZERO).await;
}
