//! Tests of `classify_object` on the sample project, with a mock of the language model's endpoint.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::BoundingBox;
use serde_json::json;

use super::SampleProject;
use super::classify_frame::hash;
use super::model_endpoint::{Endpoint, Reply, VENDORS};

const BOX: &str = "iUwXtGcp";

#[tokio::test]
async fn replaces_box_by_object_of_recognized_class() {
    for vendor in VENDORS {
        let endpoint = Endpoint::replying(
            vendor,
            [|| {
                let metal = json!({"feature_node_hash": hash(&["Coin", "Metal"]), "choice":
                    {"feature_node_hash": hash(&["Coin", "Metal", "Silver"]), "title": "Silver"}});
                Reply::Answer(json!({"choice": {"feature_node_hash": hash(&["Coin"]), "title": "Coin", "metal": metal,
                    "inscription": null, "diameter": {"feature_node_hash": hash(&["Coin", "Diameter"]), "value": 21.5},
                    "motion": null, "in_the_way": null}}))
            }],
        )
        .await;
        let sample = SampleProject::start(Server::new().state(endpoint.model(20))).await;
        let before = sample.row("espresso.jpg");
        let shape: BoundingBox = before.object(BOX).unwrap().at(0).unwrap().coordinates().unwrap();
        let answer = sample.call("/classify-object", &sample.payload("espresso.jpg", 0, &[BOX])).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.message.starts_with("Item box iUwXtGcp is now Coin "), "{answer:?}");
        assert!(answer.message.ends_with(". Metal: Silver; Diameter: 21.5"), "{answer:?}");
        let row = sample.row("espresso.jpg");
        assert!(row.object(BOX).is_err());
        assert_eq!(row.objects().count(), before.objects().count());
        let coin = row.objects_of_class("Coin").next().unwrap();
        assert!(coin.answer("Metal").unwrap().has("Silver"));
        assert_eq!(coin.at(0).unwrap().coordinates::<BoundingBox>().unwrap(), shape);
        let asked = &endpoint.asked()[0];
        let classes = asked.schema().to_string();
        for (class, is_offered) in [("Coin", true), ("Item box", true), ("Face", true), ("Lamp", false)] {
            assert_eq!(classes.contains(&hash(&[class])), is_offered, "{class}");
        }
    }
}

#[tokio::test]
async fn invalid_answer_keeps_the_box() {
    let vendor = VENDORS[0];
    let endpoint = Endpoint::replying(vendor, [|| Reply::Answer(json!({"choice": "Bicycle"})); 2]).await;
    let sample = SampleProject::start(Server::new().state(endpoint.model(20))).await;
    let before = sample.row("espresso.jpg").to_json();
    let answer = sample.call("/classify-object", &sample.payload("espresso.jpg", 0, &[BOX])).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let none = sample.call("/classify-object", &sample.payload("espresso.jpg", 0, &[])).await;
    assert_eq!((none.status, none.message.as_str()), (400, "Select one box."));
    assert_eq!(sample.row("espresso.jpg").to_json(), before);
}
