//! Replay of `field-probe.json`: the client accepts every response that the Python package accepts, except those without a
//! required field.

use agent_platform::client::{Error, LabelRowFilter, PlatformClient, SignedUrl};
use serde_json::{Value, json};
use uuid::Uuid;

use test_support::recordings;
use test_support::scripted_server::{Reply, Server};

/// The probed responses: name, exchange with the sample, and JSON pointer of the sample.
const ANSWERS: [(&str, usize, &str); 8] = [
    ("GET projects/{hash}", 2, ""),
    ("labelrowmetadata row (video)", 4, "/response/0"),
    ("labelrowmetadata row (image, all flags)", 6, "/response/0"),
    ("labelrowmetadata row (image group)", 8, "/response/0"),
    ("storage item", 26, ""),
    ("page of storage items", 30, ""),
    ("page of agent tasks", 39, ""),
    ("projectwithuserrole entry", 1, "/response/0"),
];

/// Fields that must be strings.
const NEEDED: [&str; 1] = ["data_hash"];

async fn read(platform: &PlatformClient, answer: &str) -> Result<(), Error> {
    let nil = Uuid::nil();
    match answer {
        "GET projects/{hash}" => platform.project(nil).await.map(drop),
        "storage item" => {
            // Another one than was asked for would be refused.
            let recorded = recordings::response(26)["uuid"].as_str().unwrap().parse().unwrap();
            platform.storage_item(recorded, SignedUrl::Unwanted).await.map(drop)
        }
        "page of storage items" => platform.storage_items(&[nil], SignedUrl::Unwanted).await.map(drop),
        "page of agent tasks" => platform.agent_tasks(nil, nil, &[]).await.map(drop),
        "projectwithuserrole entry" => platform.user_projects(None).await.map(drop),
        _ => platform.list_label_rows(nil, &LabelRowFilter::default()).await.map(drop),
    }
}

/// Returns the JSON pointers of a probed path: `a.[].b` is `b` of every element of `a`.
fn places(value: &Value, path: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for step in path.split('.') {
        found = found
            .into_iter()
            .flat_map(|place| match step {
                "[]" => {
                    let length = value.pointer(&place).and_then(Value::as_array).map_or(0, Vec::len);
                    (0..length).map(|at| format!("{place}/{at}")).collect::<Vec<_>>()
                }
                name => vec![format!("{place}/{name}")],
            })
            .collect();
    }
    found.retain(|place| value.pointer(place).is_some());
    found
}

fn without(mut answer: Value, places: &[String]) -> Value {
    for place in places {
        let (parent, name) = place.rsplit_once('/').unwrap();
        answer.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    }
    answer
}

fn with(mut answer: Value, places: &[String], value: &Value) -> Value {
    for place in places {
        *answer.pointer_mut(place).unwrap() = value.clone();
    }
    answer
}

/// Returns a value of a probed type.
fn sample(kind: &str) -> Value {
    match kind {
        "string" => json!("some text"),
        "numeric string" => json!("12"),
        "integer" => json!(7),
        "float" => json!(1.5),
        "true" => json!(true),
        "array" => json!([]),
        "object" => json!({}),
        "empty string" => json!(""),
        "null" => Value::Null,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn accepts_every_response_that_python_accepts() {
    let server = Server::always(Reply::empty(500)).await;
    let platform = test_support::client::platform(&server);
    let probes = recordings::json("field-probe.json");
    let (mut tolerated, mut refused) = (0, Vec::new());
    for (name, exchange, sample_at) in ANSWERS {
        let answer = recordings::response(exchange);
        for (path, probe) in probes[name].as_object().unwrap() {
            let sample_places = places(answer.pointer(sample_at).unwrap(), path);
            let places: Vec<_> = sample_places.iter().map(|place| format!("{sample_at}{place}")).collect();
            let ok = |verdict: &Value| verdict[0].as_str().unwrap().starts_with("ok");
            let mut variants = Vec::new();
            if ok(&probe["missing"]) {
                variants.push(("missing", without(answer.clone(), &places)));
            }
            if ok(&probe["null"]) {
                variants.push(("null", with(answer.clone(), &places, &Value::Null)));
            }
            for kind in probe["accepts"].as_array().unwrap() {
                let kind = kind.as_str().unwrap();
                variants.push((kind, with(answer.clone(), &places, &sample(kind))));
            }
            for (kind, variant) in variants {
                // A next page, where one is announced, is the recorded one.
                let last = answer.clone();
                server.restart(move |_, number| Reply::json(200, if number == 0 { &variant } else { &last }));
                match read(&platform, name).await {
                    Ok(()) => tolerated += 1,
                    Err(error) => {
                        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error:?}");
                        refused.push((name, path.clone(), kind.to_owned()));
                    }
                }
            }
        }
    }
    println!("{tolerated} tolerated, {} refused", refused.len());
    let unexpected: Vec<_> = refused.iter().filter(|(_, path, _)| !NEEDED.contains(&path.as_str())).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}
