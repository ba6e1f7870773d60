//! Tests of `validate_labels` on the sample project.

use agent_runtime::prelude::*;

use super::SampleProject;
use crate::studio::STAGE;
use crate::validate_labels::validate_labels;

#[tokio::test]
async fn finds_exactly_the_seeded_problems() {
    let sample = SampleProject::start(Server::new()).await;
    let overlaps = "4 errors: Coin 5 duplicates Coin 4 (0.91); Coin 6 exceeds the image by 22 pixels; \
                    Coin 7 has 2×2 pixels; Coin 8 has no answer to Metal.";
    let skeleton = "2 errors: Face 2 duplicates Face 1 (0.93); Upper body 1 lacks left elbow and left wrist.";
    let expected = [
        ("coins.png", "No findings."),
        ("cat.jpg", "No findings."),
        ("gravel.jpg", overlaps),
        ("espresso.jpg", "2 errors: Item outline 4 intersects itself; Item box 1 has no answer to Kind."),
        ("astronaut.jpg", skeleton),
        ("rocket.jpg", "2 errors: Lamp 7 has no answer to Colour; Scene is not classified."),
        ("photographer", "2 errors: Item box 1 is missing on frame 1; Scene is not classified on frame 2."),
        (
            "table.mp4",
            "3 errors: Item box 1 is missing on frames 1–15, 17–31, 33–46; Coin 1 is missing on frames 20–23; Scene is not classified on frames 36–47.",
        ),
        ("galaxies.jpg", "2 errors: Scene is not classified; Cleared for publication is not classified."),
    ];
    for (title, message) in expected {
        let answer = sample.call("/validate-labels", &sample.payload(title, 0, &[])).await;
        let verdict = if message.starts_with("No findings") { "approve" } else { "return" };
        assert_eq!((answer.status, answer.decision.as_deref()), (200, Some(verdict)), "{title}");
        assert_eq!(answer.message, message);
    }
}

#[tokio::test]
async fn tasks_of_the_stage_are_approved_or_returned() {
    let sample = SampleProject::start(Server::new()).await;
    let server = Server::new().platform(sample.platform.client().unwrap());
    let server = server.stage_project(sample.platform.project_hashes()[0]).agents(agents![]);
    let report = server.stage(STAGE, agents![validate_labels]).drain().await.unwrap();
    assert_eq!((report.moved, report.failed.len()), (2, 0), "{report}");
    let stage = |title| sample.platform.stage(&sample.entry(title).data_hash).unwrap();
    assert_eq!((stage("cat.jpg").as_str(), stage("gravel.jpg").as_str()), ("Review", "Annotate"));
}
