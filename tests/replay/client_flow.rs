//! The complete flow of the client on the recorded project. The local platform verifies every signature.

use std::time::Duration;

use agent_platform::auth::Credentials;
use agent_platform::client::{
    CheckError, DataType, Domain, Error, ItemType, LabelRowFilter, LabelRowToSave, PathwayChoice, PlatformBuilder,
    PlatformClient, ProjectFilter, ReadLabels, SignedUrl, StageType, StorageItemPatch, TraceId, Validation,
};
use agent_platform::hash::{DataHash, LabelHash};
use agent_studio::{LocalPlatform, RunningPlatform};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::{Uuid, uuid};

use test_support::keys;
use test_support::studio::recorded::{self, GROUP, IMAGE, VIDEO};

const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const STAGE: Uuid = uuid!("a0000002-5c1e-4f3a-9b2d-000000000002");
const VIDEO_LABEL: &str = "f3333333-aaaa-4bbb-8ccc-000000000003";

fn client(running: &RunningPlatform) -> PlatformBuilder {
    PlatformClient::builder()
        .credentials(Credentials::key(test_support::client::key()))
        .domain(Domain::parse(&running.url()).unwrap())
        .retry(test_support::client::quick())
}

fn parsed(row: &RawValue) -> Value {
    serde_json::from_str(row.get()).unwrap()
}

async fn read(platform: &PlatformClient, label_hash: &str) -> Box<RawValue> {
    platform.label_row(PROJECT, label_hash, &ReadLabels::default()).await.unwrap()
}

#[tokio::test]
async fn completes_flow_with_verified_signatures() {
    let running = LocalPlatform::builder()
        .project(recorded::project())
        .public_key("agent@example.test", keys::KEY_ID)
        .signature_age(Duration::from_secs(60))
        .page_size(1)
        .start()
        .await
        .unwrap();
    let platform = client(&running).build().unwrap().with_trace(TraceId::fresh());
    platform.check().await.unwrap();
    project_and_lists(&platform).await;
    label_rows(&platform).await;
    storage(&platform).await;
    workflow(&platform).await;

    let token = platform.bearer_token().await.unwrap();
    let bearer = client(&running).credentials(Credentials::bearer(token.expose()).unwrap()).build().unwrap();
    assert_eq!(bearer.project(PROJECT).await.unwrap().project_hash, PROJECT);
    assert!(!bearer.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap().is_empty());
}

async fn project_and_lists(platform: &PlatformClient) {
    let project = platform.project(PROJECT).await.unwrap();
    let ontology = parsed(&platform.ontology(&project.ontology_hash).await.unwrap());
    assert!(ontology["editor"]["objects"].as_array().unwrap().len() >= 10);
    let stage = project.stages().iter().find(|stage| stage.stage_type == StageType::Agent).unwrap();
    assert_eq!((stage.uuid, stage.pathways.len()), (STAGE, 2));
    let titled = ProjectFilter { title_like: Some("%Stub pröject & more%".to_owned()), ..ProjectFilter::default() };
    platform.projects(&titled).await.unwrap();
    assert!(!platform.projects(&ProjectFilter::default()).await.unwrap().is_empty());
    assert!(!platform.user_projects(None).await.unwrap().is_empty());
    assert_eq!(platform.datasets(PROJECT).await.unwrap().len(), 1);
    assert!(platform.branches(PROJECT).await.unwrap().iter().any(|branch| branch.name == "main"));
    let unknown = platform.project(Uuid::nil()).await.unwrap_err();
    assert!(matches!(unknown, Error::Authorisation(_)), "{unknown}");
}

async fn label_rows(platform: &PlatformClient) {
    let all = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap();
    assert_eq!(all.len(), 3);
    let filter =
        LabelRowFilter { include_client_metadata: true, include_images_data: true, ..LabelRowFilter::default() };
    let image = &platform.list_label_rows(PROJECT, &filter.data_hashes([IMAGE])).await.unwrap()[0];
    assert_eq!((&image.data_type, image.label_hash.as_ref()), (&DataType::Image, None));
    assert!(image.client_metadata.is_some() && image.images_data.len() == 1);

    // Created on two branches, then listed.
    let created = parsed(&platform.create_label_row(PROJECT, IMAGE, "main", SignedUrl::Unwanted).await.unwrap());
    let branched =
        parsed(&platform.create_label_row(PROJECT, IMAGE, "agent-branch", SignedUrl::Unwanted).await.unwrap());
    assert_ne!(created["label_hash"], branched["label_hash"]);
    let of_branch = LabelRowFilter::default().data_hashes([IMAGE]).branch("agent-branch");
    let listed = platform.list_label_rows(PROJECT, &of_branch).await.unwrap();
    assert_eq!(listed[0].label_hash.as_ref().map(LabelHash::as_str), branched["label_hash"].as_str());

    // Saved as read: nothing changes but the time.
    let video = read(platform, VIDEO_LABEL).await;
    let row = LabelRowToSave::new(VIDEO_LABEL, &video);
    platform.save_label_row(PROJECT, row, Validation::BeforeSaving).await.unwrap();
    let again = parsed(&read(platform, VIDEO_LABEL).await);
    for part in ["data_units", "object_answers", "classification_answers", "object_actions"] {
        assert_eq!(again[part], parsed(&video)[part], "{part}");
    }
    let image_label = created["label_hash"].as_str().unwrap();
    let rows = platform
        .label_rows(
            PROJECT,
            &[image_label, VIDEO_LABEL],
            &ReadLabels { include_reviews: true, ..ReadLabels::default() },
        )
        .await
        .unwrap();
    assert_eq!(parsed(&rows[0])["label_hash"], image_label);
    let to_save = [LabelRowToSave::new(image_label, &rows[0]), LabelRowToSave::new(VIDEO_LABEL, &rows[1])];
    platform.save_label_rows(PROJECT, &to_save, Validation::Skipped).await.unwrap();
    let filtered = ReadLabels { include_object_feature_hashes: Some(vec!["ob/BOX+1".into()]), ..ReadLabels::default() };
    let some = platform.label_row(PROJECT, VIDEO_LABEL, &filtered).await.unwrap();
    assert!(some.get().len() < video.get().len());
    let unknown = platform.label_row(PROJECT, "99999999-aaaa-4bbb-8ccc-000000000009", &ReadLabels::default()).await;
    println!("an unknown label row: {}", unknown.unwrap_err());
}

async fn storage(platform: &PlatformClient) {
    let filter = LabelRowFilter::default().data_hashes([VIDEO, GROUP]);
    let rows = platform.list_label_rows(PROJECT, &filter).await.unwrap();
    let item_of = |data: &str| rows.iter().find(|row| row.data_hash == data).unwrap().backing_item_uuid.unwrap();
    let plain = platform.storage_item(item_of(VIDEO), SignedUrl::Unwanted).await.unwrap();
    assert_eq!((plain.item_type, plain.signed_url), (ItemType::Video, None));
    let video = platform.storage_item(item_of(VIDEO), SignedUrl::Wanted).await.unwrap();
    let file = platform.download(video.signed_url.as_deref().unwrap()).await.unwrap();
    assert_eq!((file.bytes.len() as u64, file.content_type.as_deref()), (video.file_size.unwrap(), Some("video/mp4")));

    let group = platform.storage_item(item_of(GROUP), SignedUrl::Unwanted).await.unwrap();
    let children = platform.child_items(group.parent, group.uuid, SignedUrl::Wanted).await.unwrap();
    assert_eq!(children.len(), 3);
    let frame = platform.download(children[1].signed_url.as_deref().unwrap()).await.unwrap();
    assert!(frame.bytes.starts_with(&[0xff, 0xd8]));
    let items = platform.storage_items(&[video.uuid, group.uuid], SignedUrl::Unwanted).await.unwrap();
    assert_eq!(items.iter().map(|item| item.uuid).collect::<Vec<_>>(), [video.uuid, group.uuid]);

    let metadata = RawValue::from_string(r#"{"ünï": [1.50, "✓"]}"#.to_owned()).unwrap();
    let patch = StorageItemPatch { client_metadata: Some(metadata), ..StorageItemPatch::default() };
    let changed = platform.update_storage_item(video.parent, video.uuid, &patch).await.unwrap();
    let metadata: Value = serde_json::from_str(&changed.client_metadata.unwrap()).unwrap();
    assert_eq!(metadata["ünï"][1], "✓");
    let renamed = StorageItemPatch { name: Some("renamed".to_owned()), ..StorageItemPatch::default() };
    let patches = [(video.uuid, patch), (group.uuid, renamed), (video.parent, StorageItemPatch::default())];
    let changed = platform.update_storage_items(&patches).await.unwrap();
    assert_eq!(changed[1].name, "renamed");
    let nothing = platform.update_storage_item(video.parent, video.uuid, &StorageItemPatch::default()).await;
    assert!(matches!(nothing, Err(Error::Request(_))));
}

async fn workflow(platform: &PlatformClient) {
    platform.set_priorities(PROJECT, &[(VIDEO, 0.1), (GROUP, 0.9)]).await.unwrap();
    let listed = platform.list_label_rows(PROJECT, &LabelRowFilter::default().data_hashes([VIDEO])).await.unwrap();
    assert_eq!(listed[0].priority, Some(0.1));
    let tasks = platform.agent_tasks(PROJECT, STAGE, &[]).await.unwrap();
    assert!(tasks.len() >= 2, "{tasks:?}");
    let video: Uuid = VIDEO.parse().unwrap();
    let tasks = platform.agent_tasks(PROJECT, STAGE, &[DataHash(video)]).await.unwrap();
    let review = (tasks[0].uuid, PathwayChoice::Name("review".to_owned()));
    platform.proceed(PROJECT, STAGE, &[review]).await.unwrap();
    assert!(platform.agent_tasks(PROJECT, STAGE, &[DataHash(video)]).await.unwrap().is_empty());
    platform.complete(PROJECT, &[VIDEO_LABEL]).await.unwrap();
    platform.reopen(PROJECT, &[VIDEO_LABEL]).await.unwrap();
}

#[tokio::test]
async fn rejects_unknown_key_and_token() {
    let running = LocalPlatform::builder()
        .project(recorded::project())
        .bearer_token("agent@example.test", "another")
        .start()
        .await
        .unwrap();
    let platform = client(&running).build().unwrap();
    assert!(matches!(platform.check().await, Err(CheckError::WrongKey { .. })));
    let legacy = platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await.unwrap_err();
    assert!(matches!(legacy, Error::SshKeyNotFound(_)), "{legacy}");
    let v2 = platform.project(PROJECT).await.unwrap_err();
    assert!(matches!(v2, Error::Authentication(_)), "{v2}");
    let bearer = client(&running).credentials(Credentials::bearer("made-up").unwrap()).build().unwrap();
    assert!(matches!(bearer.project(PROJECT).await, Err(Error::Authentication(_))));
    assert!(matches!(bearer.user_projects(None).await, Err(Error::Authentication(_))));
}
