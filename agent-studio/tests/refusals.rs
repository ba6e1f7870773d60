//! Rejected label rows and rejected signatures.

use agent_platform::auth::{BodyDigest, MessageSignature, SshKey, legacy_authorization};
use agent_studio::{LocalPlatform, Refusal, RunningPlatform};
use serde_json::{Value, json};
use test_support::studio::{GROUP, PROJECT, VIDEO, project};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn mask(width: u64, height: u64) -> Value {
    json!({ "top": 0, "left": 0, "width": width, "height": height, "rleString": "" })
}

fn object(hash: &str, feature: &str, (key, geometry): (&str, Value)) -> Value {
    let mut object = json!({ "objectHash": hash, "featureHash": feature });
    object[key] = geometry;
    object
}

fn square() -> (&'static str, Value) {
    ("boundingBox", json!({ "h": 0.1, "w": 0.1, "x": 0.1, "y": 0.1 }))
}

/// Returns a row of the video with these labels, and an answer entry for each of these objects.
fn row(running: &RunningPlatform, labels: Value, answered: &[&str]) -> (String, Value) {
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    let mut row: Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    row["data_units"][VIDEO]["labels"] = labels;
    for hash in answered {
        row["object_answers"][hash] = json!({ "objectHash": hash, "classifications": [] });
    }
    (label_hash, row)
}

#[tokio::test]
async fn rejects_invalid_rows_without_changes() {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    let frame = |objects: Value| json!({ "3": { "objects": objects, "classifications": [] } });
    let car = || object("one", "ob/BOX+1", square());
    let cases: Vec<(Value, &[&str], &str)> = vec![
        (frame(json!([object("one", "unknown", square())])), &["one"], "FEATURE_DOES_NOT_EXIST_ERROR: feature unknown"),
        (frame(json!([car()])), &[], "ANSWER_DICTIONARY_ERROR: object one is missing in object_answers"),
        (frame(json!([car(), car()])), &["one"], "CORRUPTED_LABEL_ERROR: object one occurs twice on one frame"),
        (
            frame(json!([object("one", "obMASK03", ("bitmask", mask(161, 120)))])),
            &["one"],
            "CORRUPTED_LABEL_ERROR: the bitmask of object one is 161x120, but the data is 160x120",
        ),
        (
            frame(json!([object("one", "obPOLY02", square())])),
            &["one"],
            "CORRUPTED_LABEL_ERROR: object one has no polygon, the shape of its class",
        ),
        (
            json!({ "16": { "objects": [car()], "classifications": [] } }),
            &["one"],
            "CORRUPTED_LABEL_ERROR: frame 16 is out of range: the data unit has 16 frames",
        ),
    ];
    for (labels, answered, expected) in cases {
        let (label_hash, row) = row(&running, labels, answered);
        let before = running.label_row(&label_hash);
        let refused = running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap_err();
        assert!(refused.to_string().starts_with(expected), "{refused}");
        assert_eq!(running.label_row(&label_hash), before);
    }
    let (label_hash, right) =
        row(&running, frame(json!([object("one", "obMASK03", ("bitmask", mask(160, 120)))])), &["one"]);
    running.save_as("x@example.test", &label_hash, &right.to_string()).unwrap();

    let refused = |change: &dyn Fn(&mut Value)| {
        let (label_hash, mut row) = row(&running, frame(json!([car()])), &["one"]);
        change(&mut row);
        running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap_err()
    };
    let attribute =
        |feature: &str, option: &str| json!([{ "featureHash": feature, "answers": [{ "featureHash": option }] }]);
    let with =
        |answers: Value| move |row: &mut Value| row["object_answers"]["one"]["classifications"] = answers.clone();
    assert!(matches!(refused(&with(attribute("nothing", "opRED001"))), Refusal::NoSuchFeature(_)));
    assert!(matches!(refused(&with(attribute("atCOLO01", "nothing"))), Refusal::NoSuchFeature(_)));
    assert!(matches!(refused(&|row| row["label_hash"] = "another".into()), Refusal::CorruptedLabel(_)));
    assert!(matches!(refused(&|row| row["data_units"]["another"] = json!({})), Refusal::CorruptedLabel(_)));
    let unknown_class = |row: &mut Value| row["classification_answers"]["c"] = json!({ "featureHash": "ob/BOX+1" });
    assert!(matches!(refused(&unknown_class), Refusal::NoSuchFeature(_)));
    assert!(matches!(running.save_as("x@example.test", "nothing", "{}"), Err(Refusal::NotFound(_))));
    assert!(matches!(running.save_as("x@example.test", &label_hash, "[]"), Err(Refusal::InvalidArguments(_))));
}

#[tokio::test]
async fn requires_unique_object_numbers_per_class() {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    let cars = json!({ "3": { "objects": [object("one", "ob/BOX+1", square()), object("two", "ob/BOX+1", square())],
        "classifications": [] } });
    let (label_hash, mut row) = row(&running, cars, &["one", "two"]);
    row["object_answers"]["one"]["objectNumber"] = 4.into();
    row["object_answers"]["two"]["objectNumber"] = 4.into();
    let refused = running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap_err();
    assert!(refused.to_string().contains("object number 4"), "{refused}");
    row["object_answers"]["two"].as_object_mut().unwrap().remove("objectNumber");
    running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap();
    let saved: Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    assert_eq!(saved["object_answers"]["two"]["objectNumber"], 5);
}

#[tokio::test]
async fn deletes_members_that_are_not_sent() {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    running
        .edit_as("x@example.test", GROUP, |row| {
            row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(0)?;
            row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(1).map(drop)
        })
        .unwrap();
    let label_hash = running.label_hash(GROUP, "main").unwrap();
    let mut row: Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    let units = row["data_units"].as_object_mut().unwrap();
    let first = units.keys().next().unwrap().clone();
    units.remove(&first);
    running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap();
    let saved: Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    assert_eq!(saved["data_units"].as_object().unwrap().len(), 2);
    assert_eq!(saved["data_units"][&first]["labels"], json!({ "objects": [], "classifications": [] }));
}

#[tokio::test]
async fn saves_unknown_members_and_keeps_platform_members() {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    let (label_hash, mut row) = row(&running, json!({}), &[]);
    let saved = |row: &Value| -> Value {
        running.save_as("x@example.test", &label_hash, &row.to_string()).unwrap();
        serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap()
    };
    row["mine"] = 1.into();
    row["data_units"][VIDEO]["mine"] = 1.into();
    assert_eq!(saved(&row)["mine"], 1);
    row["mine"] = 2.into();
    row["data_units"][VIDEO]["mine"] = 2.into();
    row["data_title"] = "another".into();
    row["data_units"][VIDEO]["width"] = 7.into();
    let second = saved(&row);
    assert_eq!((&second["mine"], &second["data_units"][VIDEO]["mine"]), (&2.into(), &2.into()));
    assert_eq!((&second["data_title"], &second["data_units"][VIDEO]["width"]), (&"drive.mp4".into(), &160.into()));
    row.as_object_mut().unwrap().remove("mine");
    row.as_object_mut().unwrap().remove("spaces");
    let third = saved(&row);
    assert_eq!((third.get("mine"), &third["spaces"]), (None, &json!({})));
}

/// Sends a request unchanged, and returns status and body.
async fn send(
    running: &RunningPlatform,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Value) {
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    let (head, body) = all.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn v2_signatures_cover_method_target_body_and_time() {
    let key = SshKey::from_seed(&[7; 32]).unwrap();
    let builder = LocalPlatform::builder().project(project()).public_key("x@example.test", key.key_id());
    let running = builder.start().await.unwrap();
    let target = format!("/v2/public/projects/{PROJECT}");
    let call = async |signature: &MessageSignature, method: &str, target: &str, body: &str| {
        let headers = [
            ("Content-Digest", signature.content_digest.as_str()),
            ("Signature-Input", &signature.signature_input),
            ("Signature", &signature.signature),
        ];
        send(&running, method, target, &headers, body).await
    };
    let empty = BodyDigest::new(b"");
    let right = MessageSignature::new(&key, "GET", &target, &empty, now()).unwrap();
    assert_eq!(call(&right, "GET", &target, "").await.0, 200);
    for (method, target, body) in [
        ("POST", target.as_str(), ""),
        ("GET", "/v2/public/projects", ""),
        ("GET", &format!("{target}?a=b"), ""),
        ("GET", &target, "{}"),
    ] {
        let (status, answer) = call(&right, method, target, body).await;
        assert_eq!(status, 401, "{method} {target}: {answer}");
        assert!(answer["message"].is_string());
    }
    for created in [now() - 301, now() + 310, 0] {
        let old = MessageSignature::new(&key, "GET", &target, &empty, created).unwrap();
        let (status, answer) = call(&old, "GET", &target, "").await;
        assert_eq!((status, answer["message"].as_str().unwrap()), (401, "The signature is too old or from the future"));
    }
    let another = SshKey::from_seed(&[8; 32]).unwrap();
    let other = MessageSignature::new(&another, "GET", &target, &empty, now()).unwrap();
    assert_eq!(call(&other, "GET", &target, "").await.1["message"], "Unknown key");
    // Signed by another key, with the ID of a registered one.
    let forged = MessageSignature {
        signature_input: other.signature_input.replace(another.key_id(), key.key_id()),
        ..other.clone()
    };
    assert_eq!(call(&forged, "GET", &target, "").await.1["message"], "The signature does not match");
    assert_eq!(send(&running, "GET", &target, &[], "").await.0, 401);
}

#[tokio::test]
async fn legacy_signatures_cover_body() {
    let key = SshKey::from_seed(&[7; 32]).unwrap();
    let builder = LocalPlatform::builder().project(project()).public_key("x@example.test", key.key_id());
    let running = builder.start().await.unwrap();
    let body = r#"{"query_type": "labelrowmetadata", "query_method": "GET", "values": {"uid": null, "payload": null}}"#;
    let signed = legacy_authorization(&key, &BodyDigest::new(body.as_bytes())).unwrap();
    let project = PROJECT.to_string();
    let call = async |authorization: &str, resource: &str, body: &str| {
        let headers = [("Authorization", authorization), ("ResourceType", "project"), ("ResourceID", resource)];
        send(&running, "POST", "/public", &headers, body).await
    };
    // Twice: the second time, the signature is cached.
    for _ in 0..2 {
        assert_eq!(call(&signed, &project, body).await.1["status"], 200);
        let (status, answer) = call(&signed, &project, &body.replace("GET", "POST")).await;
        assert_eq!(
            (status, &answer["status"], &answer["response"]),
            (200, &401.into(), &json!(["AUTHENTICATION_ERROR"]))
        );
    }
    let mut changed = signed.clone();
    changed.replace_range(70..71, if &signed[70..71] == "0" { "1" } else { "0" });
    assert_eq!(call(&changed, &project, body).await.1["response"], json!(["AUTHENTICATION_ERROR"]));
    assert_eq!(call("", &project, body).await.1["response"], json!(["AUTHENTICATION_ERROR"]));
    let stranger = SshKey::from_seed(&[9; 32]).unwrap();
    let stranger = legacy_authorization(&stranger, &BodyDigest::new(body.as_bytes())).unwrap();
    assert_eq!(call(&stranger, &project, body).await.1["response"], json!(["SSH_KEY_NOT_FOUND_ERROR"]));
    let unknown = call(&signed, VIDEO, body).await.1;
    assert_eq!((&unknown["status"], &unknown["response"]), (&403.into(), &json!(["AUTHORISATION_ERROR"])));
    let broken = "{\"query_type\": NaN}";
    let signed = legacy_authorization(&key, &BodyDigest::new(broken.as_bytes())).unwrap();
    assert_eq!(call(&signed, &project, broken).await.1["response"], json!(["INVALID_ARGUMENTS_ERROR"]));
}
