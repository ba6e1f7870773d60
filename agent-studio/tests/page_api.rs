//! The page's JSON API: projects, data, edits and undo, over real sockets.

use agent_platform::labels::{LabelRow, Polygon};
use agent_studio::{LocalPlatform, Page, RunningPlatform};
use hyper::Method;
use serde_json::{Value, json};
use test_support::http_client::{Answer, get, post, send};
use test_support::studio::{IMAGE, PROJECT, VIDEO, project};

const USER: &str = "me@example.test";

async fn start() -> RunningPlatform {
    LocalPlatform::builder().project(project()).page(Page::new().user(USER)).start().await.unwrap()
}

fn address(what: &str, data: &str) -> String {
    format!("/page/api/{what}?project={PROJECT}&data={data}")
}

async fn opened(running: &RunningPlatform, data: &str) -> Value {
    get(&running.url(), &address("data", data)).await.json()
}

async fn edit(running: &RunningPlatform, data: &str, version: &Value, edits: Value) -> Answer {
    let body = json!({ "project": PROJECT, "data": data, "version": version, "edits": edits });
    post(&running.url(), "/page/api/edits", &body).await
}

async fn restore(running: &RunningPlatform, data: &str, version: &Value, to: &Value) -> Answer {
    let body = json!({ "project": PROJECT, "data": data, "version": version, "to": to });
    post(&running.url(), "/page/api/restore", &body).await
}

fn car(x: f64) -> Value {
    let coordinates = json!({ "boundingBox": { "x": x, "y": 0.1, "w": 0.2, "h": 0.2 } });
    json!({ "edit": "addObject", "class": "ob/BOX+1", "frame": 0, "coordinates": coordinates })
}

fn stored(running: &RunningPlatform, data: &str) -> String {
    running.label_row(&running.label_hash(data, "main").unwrap()).unwrap()
}

fn row(running: &RunningPlatform, data: &str) -> LabelRow {
    LabelRow::parse(stored(running, data), running.ontology(data).unwrap()).unwrap()
}

#[tokio::test]
async fn lists_projects_with_data() {
    let running = start().await;
    let listed = get(&running.url(), "/page/api/projects").await.json();
    let found = &listed["projects"][0];
    assert_eq!((found["title"].as_str(), found["projectHash"].as_str()), (Some("Tests"), Some(&*PROJECT.to_string())));
    let video = &found["data"][2];
    assert_eq!(
        (&video["dataHash"], &video["dataType"], &video["frames"], &video["framesPerSecond"], &video["stage"]),
        (&json!(VIDEO), &json!("video"), &json!(16), &json!(8.0), &json!("Agent 1"))
    );
    assert_eq!((&video["labelled"], &video["labelStatus"]), (&json!(false), &json!("NOT_LABELLED")));
    let ontology = get(&running.url(), &format!("/page/api/ontology?project={PROJECT}")).await.json();
    assert_eq!(ontology["objects"][0]["name"], "Car");
}

#[tokio::test]
async fn reports_unknown_data() {
    let running = start().await;
    for (path, status) in [
        (address("data", "nothing"), 404),
        (format!("/page/api/data?project={}&data={IMAGE}", uuid::Uuid::nil()), 404),
        (format!("/page/api/data?data={IMAGE}"), 400),
        (format!("/page/api/data?project={PROJECT}"), 400),
        (format!("/page/api/ontology?project={}", uuid::Uuid::nil()), 404),
    ] {
        let answer = get(&running.url(), &path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.message().ends_with('.'), "{}", answer.message());
    }
}

#[tokio::test]
async fn serves_media_ranges() {
    let running = start().await;
    let unit = opened(&running, VIDEO).await["units"][0].clone();
    assert_eq!(unit["mime"], "video/mp4");
    let url = unit["url"].as_str().unwrap();
    let part = send(&running.url(), Method::GET, url, &[("range", "bytes=9-11")], String::new()).await;
    assert_eq!((part.status.as_u16(), part.text().as_str()), (206, "the"));
    assert_eq!(part.header("content-range"), "bytes 9-11/18");
    assert_eq!(get(&running.url(), url).await.text(), "bytes of the video");
}

#[tokio::test]
async fn returns_row_unchanged() {
    let running = start().await;
    assert_eq!(opened(&running, IMAGE).await["row"], Value::Null, "opening makes no row");
    assert_eq!(running.label_hash(IMAGE, "main"), None);
    running
        .edit_as("other@example.test", IMAGE, |row| row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(0).map(drop))
        .unwrap();
    let answer = get(&running.url(), &address("data", IMAGE)).await;
    assert!(answer.text().contains(&stored(&running, IMAGE)));
    let version = get(&running.url(), &address("version", IMAGE)).await.json();
    assert_eq!(version["version"], answer.json()["version"]);
}

#[tokio::test]
async fn first_edit_creates_row_with_author() {
    let running = start().await;
    let answer = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let entry = &answer["row"]["data_units"][IMAGE]["labels"]["objects"][0];
    assert_eq!((&entry["objectHash"], &entry["createdBy"]), (&answer["added"][0], &json!(USER)));
    let text = stored(&running, IMAGE);
    assert!(text.contains(answer["added"][0].as_str().unwrap()), "it is saved: {text}");
}

#[tokio::test]
async fn edit_keeps_spelling_of_other_labels() {
    let running = start().await;
    running
        .edit_as("a@example.test", IMAGE, |row| row.add("Car").bounding_box(0.5, 0.5, 0.25, 0.25).on(0).map(drop))
        .unwrap();
    let text = stored(&running, IMAGE).replace("\"x\":0.5,", "\"x\":0.50,\"note\":{\"kept\":1e0},");
    running.save_as("a@example.test", &running.label_hash(IMAGE, "main").unwrap(), &text).unwrap();
    let before = opened(&running, IMAGE).await;
    edit(&running, IMAGE, &before["version"], json!([car(0.1)])).await;
    let after = stored(&running, IMAGE);
    assert!(after.contains("\"x\":0.50,\"note\":{\"kept\":1e0},"), "{after}");
    assert_eq!(row(&running, IMAGE).objects().count(), 2);
}

#[tokio::test]
async fn moves_answers_copies_and_deletes_objects() {
    let running = start().await;
    let added = edit(&running, VIDEO, &Value::Null, json!([car(0.1)])).await.json();
    let hash = added["added"][0].as_str().unwrap();
    let moved = json!({ "boundingBox": { "x": 0.3, "y": 0.1, "w": 0.2, "h": 0.2 } });
    let edits = json!([
        { "edit": "setCoordinates", "objectHash": hash, "frame": 0, "coordinates": moved },
        { "edit": "copyObject", "objectHash": hash, "frame": 0, "frames": [[1, 3]] },
        { "edit": "removeObject", "objectHash": hash, "frames": [[2, 2]] },
        { "edit": "answerObject", "objectHash": hash, "attribute": "atCOLO01", "answer": ["opRED001"] },
    ]);
    let answer = edit(&running, VIDEO, &added["version"], edits).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let labels = row(&running, VIDEO);
    let object = labels.object(hash).unwrap();
    assert_eq!(object.frames().collect::<Vec<_>>(), [0, 1, 3]);
    assert!(object.answer("Colour").unwrap().has("Red"));
    let version = answer.json()["version"].clone();
    let gone = edit(&running, VIDEO, &version, json!([{ "edit": "deleteObject", "objectHash": hash }])).await;
    assert_eq!(gone.status, 200);
    assert_eq!(row(&running, VIDEO).objects().count(), 0);
}

#[tokio::test]
async fn keeps_holes_of_polygons() {
    let running = start().await;
    let rings = json!([[[0.1, 0.1, 0.9, 0.1, 0.5, 0.9], [0.4, 0.3, 0.6, 0.3, 0.5, 0.5]]]);
    let field = json!({ "edit": "addObject", "class": "obPOLY02", "frame": 0, "coordinates": { "polygons": rings } });
    let added = edit(&running, IMAGE, &Value::Null, json!([field])).await.json();
    let labels = row(&running, IMAGE);
    let polygon: Polygon =
        labels.object(added["added"][0].as_str().unwrap()).unwrap().at(0).unwrap().coordinates().unwrap();
    assert_eq!(polygon.polygons[0].len(), 2);
    let half = json!({ "edit": "addObject", "class": "obPOLY02", "frame": 0, "coordinates": { "polygons": [[[0.1, 0.1, 0.9]]] } });
    assert_eq!(edit(&running, IMAGE, &added["version"], json!([half])).await.status, 400);
}

#[tokio::test]
async fn classifies_frames() {
    let running = start().await;
    let classify = json!({ "edit": "classify", "class": "clSCEN01", "answer": "a street", "frames": [[2, 5]] });
    let added = edit(&running, VIDEO, &Value::Null, json!([classify])).await.json();
    let hash = added["added"][0].as_str().unwrap();
    let edits = json!([
        { "edit": "answerClassification", "classificationHash": hash, "attribute": "atSCEN01", "answer": "a bridge" },
        { "edit": "removeClassification", "classificationHash": hash, "frames": [[2, 2]] },
    ]);
    let answer = edit(&running, VIDEO, &added["version"], edits).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let labels = row(&running, VIDEO);
    let classification = labels.classification(hash).unwrap();
    assert_eq!(classification.ranges().to_string(), "3–5");
    assert_eq!(classification.answer("Scene").unwrap().as_text(), Some("a bridge"));
}

#[tokio::test]
async fn applies_all_edits_or_none() {
    let running = start().await;
    let first = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await.json();
    let before = stored(&running, IMAGE);
    let unknown = json!({ "edit": "deleteObject", "objectHash": "not there" });
    let answer = edit(&running, IMAGE, &first["version"], json!([car(0.2), unknown])).await;
    assert_eq!((answer.status.as_u16(), answer.message().as_str()), (400, "The label row has no object not there."));
    assert_eq!(stored(&running, IMAGE), before);
    let outside =
        json!({ "edit": "addObject", "class": "ob/BOX+1", "frame": 99, "coordinates": { "point": [0.1, 0.1] } });
    let answer = edit(&running, IMAGE, &first["version"], json!([outside])).await;
    assert!(answer.message().contains("takes the shape bounding_box"), "{}", answer.message());
    assert_eq!(edit(&running, IMAGE, &first["version"], json!([{ "edit": "dance" }])).await.status, 400);
}

#[tokio::test]
async fn rejects_edit_of_outdated_version() {
    let running = start().await;
    let known = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await.json();
    running
        .edit_as("other@example.test", IMAGE, |row| row.add("Car").bounding_box(0.6, 0.6, 0.2, 0.2).on(0).map(drop))
        .unwrap();
    let before = stored(&running, IMAGE);
    let answer = edit(&running, IMAGE, &known["version"], json!([car(0.2)])).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["reason"]), (409, &json!("changed")));
    assert!(answer.message().starts_with("other@example.test saved these labels"), "{}", answer.message());
    assert_eq!(stored(&running, IMAGE), before);
    // The same for a page without a row.
    assert_eq!(edit(&running, IMAGE, &Value::Null, json!([car(0.2)])).await.status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn saves_one_of_concurrent_edits() {
    let running = std::sync::Arc::new(start().await);
    let known = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await.json();
    let tries = (0..16).map(|number| {
        let (running, version) = (std::sync::Arc::clone(&running), known["version"].clone());
        tokio::spawn(async move {
            edit(&running, IMAGE, &version, json!([car(f64::from(number) / 100.0)])).await.status.as_u16()
        })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![409; 15]].concat());
    assert_eq!(row(&running, IMAGE).objects().count(), 2);
}

#[tokio::test]
async fn undoes_and_redoes_edits() {
    let running = start().await;
    let one = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await.json();
    let two = edit(&running, IMAGE, &one["version"], json!([car(0.5)])).await.json();
    let undone = restore(&running, IMAGE, &two["version"], &one["version"]).await.json();
    assert_eq!(undone["row"]["data_units"], one["row"]["data_units"]);
    assert_eq!(row(&running, IMAGE).objects().count(), 1);
    let again = restore(&running, IMAGE, &undone["version"], &two["version"]).await.json();
    assert_eq!(again["row"]["object_answers"], two["row"]["object_answers"]);
    // To the state before the row existed.
    let empty = restore(&running, IMAGE, &again["version"], &Value::Null).await;
    assert_eq!(empty.status, 200, "{}", empty.text());
    assert_eq!(row(&running, IMAGE).objects().count(), 0);
}

#[tokio::test]
async fn rejects_undo_after_save_by_others() {
    let running = start().await;
    let one = edit(&running, IMAGE, &Value::Null, json!([car(0.1)])).await.json();
    let two = edit(&running, IMAGE, &one["version"], json!([car(0.5)])).await.json();
    running.edit_as("other@example.test", IMAGE, |row| row.classify("Scene", "mine").on(0).map(drop)).unwrap();
    let before = stored(&running, IMAGE);
    let refused = restore(&running, IMAGE, &two["version"], &one["version"]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(stored(&running, IMAGE), before);
    let now = opened(&running, IMAGE).await["version"].clone();
    let unknown = restore(&running, IMAGE, &now, &json!("0123")).await;
    assert_eq!((unknown.status.as_u16(), unknown.message().contains("no longer in the history")), (400, true));
}

#[tokio::test]
async fn labels_ranges_of_audio_and_text() {
    let mut world = project().data({
        let mut sound = agent_studio::DataSource::new("a.wav", agent_studio::MediaKind::Audio);
        sound.facts.duration = Some(3.0);
        sound.data_hash("sound")
    });
    let speech =
        r##"{"id": "9", "name": "Speech", "color": "#000000", "shape": "audio", "featureNodeHash": "obSPEE09"},"##;
    world.ontology = world.ontology.replacen("\"objects\": [", &format!("\"objects\": [{speech}"), 1);
    let running = LocalPlatform::builder().project(world).page(Page::new()).start().await.unwrap();
    let add = json!({ "edit": "addRange", "class": "obSPEE09", "ranges": [[100, 900]] });
    let added = edit(&running, "sound", &Value::Null, json!([add])).await;
    assert_eq!(added.status, 200, "{}", added.text());
    let hash = added.json()["added"][0].clone();
    let set = json!({ "edit": "setRanges", "objectHash": hash, "ranges": [[200, 300], [500, 600]] });
    let answer = edit(&running, "sound", &added.json()["version"], json!([set])).await;
    assert_eq!(
        answer.json()["row"]["object_answers"][hash.as_str().unwrap()]["range"],
        json!([[200, 300], [500, 600]])
    );
}

/// The start-up text of an agent server has an example call with these hashes.
#[tokio::test]
async fn sample_project_has_hashes_of_example_call() {
    let copy = agent_studio::SampleCopy::new().unwrap();
    let running = LocalPlatform::builder().folder(copy.folder()).page(Page::new()).start().await.unwrap();
    let projects = get(&running.url(), "/page/api/projects").await.json();
    assert_eq!(projects["projects"][0]["projectHash"], "6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845");
    let data = projects["projects"][0]["data"].as_array().unwrap();
    assert!(data.iter().any(|data| data["dataHash"] == "406c8a83-e706-52ff-9404-0006c8120989"), "{data:?}");
    running.stop().await;
    let _ = copy.close();
}

#[tokio::test]
async fn only_dev_has_build_status() {
    let running = start().await;
    assert_eq!(get(&running.url(), "/page/api/session").await.json()["hasDevStatus"], false);
    assert_eq!(get(&running.url(), "/page/api/dev-status").await.status, 404);
}
