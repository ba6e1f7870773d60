//! The calls behind the recorded failures.

use agent_platform::client::{
    Error, LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, SignedUrl, StorageItemPatch, Validation,
};
use serde_json::value::RawValue;
use uuid::{Uuid, uuid};

use test_support::recordings;
use test_support::scripted_server::Reply;

const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const FOLDER: Uuid = uuid!("d2a86b51-47f9-4e3c-b5d0-19c7e8f24a60");
const ITEM: Uuid = uuid!("e3333333-aaaa-4bbb-8ccc-000000000003");
const IMAGE: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
const VIDEO: &str = "33333333-aaaa-4bbb-8ccc-000000000003";
const VIDEO_LABEL: &str = "f3333333-aaaa-4bbb-8ccc-000000000003";

/// Returns the recorded response of a successful call.
pub(crate) fn good_reply(operation: &str) -> Reply {
    let number = match operation {
        "v2 GET project" => 2,
        "v2 POST priorities" => 37,
        "v2 PATCH item" => 33,
        "v2 POST get-bulk" => 35,
        "legacy list label rows" => 4,
        "legacy get labels" => 5,
        "legacy create labels" => 7,
        "legacy save" => 13,
        "legacy workflow complete" => 41,
        "legacy get_projects" => 1,
        other => panic!("{other}"),
    };
    Reply::json(200, &recordings::response(number))
}

/// Makes the call of an operation.
pub(crate) async fn call(platform: &PlatformClient, operation: &str) -> Result<(), Error> {
    let row = RawValue::from_string("{}".to_owned()).unwrap();
    let metadata = RawValue::from_string(r#"{"a": 1}"#.to_owned()).unwrap();
    match operation {
        "v2 GET project" => platform.project(PROJECT).await.map(drop),
        "v2 POST priorities" => platform.set_priorities(PROJECT, &[(VIDEO, 0.75)]).await,
        "v2 PATCH item" => {
            let patch = StorageItemPatch { client_metadata: Some(metadata), ..StorageItemPatch::default() };
            platform.update_storage_item(FOLDER, ITEM, &patch).await.map(drop)
        }
        "v2 POST get-bulk" => platform.storage_items(&[ITEM], SignedUrl::Unwanted).await.map(drop),
        "legacy list label rows" => {
            platform.list_label_rows(PROJECT, &LabelRowFilter::default().data_hashes([VIDEO])).await.map(drop)
        }
        "legacy get labels" => platform.label_row(PROJECT, VIDEO_LABEL, &ReadLabels::default()).await.map(drop),
        "legacy create labels" => {
            platform.create_label_row(PROJECT, IMAGE, "main", SignedUrl::Unwanted).await.map(drop)
        }
        "legacy save" => {
            let row = LabelRowToSave::new(VIDEO_LABEL, &row);
            platform.save_label_row(PROJECT, row, Validation::Skipped).await
        }
        "legacy workflow complete" => platform.complete(PROJECT, &[VIDEO_LABEL]).await,
        "legacy get_projects" => platform.user_projects(None).await.map(drop),
        other => panic!("{other}"),
    }
}
