//! The sample project in the label editor page, with the example agents. `chromium` and `chromedriver` must be installed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../sample_project/ground_truth.rs"]
#[expect(dead_code, reason = "the tests of the agents use more of it")]
mod ground_truth;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use agent_runtime::agent_platform::labels::{Polygon, Vertex};
use serde_json::Value;
use test_support::http_client::get;
use test_support::logged_process::LoggedProcess;
use test_support::webdriver::{Browser, ENTER, ESCAPE};

/// The page in a browser, and the program that serves it.
struct Page {
    browser: Browser,
    program: LoggedProcess,
    studio: String,
    temporary: PathBuf,
}

impl Drop for Page {
    fn drop(&mut self) {
        // The program removes its copy of the sample project if nothing has changed.
        self.program.signal("KILL");
        let _ = std::fs::remove_dir_all(&self.temporary);
    }
}

impl Page {
    /// Starts `cargo run` with these arguments, and a browser.
    async fn start(test: &str, arguments: &[&str], with_model: bool) -> Self {
        let temporary = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&temporary).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-agents"));
        command.args(arguments).env("TMPDIR", &temporary).env("PORT", "0").env("STUDIO_PORT", "0");
        command.env_remove("ENCORD_SSH_KEY").env_remove("ENCORD_SSH_KEY_FILE");
        if !with_model {
            command.env_remove("SAM_MODEL");
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = process.stdout.take().unwrap();
        let program = LoggedProcess::of(process);
        program.collect(stdout);
        let line = program.logged(&["sample project on "]);
        program.logged(&["editor agents on "]);
        let studio = line.split_once(" on ").unwrap().1.trim().trim_end_matches('/').to_owned();
        Self { browser: Browser::start().await, program, studio, temporary }
    }

    /// Opens data of the sample project, and waits until it is shown.
    async fn open(&self, title: &str) {
        let projects = get(&self.studio, "/page/api/projects").await.json();
        let project = &projects["projects"][0];
        let data = project["data"].as_array().unwrap().iter().find(|data| data["title"] == title).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (project, data) = (text(&project["projectHash"]), text(&data["dataHash"]));
        self.browser.open(&format!("{}/#project={project}&data={data}&frame=0", self.studio)).await;
        let shown = "return document.querySelector('#stage canvas')?.dataset.complete === 'true' \
                     && document.querySelector('.save-state')?.dataset.state === 'saved'";
        self.browser.until(title, shown).await;
    }

    /// Evaluates an expression in the page, with `state`, `stage` and `viewport` of its modules.
    async fn evaluate(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; Promise.all([import('/page/modules/state.js'), import('/page/modules/stage.js')])\
             .then(([{{ state }}, {{ stage, viewport }}]) => done(({expression}) ?? null))"
        );
        self.browser.run_until_called_back(&script).await
    }

    /// Returns the place in the window of a pixel of the image.
    async fn place(&self, (x, y): (u32, u32)) -> (i64, i64) {
        let place = format!(
            "(() => {{ const box = stage.canvas.getBoundingClientRect(); const [x, y] = viewport.toScreen({x}, {y}); \
             return [Math.round(box.x + x), Math.round(box.y + y)]; }})()"
        );
        let place = self.evaluate(&place).await;
        (place[0].as_i64().unwrap(), place[1].as_i64().unwrap())
    }

    /// Waits until the agent of the model tool has answered this many calls, and returns the intersection over union of
    /// the mask that is drawn with the true cup.
    async fn drawn_overlap(&self, calls: usize) -> f64 {
        let answered = format!("{calls} calls");
        self.browser.until_text("#tab-calls", &calls.to_string()).await;
        self.browser.until(&answered, "return !document.querySelector('#tool-options .main')?.disabled").await;
        let drawn = "state.difference.objects[0].after.on.get(0).polygons";
        self.overlap_with_cup(drawn).await
    }

    /// Returns the intersection over union of a polygon, which an expression of the page has, with the true cup.
    async fn overlap_with_cup(&self, expression: &str) -> f64 {
        let rings: Vec<Vec<Vec<f64>>> = serde_json::from_value(self.evaluate(expression).await).unwrap();
        let vertices = |ring: &Vec<f64>| ring.chunks_exact(2).map(|at| Vertex { x: at[0], y: at[1] }).collect();
        let polygons = rings.iter().map(|rings| rings.iter().map(vertices).collect()).collect();
        let truth = ground_truth::objects("outlines.json").into_iter().find(|truth| truth.what == "cup").unwrap();
        ground_truth::overlap(&Polygon { polygons }, &truth.mask.unwrap())
    }

    /// Accepts the mask, and returns the intersection over union of what is saved with the true cup.
    async fn accept(&self) -> f64 {
        self.browser.press(&[ENTER]).await;
        self.browser.until_text(".selection h2", "Item outline").await;
        let saved = "state.labels.objects.get([...state.selection][0]).on.get(0).polygons";
        self.overlap_with_cup(saved).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn submitted_task_shows_the_stage_after_the_agent() {
    let page = Page::start("stage", &["--stage"], false).await;
    let browser = &page.browser;
    // Without mistakes: approved.
    page.open("coins.png").await;
    browser.click("#tab-tasks").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Annotate").await;
    browser.click("#panel-tasks .panel-head button.main").await;
    browser.until_text(".toast", "The task is in stage Check labels now").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Review").await;
    browser.until_text(".toast", "The task is in stage Review now").await;
    browser.until_text("#panel-tasks .panel-head", "Approve").await;

    // Next task opens another task of this stage.
    browser.press(&["t"]).await;
    browser.until("another task", "return document.querySelector('#panel-tasks h2').innerText !== 'coins.png'").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Review").await;

    // With mistakes: returned.
    page.open("rocket.jpg").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Annotate").await;
    browser.click("#panel-tasks .panel-head button.main").await;
    browser.until_text(".toast", "The task is in stage Annotate now").await;
    browser.until_text("#panel-tasks .panel-head", "Submit").await;
    assert!(browser.console().await.is_empty());
}

/// Without the weights of the model, `GrabCut` takes boxes only.
#[tokio::test(flavor = "multi_thread")]
async fn model_tool_asks_for_boxes_and_segments_the_cup() {
    let page = Page::start("boxes", &[], false).await;
    page.open("espresso.jpg").await;
    let browser = &page.browser;
    browser.press_with_shift("m").await;
    browser.until_text("#tool-options", "segment").await;
    browser.click_at(page.place((280, 240)).await, 0).await;
    let calls = if cfg!(feature = "sam") {
        browser.until_text(".toast.bad", "Select boxes: other prompts need the segmentation model, SAM_MODEL.").await;
        browser.press(&[ESCAPE]).await;
        2
    } else {
        browser.until_text(".toast", "segment takes boxes: drag a box around the object.").await;
        browser.until_text("#tool-options", "Drag a box around the object.").await;
        1
    };
    browser.drag(page.place((168, 13)).await, page.place((412, 312)).await).await;
    let drawn = page.drawn_overlap(calls).await;
    let saved = page.accept().await;
    println!("cup: drawn {drawn:.3}, saved {saved:.3}");
    assert!(drawn > 0.75 && (drawn - saved).abs() < 1e-3, "{drawn:.3} {saved:.3}");
    assert!(browser.console().await.is_empty());
}

/// Requires the weights in `SAM_MODEL`: see `agent-models/fetch-weights.sh`.
#[cfg(feature = "sam")]
#[tokio::test(flavor = "multi_thread")]
async fn model_tool_segments_the_cup_from_points() {
    assert!(std::env::var_os("SAM_MODEL").is_some(), "SAM_MODEL names the weights: see agent-models/fetch-weights.sh");
    let page = Page::start("points", &[], true).await;
    page.open("espresso.jpg").await;
    let browser = &page.browser;
    browser.press_with_shift("m").await;
    browser.until_text("#tool-options", "Click a point, or drag a box.").await;
    browser.click_at(page.place((280, 240)).await, 0).await;
    let one = page.drawn_overlap(1).await;
    browser.shift_click_at(page.place((400, 330)).await).await;
    let two = page.drawn_overlap(2).await;
    let saved = page.accept().await;
    println!("cup: one point {one:.3}, with a negative point {two:.3}, saved {saved:.3}");
    assert!(two > 0.9 && two > one && (two - saved).abs() < 1e-3, "{one:.3} {two:.3} {saved:.3}");
    // The prompts are gone.
    let prompts = "[...state.labels.objects.values()].filter(({ name }) => /point/.test(name)).length";
    assert_eq!(page.evaluate(prompts).await.as_u64(), Some(0));
    assert!(browser.console().await.is_empty());
}
