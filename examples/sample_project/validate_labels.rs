//! Tests of `validate_labels` on the sample project.

use agent_runtime::Server;

use super::SampleProject;

#[tokio::test]
async fn finds_exactly_the_seeded_problems() {
    let sample = SampleProject::start(Server::new()).await;
    let overlaps = "4 problems: Coin 5 covers what Coin 4 does (0.91); Coin 6 reaches 22 pixels beyond the image; \
                    Coin 7 has 2×2 pixels; Coin 8 has no answer to Metal.";
    let skeleton = "2 problems: Face 2 covers what Face 1 does (0.93); Upper body 1 lacks left elbow and left wrist.";
    let expected = [
        ("coins.png", "Nothing is wrong with these labels."),
        ("cat.jpg", "Nothing is wrong with these labels."),
        ("gravel.jpg", overlaps),
        ("espresso.jpg", "2 problems: Item outline 4 crosses itself; Item box 1 has no answer to Kind."),
        ("astronaut.jpg", skeleton),
        ("rocket.jpg", "2 problems: Lamp 7 has no answer to Colour; Scene is not classified."),
        ("photographer", "2 problems: Item box 1 is missing on frame 1; Scene is not classified on frame 2."),
        ("table.mp4", "2 problems: Coin 1 is missing on frames 20–23; Scene is not classified on frames 36–47."),
        ("galaxies.jpg", "2 problems: Scene is not classified; Cleared for publication is not classified."),
    ];
    for (title, message) in expected {
        let answer = sample.call("/validate-labels", &sample.payload(title, 0, &[])).await;
        let verdict = if message.starts_with("Nothing") { "approve" } else { "return" };
        assert_eq!((answer.status, answer.decision.as_deref()), (200, Some(verdict)), "{title}");
        assert_eq!(answer.message, message);
    }
}
