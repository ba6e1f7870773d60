//! Violations of accessibility rules that `axe` finds on the screens of the page. `AXE_CORE` names its script: `.ci/run` fetches it.

use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::ESCAPE;
use test_support::label_editor::data::{GROUP, IMAGE, VIDEO};

/// The keys of the tools, in the order of the strip.
const TOOLS: &str = "return [...document.querySelectorAll('[data-tool]')].map((tool) => tool.dataset.tool)";

/// The page, and what was found on its screens.
struct Inspection {
    editor: Editor,
    violations: Vec<String>,
}

impl Inspection {
    async fn start(data_hash: &str) -> Self {
        Self { editor: Editor::open(data_hash).await, violations: Vec::new() }
    }

    /// Inspects the screen in light and in dark colours.
    async fn inspect(&mut self, screen: &str) {
        for scheme in ["light", "dark"] {
            self.editor.browser.prefer_colours(scheme).await;
            let script = "const done = arguments[0]; \
                axe.run(document, { resultTypes: ['violations'] }).then( \
                  ({ violations }) => done(violations.flatMap(({ id, nodes }) => \
                    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`))), \
                  (error) => done([String(error)]))";
            let found = self.editor.browser.run_until_called_back(script).await;
            let found =
                found.as_array().unwrap().iter().map(|one| format!("{screen}, {scheme}: {}", one.as_str().unwrap()));
            self.violations.extend(found);
        }
    }

    async fn press(&self, keys: &[&str]) {
        self.editor.browser.press(keys).await;
    }

    fn finish(self) {
        assert!(self.violations.is_empty(), "{}", self.violations.join("\n\n"));
    }
}

/// Loads `axe` into the open page.
async fn load_axe(editor: &Editor) {
    let path = std::env::var_os("AXE_CORE").expect("AXE_CORE names the script of axe, axe.min.js");
    let script = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    editor.browser.run(&script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_have_no_accessibility_violations() {
    let mut page = Inspection::start(IMAGE).await;
    load_axe(&page.editor).await;
    page.inspect("an image").await;
    page.editor.select_fields().await;
    page.inspect("two selected objects").await;
    for tab in ["changes", "findings", "calls", "tasks", "labels"] {
        page.editor.browser.click(&format!("#tab-{tab}")).await;
        page.inspect(tab).await;
    }
    page.editor.browser.resize(700, 900).await;
    page.inspect("700 pixels").await;
    page.editor.browser.resize(1280, 720).await;
    page.press(&["?"]).await;
    page.editor.browser.until_text("dialog", "Keys").await;
    page.inspect("help").await;
    page.press(&[ESCAPE]).await;
    page.editor.right_click(0.2, 0.25).await;
    page.inspect("the agent menu").await;
    page.press(&[ESCAPE]).await;
    page.editor.browser.click(".view > button").await;
    page.inspect("the view options").await;
    page.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_and_media_have_no_accessibility_violations() {
    let mut page = Inspection::start(VIDEO).await;
    load_axe(&page.editor).await;
    page.inspect("a video").await;
    page.editor.browser.click(".objects [data-hash='SQUARE01']").await;
    page.inspect("an object with attributes").await;
    let tools = page.editor.browser.run(TOOLS).await;
    let tools: Vec<String> = serde_json::from_value(tools).unwrap();
    assert!(tools.len() > 8, "{tools:?}");
    for tool in tools {
        page.editor.browser.run(&format!("document.querySelector('[data-tool={}]').click()", json!(tool))).await;
        page.inspect(&format!("the tool {tool}")).await;
    }
    page.press(&[ESCAPE]).await;
    page.editor.choose_data(GROUP).await;
    page.inspect("a group").await;
    page.finish();
}
