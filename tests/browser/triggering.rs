//! Triggering agents from the page.

use agent_platform::labels::BoundingBox;

use crate::editor::Editor;
use crate::webdriver::Browser;
use test_support::label_editor::data::{self, IMAGE};
use test_support::label_editor::{SECRET, World};

#[tokio::test(flavor = "multi_thread")]
async fn simplifies_shows_and_undoes_polygons() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    assert_eq!((editor.vertices("FIELD/01"), editor.vertices("FIELD+02")), (60, 80));
    editor.select_fields().await;
    editor.right_click(0.2, 0.25).await;
    assert!(browser.until_text(".agent-menu header", "2 objects").await.contains("frame 0"));
    browser.run("document.querySelector(\".agent-menu [data-agent='/simplify-polygons']\").focus()").await;
    browser.until_text(".agent-detail", "selected objects (Polygon)").await;
    editor.choose("/simplify-polygons").await;

    let toast = browser.until_text(".toast.good", "vertices removed.").await;
    assert!(toast.contains("HTTP 200") && toast.contains(" ms") && toast.contains("2 changed"), "{toast}");
    let changes = browser.until_text("#panel-changes", "Field 1").await;
    assert!(changes.contains("60 → ") && changes.contains("80 → "), "{changes}");
    let simplified = editor.vertices("FIELD/01");
    assert!(simplified < 30, "{simplified}");

    // On the image: the outline after in green, the outline before in red.
    editor.settled().await;
    let (left, top) = editor.place(0.31, 0.25).await;
    let [red, green, blue] = browser.colour_at((left, top)).await;
    assert!(green > red + 30 && green > blue + 20, "no green outline at the remaining vertex: {red} {green} {blue}");

    browser.reload().await;
    editor.settled().await;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.until_text(".selection", "FIELD/01").await;
    let shown = browser
        .run_until_called_back(
            "const done = arguments[0]; import('/page/modules/state.js').then(({ state }) => \
             done(state.labels.objects.get('FIELD/01').on.get(0).polygons[0][0].length / 2))",
        )
        .await;
    assert_eq!(shown.as_u64(), Some(simplified as u64), "the page shows what was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn undoes_agent_changes_with_one_click() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE);
    editor.right_click(0.9, 0.4).await;
    editor.choose("/rearrange").await;
    let changes = browser.until_text("#panel-changes", "1 added, 1 changed, 2 removed").await;
    assert!(changes.contains("Tip 1") && changes.contains("removed") && changes.contains("moved"), "{changes}");
    assert_eq!(editor.row(IMAGE).objects().count(), before.objects().count() - 1);
    browser.click("#panel-changes .panel-head button.main").await;
    browser.until_text(".toast", "Undone: Agent rearrange").await;
    let after = editor.row(IMAGE);
    assert_eq!(after.member_json("data_units"), before.member_json("data_units"));
    assert_eq!(after.member_json("object_answers"), before.member_json("object_answers"));
    // Redo.
    browser.press_with_control("y").await;
    browser.until_text(".toast", "Redone: Agent rearrange").await;
    assert_eq!(editor.row(IMAGE).objects().count(), before.objects().count() - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_undo_of_agent_after_save_by_others() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose("/rearrange").await;
    browser.until_text("#panel-changes", "1 added").await;
    let add = |row: &mut agent_platform::labels::LabelRow| row.add("Tip").point(0.9, 0.9).on(0).map(drop);
    editor.world.studio.edit_as("other@example.test", IMAGE, add).unwrap();
    let before = editor.row(IMAGE).to_json();
    // The page may detect the save before the undo; in both cases nothing is undone.
    browser.press_with_control("z").await;
    browser.until_text(".toast", "saved").await;
    assert_eq!(editor.row(IMAGE).to_json(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_error_with_status_and_trace() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.2, 0.25).await;
    editor.choose("/check-vehicles").await;
    let toast = browser.until_text(".toast.bad", "only 0.22 wide").await;
    assert!(toast.contains("HTTP 400") && toast.contains("trace "), "{toast}");
    let colour = browser.run("return getComputedStyle(document.querySelector('.toast.bad .message')).color").await;
    let bad = browser.run("return getComputedStyle(document.documentElement).getPropertyValue('--bad')").await;
    assert_eq!((colour.as_str(), bad.as_str()), (Some("rgb(180, 35, 24)"), Some("#b42318")));

    // An internal error is shown with the trace ID of the log.
    browser.press(&["a"]).await;
    editor.choose("/broken").await;
    let toast = browser.until_text(".toast.bad", "Please report trace").await;
    let sent = browser
        .run_until_called_back("const done = arguments[0]; import('/page/modules/state.js').then(({ state }) => done(state.calls[0].trace))")
        .await;
    assert!(toast.contains(sent.as_str().unwrap()) && toast.contains("HTTP 500"), "{toast}");
}

#[tokio::test(flavor = "multi_thread")]
async fn call_log_has_raw_call_and_curl_command() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.select_fields().await;
    editor.right_click(0.2, 0.25).await;
    editor.choose("/simplify-polygons").await;
    browser.until_text(".toast.good", "vertices removed.").await;
    browser.click("#tab-calls").await;
    let log = browser.until_text("#panel-calls details", "simplify_polygons").await;
    let payload = format!(r#""dataHash":"{IMAGE}","frame":0,"objectHashes":["FIELD/01","FIELD+02"]}}"#);
    for part in ["Content-Type: application/json", "X-Cloud-Trace-Context: ", &payload, "HTTP 200", "vertices removed."]
    {
        assert!(log.contains(part), "{part}\n{log}");
    }
    let curl = browser
        .run_until_called_back(
            "const done = arguments[0]; Promise.all([import('/page/modules/curl.js'), import('/page/modules/state.js')])\
             .then(([{ asCurl }, { state }]) => done(asCurl(state.calls[0].request)))",
        )
        .await;
    let output = std::process::Command::new("sh").args(["-c", curl.as_str().unwrap()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), r#"{"message":"0 vertices removed."}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn call_log_splits_the_duration() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose("/rearrange").await;
    browser.until_text(".toast.good", "rearrange").await;
    browser.click("#tab-calls").await;
    let timing = browser.until_text("#panel-calls details .timing", "extractors ").await;
    let parts: Vec<_> = timing.split(" · ").map(|part| part.split(' ').next().unwrap()).collect();
    assert_eq!(parts, ["extractors", "agent", "save", "platform"], "{timing}");
    assert!(timing.contains(" requests)"), "{timing}");
    let title = browser.run("return document.querySelector('#panel-calls .timing').title").await;
    assert!(title.as_str().unwrap().contains("LabelRow: "), "{title}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_images_of_response() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose("/cut-out").await;
    browser.until_text(".toast.good", "cut_out").await;
    browser.click("#tab-calls").await;
    let response = browser.until_text("#panel-calls details .raw:last-of-type", "data:image/png;base64,…").await;
    assert!(!response.contains("iVBOR"), "the log contains the image data: {response}");
    let sizes = browser
        .run_until_called_back(
            "const done = arguments[0]; const all = [...document.querySelectorAll('.pictures img')];\
             Promise.all(all.map((one) => one.decode())).then(() => done(all.map((one) => [one.naturalWidth, one.naturalHeight])))",
        )
        .await;
    let boxes = editor.row(IMAGE).shapes::<BoundingBox>().count();
    let sizes = sizes.as_array().unwrap();
    assert!(sizes.len() == boxes && boxes > 0, "{sizes:?}");
    assert!(sizes.iter().all(|size| size[0].as_u64() > Some(1) && size[1].as_u64() > Some(1)), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn test_payload_runs_nothing_and_signed_call_bypasses_browser() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    assert!(std::env::var(SECRET).is_ok());
    let before = editor.row(IMAGE).to_json();
    editor.right_click(0.2, 0.25).await;
    editor.choose_way("/rearrange", "Test payload").await;
    let toast = browser.until_text(".toast.good", "rearrange (test payload)").await;
    assert!(toast.contains("nothing changed"), "{toast}");
    assert_eq!(editor.row(IMAGE).to_json(), before);

    editor.right_click(0.2, 0.25).await;
    editor.choose_way("/rearrange", "Signed").await;
    browser.until_text(".toast.good", "rearrange (signed, from the backend)").await;
    browser.click("#tab-calls").await;
    browser.until_text("#panel-calls details", "x-encord-signature").await;
    let row = editor.row(IMAGE);
    let moved = row.frame(0).objects_of_class("Vehicle").next().unwrap().coordinates::<BoundingBox>().unwrap();
    assert!((moved.x - 0.11).abs() < 1e-9, "{}", moved.x);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_and_cancels_long_call() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/ponder").await;
    browser.until_text("#progress", "Calling ponder").await;
    let toast = browser.until_text(".toast.good", "Thought about frame 0.").await;
    assert!(toast.contains("Decision") && toast.contains("To review"), "{toast}");
    browser.press(&["a"]).await;
    editor.choose("/ponder").await;
    browser.until_text("#progress", "Calling ponder").await;
    browser.click("#progress button").await;
    browser.until_text(".toast", "You cancelled the call").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn distinguishes_stopped_and_forbidding_servers() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.2, 0.25).await;
    let studio = editor.world.studio.url();
    browser.until_text(".agent-menu section", "does not allow this page").await;
    browser.until_text(".agent-menu section", &format!("AGENT_ORIGINS={studio}")).await;
    browser.until_text(".agent-menu section", "does not answer").await;
    assert!(!editor.world.forbidding.url().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_stopped_agent_server() {
    let Editor { browser, world } = Editor::open(IMAGE).await;
    browser.press(&["a"]).await;
    browser.until_text(".agent-menu", "simplify_polygons").await;
    let World { studio, agents, forbidding, .. } = world;
    agents.stop().await;
    browser.click(".agent-menu [data-agent='/rearrange']").await;
    let toast = browser.until_text(".toast.bad", "does not answer").await;
    assert!(toast.contains("trace "), "{toast}");
    drop((studio, forbidding));
}

/// A server with the `OpenAPI` description of a Python app, which rejects calls of its only agent in the same way.
async fn python_like() -> String {
    use axum::routing::{get, post};
    let cors =
        [("access-control-allow-origin", "*"), ("access-control-allow-headers", "content-type, x-cloud-trace-context")];
    let listing = r#"{"openapi":"3.1.0","paths":{"/count":{"post":{"summary":"Count","description":"**Counts** [`objects`](crate::Object)."}},"/docs":{"get":{}}}}"#;
    let refusal = r#"{"detail":[{"type":"missing","loc":["body","frame"],"msg":"Field required"}]}"#;
    let router = axum::Router::new()
        .route("/openapi.json", get(move || async move { (cors, listing) }))
        .route(
            "/count",
            post(move || async move { (axum::http::StatusCode::UNPROCESSABLE_ENTITY, cors, refusal) })
                .options(move || async move { cors }),
        )
        .fallback(move || async move { (axum::http::StatusCode::NOT_FOUND, cors, r#"{"detail":"Not Found"}"#) });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_python_agents_and_shows_their_errors() {
    let address = python_like().await;
    let world = World::start_beside(vec![data::project()], 0, None, Some(&address)).await;
    let editor = Editor { browser: Browser::start().await, world };
    editor.go(IMAGE).await;
    editor.browser.press(&["a"]).await;
    editor.browser.until_text(".agent-menu section", "Counts objects.").await;
    editor.choose("/count").await;
    let toast = editor.browser.until_text(".toast.bad", "body.frame: Field required").await;
    assert!(toast.contains("HTTP 422"), "{toast}");
}
