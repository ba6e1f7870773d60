//! Performance of the page with many labels, for the figures in `page/README.md`. The results depend on the machine, so they are only
//! printed, and the tests are ignored by default: `cargo test -p agent-tests --release --features browser --test browser -- --ignored --nocapture`.

use serde_json::Value;

use crate::editor::Editor;
use test_support::label_editor::crowd::{CROWD, LARGE, PROJECT, project};
use test_support::label_editor::data;

/// Records the duration of every animation frame.
const WATCH: &str = "
    window.frames_taken = [];
    let last = performance.now();
    window.is_watching = true;
    requestAnimationFrame(function each(now) {
        window.frames_taken.push(performance.now() - last);
        last = performance.now();
        if (window.is_watching) requestAnimationFrame(each);
    });";

async fn open(editor: &Editor, data: &str) -> f64 {
    editor.browser.run("performance.clearMeasures()").await;
    editor.browser.click(&format!("#data [data-hash='{data}']")).await;
    editor.browser.until("the data", "return performance.getEntriesByName('open data').length > 0").await;
    editor.settled().await;
    editor.browser.run("return performance.getEntriesByName('open data')[0].duration").await.as_f64().unwrap()
}

/// Returns median, 95th percentile and maximum, in milliseconds.
async fn pauses(editor: &Editor) -> [f64; 3] {
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let taken: Value = editor.browser.run("window.is_watching = false; return window.frames_taken").await;
    let mut taken: Vec<f64> = taken.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    taken.sort_by(f64::total_cmp);
    let last = taken.len() - 1;
    [taken[last / 2], taken[last * 95 / 100], taken[last]]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures that depend on the machine"]
async fn measures_page_with_many_labels() {
    let editor = Editor::start(vec![data::project(), project()]).await;
    data::label(&editor.world.studio);
    editor.go(data::IMAGE).await;
    let row = editor.world.studio.label_row(&editor.world.studio.label_hash(LARGE, "main").unwrap()).unwrap();
    for (name, data) in [("five megabytes", LARGE), ("ten thousand objects", CROWD)] {
        let mut times = Vec::new();
        for _ in 0..5 {
            times.push(open(&editor, data).await);
            open(&editor, data::IMAGE).await;
        }
        times.sort_by(f64::total_cmp);
        println!("{name}: opened in {:.0} ms (median of 5; {:.0} to {:.0})", times[2], times[0], times[4]);
    }
    println!("the large row has {} bytes; {}", row.len(), PROJECT);
    open(&editor, CROWD).await;
    editor.browser.run(WATCH).await;
    for step in 0..12 {
        let there = (500 + step * 10, 300);
        editor.browser.drag((640, 360), there).await;
        editor.browser.drag(there, (640, 360)).await;
    }
    println!("pan: {:.1?} ms", pauses(&editor).await);
    editor.browser.run(WATCH).await;
    for key in ["+", "-"] {
        for _ in 0..12 {
            editor.browser.press(&[key]).await;
        }
    }
    println!("zoom: {:.1?} ms", pauses(&editor).await);
    editor.browser.run(WATCH).await;
    editor.browser.press_with_control("a").await;
    println!("select all: {:.1?} ms", pauses(&editor).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures that depend on the machine"]
async fn measures_selection_of_polygon_with_many_vertices() {
    let editor = Editor::open(data::IMAGE).await;
    let coast = |row: &mut agent_platform::labels::LabelRow| {
        let vertex = |n: u32| {
            let angle = f64::from(n) / 2226.0 * std::f64::consts::TAU;
            let radius = if n.is_multiple_of(2) { 0.4 } else { 0.38 };
            (0.5 + radius * angle.cos(), 0.5 + radius * angle.sin())
        };
        row.add("Field").with_hash("COAST001").polygon((0..2226).map(vertex)).on(0).map(drop)
    };
    editor.world.studio.edit_as("annotator@example.test", data::IMAGE, coast).unwrap();
    editor.go(data::GROUP).await;
    editor.go(data::IMAGE).await;
    editor.browser.run(WATCH).await;
    editor.browser.click(".objects [data-hash='COAST001']").await;
    println!("select 2,226 vertices: {:.1?} ms", pauses(&editor).await);
    editor.browser.run(WATCH).await;
    let [from, to] = [editor.place(0.9, 0.5).await, editor.place(0.7, 0.5).await];
    for _ in 0..4 {
        editor.browser.drag(from, to).await;
        editor.browser.drag(to, from).await;
    }
    println!("drag one of them: {:.1?} ms", pauses(&editor).await);
}
