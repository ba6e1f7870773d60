//! The calls of the recorded exchanges, with assertions on their results.

use agent_platform::client::{
    Error, LabelRowFilter, LabelRowMetadata, LabelRowToSave, PathwayChoice, PlatformClient, ProjectFilter, ReadLabels,
    SignedUrl, StorageItem, StorageItemPatch, Validation,
};
use agent_platform::hash::LabelHash;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::{Uuid, uuid};

use super::recorded_bytes;

const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const UNKNOWN_PROJECT: Uuid = uuid!("99999999-aaaa-4bbb-8ccc-000000000009");
const STAGE: Uuid = uuid!("a0000002-5c1e-4f3a-9b2d-000000000002");
const FOLDER: Uuid = uuid!("d2a86b51-47f9-4e3c-b5d0-19c7e8f24a60");
const ONTOLOGY: &str = "3c9a5e10-62d4-4f0b-8a17-e4b6d2c8f901";
const IMAGE: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
const GROUP: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
const VIDEO: &str = "33333333-aaaa-4bbb-8ccc-000000000003";
const IMAGE_LABEL: &str = "21077ea2-dca7-550c-b131-bca2c3c077ab";
const GROUP_LABEL: &str = "f2222222-aaaa-4bbb-8ccc-000000000002";
const VIDEO_LABEL: &str = "f3333333-aaaa-4bbb-8ccc-000000000003";
const IMAGE_ITEM: Uuid = uuid!("e1111111-aaaa-4bbb-8ccc-000000000001");
const GROUP_ITEM: Uuid = uuid!("e2222222-aaaa-4bbb-8ccc-000000000002");
const VIDEO_ITEM: Uuid = uuid!("e3333333-aaaa-4bbb-8ccc-000000000003");

/// Makes the call of an exchange, and checks its result.
pub(crate) async fn call(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    match number {
        1..=3 | 23 | 43..=47 | 49 => projects(platform, number, exchange).await,
        4 | 6 | 8 | 11 | 15 | 18 | 20 | 22 | 24 | 48 => listings(platform, number, exchange).await,
        5..=21 => labels(platform, number, exchange).await,
        25..=36 => storage(platform, number, exchange).await,
        37..=42 | 50 => workflow(platform, number, exchange).await,
        other => panic!("no call for exchange {other}"),
    }
}

fn response(exchange: &Value) -> &Value {
    &exchange["response"]["body"]["json"]
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap()
}

async fn projects(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    let response = response(exchange);
    match number {
        1 => {
            let projects = platform.user_projects(Some("2024-05-01T12:00:00")).await?;
            assert_eq!(projects[0].project.project_hash, Some(PROJECT.into()));
            assert_eq!(projects[0].user_role, Some(0));
        }
        2 | 46 => {
            let project = platform.project(PROJECT).await?;
            assert_eq!(project.ontology_hash, ONTOLOGY);
            assert_eq!(project.stages().len(), response["workflow"]["stages"].as_array().unwrap().len());
            let agent = project.stages().iter().find(|stage| stage.uuid == STAGE).unwrap();
            let titles: Vec<_> = agent.pathways.iter().map(|pathway| pathway.title.as_str()).collect();
            assert_eq!(titles, ["review", "complete"]);
        }
        3 | 47 => assert_eq!(value(&platform.ontology(ONTOLOGY).await?), *response),
        23 => {
            let names: Vec<_> = platform.branches(PROJECT).await?.into_iter().map(|branch| branch.name).collect();
            assert_eq!(names, ["agent-branch", "main"]);
        }
        43 => assert_eq!(platform.datasets(PROJECT).await?[0].title, "Stub dataset"),
        44 => {
            let filter = ProjectFilter {
                title_like: Some("%a b&c=ü%".to_owned()),
                created_after: Some("2024-05-01T00:00:00".to_owned()),
                ..ProjectFilter::default()
            };
            assert_eq!(platform.projects(&filter).await?[0].project_hash, PROJECT);
        }
        45 => assert_eq!(platform.bearer_token().await?.expose(), response["token"]),
        49 => return platform.project(UNKNOWN_PROJECT).await.map(drop),
        other => panic!("{other}"),
    }
    Ok(())
}

async fn rows(platform: &PlatformClient, filter: LabelRowFilter) -> Result<Vec<LabelRowMetadata>, Error> {
    platform.list_label_rows(PROJECT, &filter).await
}

fn assert_listed(rows: &[LabelRowMetadata], response: &Value) {
    let expected = response["response"].as_array().unwrap();
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(row.data_hash, expected["data_hash"]);
        assert_eq!(row.label_hash.as_ref().map(LabelHash::as_str), expected["label_hash"].as_str());
        assert_eq!(row.branch_name.as_deref(), expected["branch_name"].as_str());
        assert_eq!(row.data_type.as_str().to_uppercase(), expected["data_type"]);
        assert_eq!(row.number_of_frames, expected["number_of_frames"].as_u64());
        assert_eq!(row.width, expected["width"].as_u64());
        let node = row.workflow_graph_node.as_ref().map(|node| node.uuid.as_str());
        assert_eq!(node, expected["workflow_graph_node"]["uuid"].as_str());
        assert_eq!(row.backing_item_uuid.unwrap().to_string(), expected["backing_item_uuid"]);
        assert_eq!(row.images_data.len(), expected["images_data"].as_array().map_or(0, Vec::len));
        assert_eq!(row.client_metadata.as_deref().map_or(Value::Null, value), expected["client_metadata"]);
        assert_eq!(value(row.json()), *expected);
    }
}

async fn listings(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    let response = response(exchange);
    // What Python asks for an agent's label row.
    let for_agent = LabelRowFilter { include_children: true, ..LabelRowFilter::default() };
    match number {
        4 => assert_listed(&rows(platform, for_agent.data_hashes([VIDEO])).await?, response),
        6 => {
            let all = LabelRowFilter { include_client_metadata: true, include_images_data: true, ..for_agent };
            assert_listed(&rows(platform, all.data_hashes([IMAGE])).await?, response);
        }
        8 => {
            let filter = LabelRowFilter { include_images_data: true, ..for_agent };
            assert_listed(&rows(platform, filter.data_hashes([GROUP])).await?, response);
        }
        11 | 48 => assert_listed(&rows(platform, LabelRowFilter::default().data_hashes([IMAGE])).await?, response),
        15 => assert_listed(&rows(platform, LabelRowFilter::default().data_hashes([VIDEO, GROUP])).await?, response),
        18 => assert_listed(&rows(platform, LabelRowFilter::default().data_hashes([VIDEO])).await?, response),
        20 => assert_listed(
            &rows(platform, LabelRowFilter::default().data_hashes([IMAGE]).branch("agent-branch")).await?,
            response,
        ),
        22 => {
            let filter = LabelRowFilter { include_all_label_branches: true, ..LabelRowFilter::default() };
            assert_listed(&rows(platform, filter.data_hashes([IMAGE])).await?, response);
        }
        24 => assert_listed(&rows(platform, LabelRowFilter::default().data_hashes([UNKNOWN_PROJECT])).await?, response),
        other => panic!("{other}"),
    }
    Ok(())
}

async fn assert_read(platform: &PlatformClient, exchange: &Value, hash: &str, read: ReadLabels) -> Result<(), Error> {
    let row = platform.label_row(PROJECT, hash, &read).await?;
    assert_eq!(value(&row), response(exchange)["response"][0]);
    Ok(())
}

async fn labels(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    let response = response(exchange);
    let labels = &exchange["request"]["body"]["json"]["values"]["payload"]["labels"];
    match number {
        5 | 16 => assert_read(platform, exchange, VIDEO_LABEL, ReadLabels::default()).await?,
        9 => {
            assert_read(platform, exchange, GROUP_LABEL, ReadLabels { get_signed_url: true, ..ReadLabels::default() })
                .await?;
        }
        12 => assert_read(platform, exchange, IMAGE_LABEL, ReadLabels::default()).await?,
        17 => assert_read(platform, exchange, GROUP_LABEL, ReadLabels::default()).await?,
        19 => {
            let some = ReadLabels {
                include_object_feature_hashes: Some(vec!["ob/BOX+1".into()]),
                include_classification_feature_hashes: Some(vec!["clCOMM03".into()]),
                include_reviews: true,
                ..ReadLabels::default()
            };
            assert_read(platform, exchange, VIDEO_LABEL, some).await?;
        }
        7 | 21 => {
            let branch = if number == 7 { "main" } else { "agent-branch" };
            let row = platform.create_label_row(PROJECT, IMAGE, branch, SignedUrl::Unwanted).await?;
            assert_eq!(value(&row), response["response"][0]);
        }
        10 | 13 => {
            let label_hash = if number == 10 { IMAGE_LABEL } else { VIDEO_LABEL };
            let validation = if number == 13 { Validation::BeforeSaving } else { Validation::Skipped };
            let row = raw(&labels[0]);
            platform.save_label_row(PROJECT, LabelRowToSave::new(label_hash, &row), validation).await?;
        }
        14 => {
            let (group, image) = (raw(&labels[0]), raw(&labels[1]));
            let rows = [LabelRowToSave::new(GROUP_LABEL, &group), LabelRowToSave::new(IMAGE_LABEL, &image)];
            platform.save_label_rows(PROJECT, &rows, Validation::Skipped).await.map_err(|error| error.source)?;
        }
        other => panic!("{other}"),
    }
    Ok(())
}

fn assert_item(item: &StorageItem, expected: &Value) {
    assert_eq!(item.uuid.to_string(), expected["uuid"]);
    assert_eq!(item.item_type.as_str(), expected["itemType"]);
    assert_eq!(item.client_metadata.as_deref(), expected["clientMetadata"].as_str());
    assert_eq!(item.signed_url.as_deref(), expected["signedUrl"].as_str());
    assert_eq!(item.frame_count, expected["frameCount"].as_u64());
    assert_eq!(item.fps, expected["fps"].as_f64());
}

fn assert_items(items: &[StorageItem], response: &Value) {
    let expected = response["results"].as_array().unwrap();
    assert_eq!(items.len(), expected.len());
    items.iter().zip(expected).for_each(|(item, expected)| assert_item(item, expected));
}

fn metadata(text: &str) -> Option<Box<RawValue>> {
    Some(RawValue::from_string(text.to_owned()).unwrap())
}

async fn storage(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    let response = response(exchange);
    match number {
        25 => assert_item(&platform.storage_item(VIDEO_ITEM, SignedUrl::Unwanted).await?, response),
        26 | 28 | 36 => assert_item(&platform.storage_item(VIDEO_ITEM, SignedUrl::Wanted).await?, response),
        29 => assert_item(&platform.storage_item(GROUP_ITEM, SignedUrl::Unwanted).await?, response),
        30 | 31 => assert_items(&platform.child_items(FOLDER, GROUP_ITEM, SignedUrl::Wanted).await?, response),
        27 | 32 => {
            let target = exchange["request"]["target"].as_str().unwrap();
            let file = platform.download(&format!("{}{target}", platform.domain())).await?;
            assert_eq!(file.bytes, recorded_bytes(exchange));
        }
        33 => {
            let client_metadata = metadata(r#"{"reviewed": true, "ünï": ["x"], "n": 1}"#);
            let patch = StorageItemPatch { client_metadata, ..StorageItemPatch::default() };
            assert_item(&platform.update_storage_item(FOLDER, VIDEO_ITEM, &patch).await?, response);
        }
        34 => {
            let video = StorageItemPatch { client_metadata: metadata(r#"{"a": 1}"#), ..StorageItemPatch::default() };
            let group = StorageItemPatch {
                name: Some("renamed".to_owned()),
                client_metadata: metadata(r#"{"b": 2}"#),
                ..StorageItemPatch::default()
            };
            assert_items(&platform.update_storage_items(&[(VIDEO_ITEM, video), (GROUP_ITEM, group)]).await?, response);
        }
        35 => assert_items(&platform.storage_items(&[VIDEO_ITEM, IMAGE_ITEM], SignedUrl::Wanted).await?, response),
        other => panic!("{other}"),
    }
    Ok(())
}

async fn workflow(platform: &PlatformClient, number: usize, exchange: &Value) -> Result<(), Error> {
    match number {
        37 => platform.set_priorities(PROJECT, &[(VIDEO, 0.75)]).await?,
        38 => platform.set_priorities(PROJECT, &[(VIDEO, 0.1), (GROUP, 1.0)]).await?,
        39 => {
            let tasks = platform.agent_tasks(PROJECT, STAGE, &[VIDEO.parse().unwrap()]).await?;
            assert_eq!(tasks[0].data_hash.to_string(), VIDEO);
        }
        40 => {
            let task = exchange["request"]["body"]["json"][0]["taskUuid"].as_str().unwrap().parse().unwrap();
            platform.proceed(PROJECT, STAGE, &[(task, PathwayChoice::Name("review".to_owned()))]).await?;
        }
        41 => platform.complete(PROJECT, &[IMAGE_LABEL]).await?,
        42 => platform.reopen(PROJECT, &[IMAGE_LABEL]).await?,
        // The second page is asked for with the first.
        50 => {
            let tasks = platform.agent_tasks(PROJECT, STAGE, &[]).await?;
            assert_eq!(tasks.len(), 2);
        }
        other => panic!("{other}"),
    }
    Ok(())
}
