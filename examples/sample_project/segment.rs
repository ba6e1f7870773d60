//! Tests of `segment` on the sample project.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{LabelRow, Object, Polygon};

use super::SampleProject;
use super::ground_truth::{objects, overlap};

/// Returns the object that the message reports as added.
fn added<'r>(row: &'r LabelRow, message: &str) -> Object<'r> {
    let (class, number) = message.strip_prefix("Added ").unwrap().trim_end_matches('.').rsplit_once(' ').unwrap();
    let number = number.parse().ok();
    row.objects_of_class(class).find(|object| object.number() == number).unwrap()
}

#[tokio::test]
async fn converts_box_to_polygon_with_answers() {
    let sample = SampleProject::start(Server::new()).await;
    // Manually drawn boxes.
    for (title, hash, what, least) in
        [("rocket.jpg", "n3yuTfzV", "rocket", 0.8), ("astronaut.jpg", "uUtVVwJt", "helmet", 0.9)]
    {
        let answer = sample.call("/segment", &sample.payload(title, 0, &[hash])).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let row = sample.row(title);
        let object = added(&row, &answer.message);
        assert_eq!(object.class().unwrap().name(), "Item outline");
        let kind = |object: Object<'_>| object.answer("Kind").map(|answer| answer.options()[0].label.clone());
        assert_eq!(kind(object), kind(row.object(hash).unwrap()), "{title}");
        let outline: Polygon = object.at(0).unwrap().coordinates().unwrap();
        let truth = objects("outlines.json").into_iter().find(|truth| truth.what == what).unwrap().mask.unwrap();
        let overlap = overlap(&outline, &truth);
        println!("{what}: {overlap:.3}, {} vertices", outline.vertex_count());
        assert!(overlap > least, "{what}: {overlap:.3}");
        let problems = sample.call("/validate-labels", &sample.payload(title, 0, &[])).await.message;
        assert!(!problems.contains("intersects itself"), "{problems}");
    }
}

#[tokio::test]
async fn requires_selection() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/segment", &sample.payload("rocket.jpg", 0, &[])).await;
    assert_eq!((answer.status, answer.message.as_str()), (400, "Select a box around an object."));
    let speck = sample.call("/segment", &sample.payload("gravel.jpg", 0, &["ZN6a2MIW"])).await;
    assert_eq!((speck.status, speck.message.as_str()), (400, "The box is too small to find an object in it."));
}

/// Requires the weights in `SAM_MODEL`: see `agent-models/fetch-weights.sh`.
#[cfg(feature = "sam")]
#[tokio::test]
async fn model_segments_and_refines_on_one_embedding() {
    let path = std::env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see agent-models/fetch-weights.sh");
    let model = agent_models::sam::SharedSegmenter::load(path.as_ref()).unwrap();
    let sample = SampleProject::start(Server::new().state(model.clone())).await;
    let answer = sample.call("/segment", &sample.payload("astronaut.jpg", 0, &["uUtVVwJt"])).await;
    assert_eq!(answer.status, 200, "{}", answer.message);
    let truth = objects("outlines.json").into_iter().find(|truth| truth.what == "helmet").unwrap().mask.unwrap();
    let row = sample.row("astronaut.jpg");
    let object = added(&row, &answer.message);
    let before = overlap(&object.at(0).unwrap().coordinates().unwrap(), &truth);
    let hash = object.hash().to_string();
    let refined = sample.call("/segment", &sample.payload("astronaut.jpg", 0, &[&hash])).await;
    assert_eq!((refined.status, refined.message.as_str()), (200, "Refined 1."));
    let row = sample.row("astronaut.jpg");
    let after = overlap(&row.object(hash.as_str()).unwrap().at(0).unwrap().coordinates().unwrap(), &truth);
    println!("helmet: {before:.3}, refined {after:.3}");
    assert!(before > 0.9 && after > 0.85, "{before:.3}, {after:.3}");
    let counts = model.cache_counts();
    assert_eq!((counts.hits, counts.misses), (1, 1));
}

/// Requires the weights in `SAM_MODEL`: see `agent-models/fetch-weights.sh`.
#[cfg(feature = "sam")]
#[tokio::test]
async fn details_outline_helmet_closer_than_segment() {
    let path = std::env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see agent-models/fetch-weights.sh");
    let model = agent_models::sam::SharedSegmenter::load(path.as_ref()).unwrap();
    let sample = SampleProject::start(Server::new().state(model)).await;
    let truth = objects("outlines.json").into_iter().find(|truth| truth.what == "helmet").unwrap().mask.unwrap();
    let mut overlaps = Vec::new();
    for agent in ["/segment", "/segment-in-detail"] {
        let answer = sample.call(agent, &sample.payload("astronaut.jpg", 0, &["uUtVVwJt"])).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let row = sample.row("astronaut.jpg");
        let outline = added(&row, &answer.message).at(0).unwrap().coordinates().unwrap();
        overlaps.push(overlap(&outline, &truth));
    }
    println!("helmet: {:.3}, in detail {:.3}", overlaps[0], overlaps[1]);
    assert!(overlaps[1] > overlaps[0], "{overlaps:?}");
}

#[cfg(feature = "sam")]
#[tokio::test]
async fn details_need_the_model() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/segment-in-detail", &sample.payload("rocket.jpg", 0, &["n3yuTfzV"])).await;
    let message = "Use `segment`: details need the segmentation model, SAM_MODEL.";
    assert_eq!((answer.status, answer.message.as_str()), (400, message));
}
