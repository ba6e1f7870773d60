//! The file of the data unit: downloaded once, within limits, resumed after interruptions, and removed after the call.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};
use agent_studio::Effect;

use crate::platform::world::{World, image, jpeg, sound};

/// The paths of the files that agents received.
type Given = Arc<Mutex<Vec<PathBuf>>>;

fn given(files: &State<Given>, asset: &Asset) {
    assert!(asset.path().exists());
    files.lock().unwrap().push(asset.path().to_owned());
}

#[editor_agent]
async fn succeeds(asset: Asset, files: State<Given>) -> String {
    given(&files, &asset);
    format!("{} {} {:?}", asset.length(), asset.suffix(), asset.mime_type())
}

#[editor_agent]
async fn fails(asset: Asset, files: State<Given>) -> Result<()> {
    given(&files, &asset);
    bail!("No.")
}

#[editor_agent]
async fn panics(asset: Asset, files: State<Given>) {
    given(&files, &asset);
    panic!("on purpose")
}

#[editor_agent(timeout = "300ms")]
async fn takes_too_long(asset: Asset, files: State<Given>) {
    given(&files, &asset);
    std::future::pending::<()>().await;
}

#[editor_agent(timeout = "300ms")]
async fn size(asset: Asset) -> String {
    asset.length().to_string()
}

#[editor_agent]
async fn pixels(frame: FramePixels) -> String {
    format!("{}", frame.width())
}

fn status_and_message(response: &TestResponse) -> (u16, String) {
    (response.status().as_u16(), response.message().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn removes_file_after_success_error_panic_and_timeout() {
    let world = World::start().await;
    let files = Given::default();
    let agents = agents![succeeds, fails, panics, takes_too_long];
    let client = TestClient::new(world.server(agents).state(Arc::clone(&files))).unwrap();
    for (path, status) in [("/succeeds", 200), ("/fails", 400), ("/panics", 500), ("/takes-too-long", 504)] {
        let response = client.call(path, &image(0)).await;
        assert_eq!(response.status().as_u16(), status, "{path}: {}", response.text());
        let file = files.lock().unwrap().pop().unwrap();
        assert!(file.extension().unwrap() == "jpeg" && !file.exists(), "{path}: {}", file.display());
    }
    let sentence = format!("{} .jpeg Some(\"image/jpeg\")", jpeg(240).len());
    assert_eq!(status_and_message(&client.call("/succeeds", &image(0)).await), (200, sentence));
    // The file may be of any type.
    assert_eq!(
        status_and_message(&client.call("/succeeds", &sound()).await),
        (200, "3 .mp3 Some(\"audio/mpeg\")".to_owned())
    );
}

#[tokio::test]
async fn resumes_interrupted_download() {
    let world = World::start().await;
    let client = TestClient::new(world.server(agents![pixels]).file_cache(0)).unwrap();
    for effect in [Effect::CutOff, Effect::Reset, Effect::message(503, "busy")] {
        world.forget_calls();
        world.fault("download", effect, 2);
        assert_eq!(status_and_message(&client.call("/pixels", &image(0)).await), (200, "160".to_owned()));
        assert_eq!((world.count("download"), world.count("storage item")), (3, 1));
    }
}

#[tokio::test]
async fn reports_rejection_by_the_storage() {
    let world = World::start_with(|builder| builder.signed_url_lifetime(Duration::ZERO)).await;
    let sentence = "The storage does not hand out image.jpg: its address is refused, or has expired. Please try again.";
    assert_eq!(
        status_and_message(&world.client(agents![pixels]).call("/pixels", &image(0)).await),
        (403, sentence.to_owned())
    );

    let world = World::start().await;
    let client = world.client(agents![pixels, size]);
    world.fault("download", Effect::answer(404, "gone"), 1);
    assert_eq!(
        status_and_message(&client.call("/pixels", &image(0)).await),
        (404, "image.jpg is not in its storage.".to_owned())
    );
    let small = world.builder().max_download_size(1000).build().unwrap();
    let client = TestClient::new(Server::new().agents(agents![pixels, size]).platform(small)).unwrap();
    let sentence = "image.jpg is larger than the files that this agent reads.";
    assert_eq!(status_and_message(&client.call("/size", &image(0)).await), (413, sentence.to_owned()));
    world.fault("download", Effect::Hang, 1);
    assert_eq!(client.call("/size", &image(0)).await.status().as_u16(), 504);
}
