//! Label rows: preserved byte for byte, returned in order, and requested in batches.

use std::fmt::Write;

use agent_platform::client::{DataType, Error, LabelRowFilter, LabelRowToSave, LabelStatus, ReadLabels, Validation};
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use test_support::client;
use test_support::scripted_server::{Reply, Server};

/// Spellings that a round trip through numbers, maps or unescaped strings would change.
const ROW: &str = r#"{"label_hash" : "L1", "z":1.0, "a":1e-5,"a2":9.1e-05, "big":12345678901234567890123,
    "text":"gr\u00fcn ✓ \/", "empty":{ }, "twice":1, "twice":2}"#;

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

#[tokio::test]
async fn sends_saved_row_byte_for_byte() {
    let server = Server::always(Reply::json(200, &json!({"status": 200, "response": true}))).await;
    let row = raw(ROW);
    let saved = client::platform(&server)
        .save_label_row(Uuid::nil(), LabelRowToSave::new("L1", &row), Validation::BeforeSaving)
        .await;
    saved.unwrap();
    let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
    let expected = format!(
        r#"{{"query_type":"labelrow","query_method":"POST","values":{{"uid":["L1"],"payload":{{"multi_request":true,"labels":[{ROW}],"validate_before_saving":true}}}}}}"#
    );
    assert_eq!(body, expected);
    assert_eq!(server.requests()[0].header("resourceid"), Some(Uuid::nil().to_string().as_str()));
}

#[tokio::test]
async fn reads_row_byte_for_byte() {
    let body = format!(r#"{{"response": [{ROW}], "extra": [], "status": 200}}"#);
    let server = Server::always(Reply::text(200, "application/json", &body)).await;
    let row = client::platform(&server).label_row(Uuid::nil(), "L1", &ReadLabels::default()).await.unwrap();
    assert_eq!(row.get(), ROW);
}

#[tokio::test]
async fn returns_rows_in_order_in_batches_of_a_thousand() {
    let server = Server::start(|request, _| {
        let mut asked = request.json()["values"]["uid"].as_array().unwrap().clone();
        asked.reverse();
        let rows: Vec<_> = asked.iter().map(|hash| json!({"label_hash": hash})).collect();
        Reply::json(200, &json!({"status": 200, "response": rows}))
    })
    .await;
    let hashes: Vec<_> = (0..1500).map(|number| format!("L{number}")).collect();
    let rows = client::platform(&server).label_rows(Uuid::nil(), &hashes, &ReadLabels::default()).await.unwrap();
    for (row, hash) in rows.iter().zip(&hashes) {
        assert_eq!(row.get(), format!(r#"{{"label_hash":"{hash}"}}"#));
    }
    let sizes: Vec<_> =
        server.requests().iter().map(|request| request.json()["values"]["uid"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [1000, 500]);
}

#[tokio::test]
async fn failed_bulk_save_reports_number_of_saved_rows() {
    let server = Server::start(|_, number| match number {
        0 => Reply::json(200, &json!({"status": 200, "response": true})),
        _ => Reply::json(200, &json!({"status": 400, "response": ["CORRUPTED_LABEL_ERROR"], "payload": "why"})),
    })
    .await;
    let row = raw("{}");
    let hashes: Vec<_> = (0..2500).map(|number| format!("L{number}")).collect();
    let rows: Vec<_> = hashes.iter().map(|hash| LabelRowToSave::new(hash, &row)).collect();
    let error = client::platform(&server).save_label_rows(Uuid::nil(), &rows, Validation::Skipped).await.unwrap_err();
    assert_eq!((error.saved, error.all), (1000, 2500));
    assert!(matches!(error.source, Error::CorruptedLabel(_)) && !error.source.may_have_acted());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn names_row_that_is_missing_from_the_response() {
    let server = Server::always(Reply::json(200, &json!({"status": 200, "response": [{"label_hash": "L2"}]}))).await;
    let error = client::platform(&server).label_row(Uuid::nil(), "L1", &ReadLabels::default()).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedAnswer(_)) && error.message().contains("L1"), "{error}");
}

#[tokio::test]
async fn listing_sends_all_keys_and_accepts_unknown_values() {
    let row = json!({
        "data_hash": "D1", "data_type": "HOLOGRAM", "label_status": "NEARLY", "annotation_task_status": 7,
        "workflow_graph_node": null, "number_of_frames": "many", "images_data": [{"image_hash": "I", "new": 1}, 5],
        "new_field": {"x": []},
    });
    let server = Server::always(Reply::json(200, &json!({"status": 200, "response": [row]}))).await;
    let filter = LabelRowFilter {
        label_statuses: Some(vec![LabelStatus::Labelled, LabelStatus::Unknown("NEARLY".into())]),
        edited_after: Some("2024-05-01T00:00:00".to_owned()),
        ..LabelRowFilter::default()
    };
    let rows = client::platform(&server).list_label_rows(Uuid::nil(), &filter).await.unwrap();
    assert_eq!(rows[0].data_type, DataType::Unknown("HOLOGRAM".into()));
    assert_eq!(rows[0].label_status, Some(LabelStatus::Unknown("NEARLY".into())));
    assert_eq!(rows[0].annotation_task_status.as_ref().unwrap().as_str(), "7");
    assert_eq!((rows[0].number_of_frames, rows[0].images_data.len()), (None, 1));
    let whole: serde_json::Value = serde_json::from_str(rows[0].json().get()).unwrap();
    assert_eq!(whole["new_field"], json!({"x": []}));
    let payload = server.requests()[0].json()["values"]["payload"].clone();
    assert_eq!(payload.as_object().unwrap().len(), 18);
    assert_eq!(payload["label_statuses"], json!(["LABELLED", "NEARLY"]));
}

#[tokio::test]
async fn large_row_round_trips() {
    let mut row = String::from(r#"{"label_hash":"L1","frames":["#);
    for number in 0..200_000 {
        write!(row, "{}{number}.50", if number == 0 { "" } else { "," }).unwrap();
    }
    row.push_str("]}");
    let body = format!(r#"{{"status":200,"response":[{row}]}}"#);
    let server = Server::always(Reply::text(200, "application/json", &body)).await;
    let read = client::platform(&server).label_row(Uuid::nil(), "L1", &ReadLabels::default()).await.unwrap();
    assert_eq!(read.get(), row);
}
