//! A complete session of the Rust client against the platform.

use agent_platform::client::{
    Error, ItemType, LabelRowFilter, LabelRowMetadata, LabelRowToSave, PathwayChoice, PlatformClient, ProjectFilter,
    ReadLabels, SignedUrl, StageType, StorageItemPatch, TraceId, Validation,
};
use agent_platform::hash::DataHash;
use agent_platform::labels::{LabelRow, RowMetadata};
use agent_studio::{CallKind, Effect, Fault, LocalPlatform, RunningPlatform};
use serde_json::Value;
use serde_json::value::RawValue;
use test_support::studio::{GROUP, IMAGE, ONTOLOGY, PROJECT, VIDEO, project};
use uuid::Uuid;

async fn start() -> (RunningPlatform, PlatformClient) {
    let running = LocalPlatform::builder().project(project()).page_size(1).start().await.unwrap();
    let platform = running.client().unwrap();
    (running, platform)
}

fn parsed(row: &RawValue) -> Value {
    serde_json::from_str(row.get()).unwrap()
}

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap()
}

#[tokio::test]
async fn streamed_listing_equals_listing() {
    let (running, platform) = start().await;
    let all = LabelRowFilter { include_client_metadata: true, include_images_data: true, ..LabelRowFilter::default() };
    let listed = platform.list_label_rows(PROJECT, &all).await.unwrap();
    // The request is retried, a response that ends early is an error.
    let busy = Fault::new(Effect::message(503, "Too busy.")).on(CallKind::ListLabelRows).times(1);
    running.faults().add(busy);
    let mut stream = platform.stream_label_rows(PROJECT, &all).await.unwrap();
    let mut streamed = Vec::new();
    while let Some(row) = stream.next().await.unwrap() {
        streamed.push(row);
    }
    assert!(stream.next().await.unwrap().is_none());
    let json = |rows: &[LabelRowMetadata]| rows.iter().map(|row| parsed(row.json())).collect::<Vec<_>>();
    assert_eq!((json(&streamed), streamed.len()), (json(&listed), 3));

    running.faults().add(Fault::new(Effect::CutOff).on(CallKind::ListLabelRows).times(1));
    let mut stream = platform.stream_label_rows(PROJECT, &all).await.unwrap();
    let error = loop {
        match stream.next().await {
            Ok(row) => assert!(row.is_some(), "the end of a truncated list"),
            Err(error) => break error,
        }
    };
    assert!(error.is_retryable() || matches!(error, Error::NotJson(_)), "{error:?}");
    let unknown = platform.stream_label_rows(Uuid::max(), &all).await.unwrap().next().await;
    let expected = platform.list_label_rows(Uuid::max(), &all).await.unwrap_err();
    assert_eq!(unknown.unwrap_err().message(), expected.message());
}

#[tokio::test]
async fn reads_projects_and_ontologies() {
    let (_running, platform) = start().await;
    platform.check().await.unwrap();
    let project = platform.project(PROJECT).await.unwrap();
    assert_eq!(project.title, "Tests");
    let ontology = parsed(&platform.ontology(&project.ontology_hash).await.unwrap());
    assert_eq!(ontology["editor"], serde_json::from_str::<Value>(ONTOLOGY).unwrap());
    let agent = project.stages().iter().find(|stage| stage.stage_type == StageType::Agent).unwrap();
    assert_eq!(agent.pathways.len(), 2);
    let titled = |title: &str| ProjectFilter { title_like: Some(title.to_owned()), ..ProjectFilter::default() };
    assert_eq!(platform.projects(&titled("%est%")).await.unwrap().len(), 1);
    assert!(platform.projects(&titled("%pröject & more%")).await.unwrap().is_empty());
    assert_eq!(platform.user_projects(None).await.unwrap()[0].project.title.as_deref(), Some("Tests"));
    assert_eq!(platform.branches(PROJECT).await.unwrap()[0].name, "main");
    assert_eq!(platform.datasets(PROJECT).await.unwrap()[0].title, "Tests");
}

#[tokio::test]
async fn lists_creates_saves_and_reads_label_rows() {
    let (running, platform) = start().await;
    let listed = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap();
    let hashes: Vec<_> = listed.iter().map(|row| row.data_hash.as_str()).collect();
    assert_eq!(hashes, [IMAGE, GROUP, VIDEO]);
    assert!(listed.iter().all(|row| row.label_hash.is_none()));
    assert_eq!(listed[2].number_of_frames, Some(16));

    let created = platform.create_label_row(PROJECT, VIDEO, "main", SignedUrl::Unwanted).await.unwrap();
    let branched = platform.create_label_row(PROJECT, VIDEO, "other", SignedUrl::Unwanted).await.unwrap();
    assert_ne!(parsed(&created)["label_hash"], parsed(&branched)["label_hash"]);
    let again = platform.create_label_row(PROJECT, VIDEO, "main", SignedUrl::Unwanted).await.unwrap();
    assert_eq!(created.get(), again.get());

    let ontology = running.ontology(VIDEO).unwrap();
    let metadata = RowMetadata::parse(listed[2].json().get());
    let mut row = LabelRow::parse(created.get(), ontology).unwrap().with_metadata(metadata);
    let car = row.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(3).unwrap().hash().to_owned();
    row.edit(&car).unwrap().answer("Colour", "Red").unwrap();
    row.classify("Scene", "a street").on(0..=4).unwrap();
    let label_hash = row.label_hash().to_string();
    let to_save = raw(row.to_json());
    platform
        .save_label_row(PROJECT, LabelRowToSave::new(&label_hash, &to_save), Validation::BeforeSaving)
        .await
        .unwrap();

    let read = platform.label_row(PROJECT, &label_hash, &ReadLabels::default()).await.unwrap();
    assert_eq!(Some(read.get()), running.label_row(&label_hash).as_deref());
    let (sent, read) = (parsed(&to_save), parsed(&read));
    let object = &read["data_units"][VIDEO]["labels"]["3"]["objects"][0];
    assert_eq!(object["boundingBox"], sent["data_units"][VIDEO]["labels"]["3"]["objects"][0]["boundingBox"]);
    assert_eq!(
        (&object["createdBy"], &object["lastEditedBy"]),
        (&"agent@example.test".into(), &"agent@example.test".into())
    );
    assert_eq!(read["object_answers"][car.as_str()]["objectNumber"], 1);
    assert_eq!(read["classification_answers"].as_object().unwrap().len(), 1);
    assert_eq!(read["created_at"], sent["created_at"]);
    assert_ne!(read["last_edited_at"], sent["last_edited_at"]);
    assert_eq!(running.calls().of_kind(CallKind::SaveLabelRows)[0].hashes, [label_hash]);
}

#[tokio::test]
async fn unchanged_save_round_trips_except_time() {
    let (running, platform) = start().await;
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    // Unknown members, unusual number spellings and an unusual order.
    let labels = concat!(
        r#"{"9":{"objects":[{"objectHash":"one","featureHash":"ob/BOX+1","confidence":1.50,"extra":{"b":1e2,"a":[]},"#,
        r#""boundingBox":{"w":0.10,"h":0.2,"x":-0,"y":0.0},"createdBy":"x@example.test","lastEditedBy":"\u00fc"}],"#,
        r#""classifications":[]},"10":{"objects":[],"classifications":[],"metadata":{"z":1}}}"#
    );
    let row = running.label_row(&label_hash).unwrap();
    let row = row.replacen(r#""labels":{}"#, &format!(r#""labels":{labels}"#), 1).replacen(
        r#""object_answers":{}"#,
        r#""object_answers":{"one":{"objectHash":"one","classifications":[],"objectNumber":7}}"#,
        1,
    );
    let save = |row: String| {
        let (platform, label_hash) = (platform.clone(), label_hash.clone());
        async move {
            let row = raw(row);
            platform
                .save_label_row(PROJECT, LabelRowToSave::new(&label_hash, &row), Validation::Skipped)
                .await
                .unwrap();
        }
    };
    save(row).await;
    let first = running.label_row(&label_hash).unwrap();
    assert!(first.contains(labels), "{first}");
    save(first.clone()).await;
    let second = running.label_row(&label_hash).unwrap();
    let time = |row: &str| serde_json::from_str::<Value>(row).unwrap()["last_edited_at"].as_str().unwrap().to_owned();
    assert_ne!(time(&first), time(&second));
    assert_eq!(first.replace(&time(&first), &time(&second)), second);
}

#[tokio::test]
async fn applies_every_listing_filter() {
    let (running, platform) = start().await;
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    let edited = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap()[2].last_edited_at.clone();
    let none = LabelRowFilter::default;
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        (none().data_hashes([VIDEO, "unknown"]), vec![VIDEO]),
        (none().label_hashes([&label_hash]), vec![VIDEO]),
        (LabelRowFilter { include_uninitialised_labels: false, ..none() }, vec![VIDEO]),
        (LabelRowFilter { data_title_eq: some("walk"), ..none() }, vec![GROUP]),
        (LabelRowFilter { data_title_like: some("%ü%"), ..none() }, vec![IMAGE]),
        (LabelRowFilter { workflow_graph_node_title_eq: some("Agent 1"), ..none() }, vec![VIDEO]),
        (LabelRowFilter { workflow_graph_node_title_like: some("Annotate%"), ..none() }, vec![IMAGE, GROUP]),
        (LabelRowFilter { edited_after: some("2020-01-01T00:00:00"), ..none() }, vec![VIDEO]),
        (LabelRowFilter { edited_after: edited.clone(), ..none() }, vec![]),
        (LabelRowFilter { edited_before: edited, ..none() }, vec![]),
        (LabelRowFilter { edited_before: some("2100-01-01T00:00:00+02:00"), ..none() }, vec![VIDEO]),
        (LabelRowFilter { label_statuses: Some(vec!["NOT_LABELLED".into()]), ..none() }, vec![IMAGE, GROUP]),
        (LabelRowFilter { shadow_data_state: some("SHADOW_DATA"), ..none() }, vec![]),
        (LabelRowFilter { shadow_data_state: some("NOT_SHADOW_DATA"), ..none() }, vec![IMAGE, GROUP, VIDEO]),
    ];
    for (filter, expected) in cases {
        let rows = platform.list_label_rows(PROJECT, &filter).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.data_hash.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let wrong = LabelRowFilter { edited_after: some("yesterday"), ..none() };
    assert!(matches!(platform.list_label_rows(PROJECT, &wrong).await, Err(Error::InvalidDateFormat(_))));

    running.create_label_row(VIDEO, "other").unwrap();
    let of =
        |filter: LabelRowFilter| platform.list_label_rows(PROJECT, Box::leak(Box::new(filter.data_hashes([VIDEO]))));
    let all = of(LabelRowFilter { include_all_label_branches: true, ..none() }).await.unwrap();
    assert_eq!(all.iter().map(|row| row.branch_name.as_deref().unwrap()).collect::<Vec<_>>(), ["main", "other"]);
    let new = of(none().branch("new")).await.unwrap();
    assert_eq!((new[0].branch_name.as_deref(), &new[0].label_hash), (Some("new"), &None));
    let rich = of(LabelRowFilter { include_client_metadata: true, include_images_data: true, ..none() }).await.unwrap();
    assert_eq!(rich[0].client_metadata.as_ref().unwrap().get(), r#"{"camera": 1.50}"#);
    let images = LabelRowFilter { include_images_data: true, ..none() }.data_hashes([GROUP]);
    let images = platform.list_label_rows(PROJECT, &images).await.unwrap();
    assert_eq!(images[0].images_data.len(), 2);
    let bare = of(LabelRowFilter { include_workflow_graph_node: false, ..none() }).await.unwrap();
    assert!(bare[0].workflow_graph_node.is_none());
}

#[tokio::test]
async fn filters_features_and_signs_links() {
    let (running, platform) = start().await;
    running
        .edit_as("annotator@example.test", VIDEO, |row| {
            row.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(3)?;
            row.add("Field").polygon([(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)]).on(3)?;
            row.classify("Scene", "a street").on(0..=4).map(drop)
        })
        .unwrap();
    let label_hash = running.label_hash(VIDEO, "main").unwrap();
    let cars = ReadLabels {
        get_signed_url: true,
        include_object_feature_hashes: Some(vec!["ob/BOX+1".into()]),
        include_classification_feature_hashes: Some(Vec::new()),
        ..ReadLabels::default()
    };
    let row = parsed(&platform.label_row(PROJECT, &label_hash, &cars).await.unwrap());
    let unit = &row["data_units"][VIDEO];
    assert_eq!(unit["labels"]["3"]["objects"].as_array().unwrap().len(), 1);
    assert_eq!(row["object_answers"].as_object().unwrap().len(), 1);
    assert_eq!(row["classification_answers"], serde_json::json!({}));
    let file = platform.download(unit["data_link"].as_str().unwrap()).await.unwrap();
    assert_eq!(&file.bytes[..], b"bytes of the video");
}

#[tokio::test]
async fn storage_items() {
    let (_running, platform) = start().await;
    let rows = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap();
    let item_of = |data: &str| rows.iter().find(|row| row.data_hash == data).unwrap().backing_item_uuid.unwrap();
    let plain = platform.storage_item(item_of(VIDEO), SignedUrl::Unwanted).await.unwrap();
    assert_eq!((plain.item_type, plain.signed_url), (ItemType::Video, None));
    let video = platform.storage_item(item_of(VIDEO), SignedUrl::Wanted).await.unwrap();
    let file = platform.download(video.signed_url.as_deref().unwrap()).await.unwrap();
    assert_eq!(file.bytes.len() as u64, video.file_size.unwrap());
    assert_eq!(file.content_type.as_deref(), Some("video/mp4"));

    let group = platform.storage_item(item_of(GROUP), SignedUrl::Wanted).await.unwrap();
    assert_eq!((group.item_type, group.signed_url), (ItemType::ImageGroup, None));
    let children = platform.child_items(group.parent, group.uuid, SignedUrl::Wanted).await.unwrap();
    let frame = platform.download(children[1].signed_url.as_deref().unwrap()).await.unwrap();
    assert_eq!(&frame.bytes[..], b"bytes of 1.jpg");
    let items = platform.storage_items(&[video.uuid, group.uuid], SignedUrl::Unwanted).await.unwrap();
    assert_eq!(items.iter().map(|item| item.uuid).collect::<Vec<_>>(), [video.uuid, group.uuid]);

    let metadata = StorageItemPatch {
        client_metadata: Some(raw(r#"{"ünï": [1.50, "✓"]}"#.to_owned())),
        ..StorageItemPatch::default()
    };
    let changed = platform.update_storage_item(video.parent, video.uuid, &metadata).await.unwrap();
    assert_eq!(changed.client_metadata.as_deref(), Some(r#"{"ünï": [1.50, "✓"]}"#));
    let renamed = StorageItemPatch { name: Some("renamed".to_owned()), ..StorageItemPatch::default() };
    let changed = platform.update_storage_items(&[(group.uuid, renamed), (video.uuid, metadata)]).await.unwrap();
    assert_eq!((changed[0].name.as_str(), changed[1].uuid), ("renamed", video.uuid));
    assert_eq!(platform.storage_item(group.uuid, SignedUrl::Unwanted).await.unwrap().name, "renamed");
    let wrong = StorageItemPatch { client_metadata: Some(raw("[1]".to_owned())), ..StorageItemPatch::default() };
    let wrong = platform.update_storage_item(video.parent, video.uuid, &wrong).await;
    assert!(matches!(wrong, Err(Error::InvalidArguments(_))), "{wrong:?}");
}

#[tokio::test]
async fn tasks_move() {
    let (running, platform) = start().await;
    let project = platform.project(PROJECT).await.unwrap();
    let stage = project.stages().iter().find(|stage| stage.stage_type == StageType::Agent).unwrap().uuid;
    platform.set_priorities(PROJECT, &[(VIDEO, 0.1), (GROUP, 0.9)]).await.unwrap();
    let listed = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap();
    assert_eq!((listed[2].priority, listed[1].priority), (Some(0.1), Some(0.9)));
    let video: Uuid = VIDEO.parse().unwrap();
    let tasks = platform.agent_tasks(PROJECT, stage, &[DataHash(video)]).await.unwrap();
    let to = |name: &str| PathwayChoice::Name(name.to_owned());
    let nowhere = platform.proceed(PROJECT, stage, &[(tasks[0].uuid, to("nowhere"))]).await;
    assert!(matches!(nowhere, Err(Error::InvalidArguments(_))));
    platform.proceed(PROJECT, stage, &[(tasks[0].uuid, to("review"))]).await.unwrap();
    assert!(platform.agent_tasks(PROJECT, stage, &[]).await.unwrap().is_empty());
    assert_eq!(running.stage(VIDEO).as_deref(), Some("Review 1"));
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    platform.complete(PROJECT, &[&label_hash]).await.unwrap();
    assert_eq!(running.stage(VIDEO).as_deref(), Some("Complete"));
    platform.reopen(PROJECT, &[&label_hash]).await.unwrap();
    assert_eq!(running.stage(VIDEO).as_deref(), Some("Annotate 1"));
    let too_much = platform.set_priorities(PROJECT, &[(VIDEO, 1.5)]).await;
    assert!(matches!(too_much, Err(Error::InvalidArguments(_))));
}

#[tokio::test]
async fn logs_calls_with_trace_and_connection() {
    let (running, platform) = start().await;
    let traced = platform.with_trace(TraceId::fresh());
    let project = traced.project(PROJECT).await.unwrap();
    traced.ontology(&project.ontology_hash).await.unwrap();
    let calls = running.calls().all();
    assert_eq!(running.calls().kinds(), [CallKind::Project, CallKind::Ontology]);
    assert_eq!(calls[0].trace.as_deref(), Some(traced.trace().unwrap().as_str()));
    assert_eq!(calls[0].connection, calls[1].connection);
    assert_eq!(calls[1].status, Some(200));
    assert!(!calls[0].overlaps(&calls[1]));
    running.calls().clear();
    assert!(running.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serializes_concurrent_saves() {
    let (running, platform) = start().await;
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    let row = running.label_row(&label_hash).unwrap();
    let saves: Vec<_> = (0..20)
        .map(|number| {
            let (platform, label_hash) = (platform.clone(), label_hash.clone());
            let row = raw(format!(r#"{},"number":{number}}}"#, row.strip_suffix('}').unwrap()));
            tokio::spawn(async move {
                let row = LabelRowToSave::new(&label_hash, &row);
                platform.save_label_row(PROJECT, row, Validation::Skipped).await.unwrap();
                let row = platform.label_row(PROJECT, &label_hash, &ReadLabels::default()).await.unwrap();
                parsed(&row)["last_edited_at"].as_str().unwrap().to_owned()
            })
        })
        .collect();
    let mut times = std::collections::BTreeSet::new();
    for save in saves {
        times.insert(save.await.unwrap());
    }
    let last: Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    assert!((0..20).contains(&last["number"].as_u64().unwrap()));
    assert_eq!(times.last().map(String::as_str), last["last_edited_at"].as_str());
    assert_eq!(running.calls().count(CallKind::SaveLabelRows), 20);
}
