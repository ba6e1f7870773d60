//! Driver of the editor page.

use agent_platform::labels::LabelRow;
use agent_studio::ProjectSource;
use serde_json::json;

use crate::webdriver::Browser;
use test_support::label_editor::World;
use test_support::label_editor::data;

/// The page in a browser, with the tests' data.
pub(crate) struct Editor {
    pub(crate) browser: Browser,
    pub(crate) world: World,
}

impl Editor {
    /// Opens labelled data of the default project.
    pub(crate) async fn open(data_hash: &str) -> Self {
        let editor = Self::start(vec![data::project()]).await;
        data::label(&editor.world.studio);
        editor.go(data_hash).await;
        editor
    }

    pub(crate) async fn start(projects: Vec<ProjectSource>) -> Self {
        let world = World::start(projects, 0, None).await;
        Self { browser: Browser::start().await, world }
    }

    /// Opens the data by its URL.
    pub(crate) async fn go(&self, data_hash: &str) {
        let url = format!("{}/#project={}&data={data_hash}&frame=0", self.world.studio.url(), data::PROJECT);
        self.browser.open(&url).await;
        self.settled().await;
    }

    /// Waits until the frame is painted and everything is saved.
    pub(crate) async fn settled(&self) {
        let script = "return document.querySelector('#stage canvas')?.dataset.complete === 'true' \
                      && document.querySelector('.save-state')?.dataset.state === 'saved' && document.querySelector('#progress').hidden";
        self.browser.until("a page at rest", script).await;
    }

    /// Converts relative media coordinates to window coordinates.
    pub(crate) async fn place(&self, x: f64, y: f64) -> (i64, i64) {
        let script = format!(
            "const done = arguments[0]; import('/page/modules/stage.js').then(({{ stage, viewport }}) => {{ \
               const box = stage.canvas.getBoundingClientRect(); \
               const [x, y] = viewport.toScreen({x} * stage.picture.width, {y} * stage.picture.height); \
               done([Math.round(box.x + x), Math.round(box.y + y)]); }})"
        );
        let place = self.browser.run_until_called_back(&script).await;
        (place[0].as_i64().unwrap(), place[1].as_i64().unwrap())
    }

    /// Clicks at a position of the media.
    pub(crate) async fn click(&self, x: f64, y: f64) {
        let place = self.place(x, y).await;
        self.browser.click_at(place, 0).await;
    }

    pub(crate) async fn shift_click(&self, x: f64, y: f64) {
        let place = self.place(x, y).await;
        self.browser.shift_click_at(place).await;
    }

    pub(crate) async fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let (from, to) = (self.place(from.0, from.1).await, self.place(to.0, to.1).await);
        self.browser.drag(from, to).await;
    }

    /// Selects both polygons of the image: one by a click, the other by a Shift click.
    pub(crate) async fn select_fields(&self) {
        self.click(0.2, 0.25).await;
        self.shift_click(0.5, 0.17).await;
        self.browser.until_text(".selection", "2 selected").await;
    }

    /// Opens the agent menu by a right click at a position of the media.
    pub(crate) async fn right_click(&self, x: f64, y: f64) {
        let place = self.place(x, y).await;
        self.browser.click_at(place, 2).await;
        self.browser.until_text(".agent-menu", "Trigger agent").await;
    }

    /// Selects an agent in the open menu.
    pub(crate) async fn choose(&self, path: &str) {
        self.browser.click(&format!(".agent-menu [data-agent={}]", json!(path))).await;
    }

    /// Selects another way to call an agent: `Test payload` or `Signed`.
    pub(crate) async fn choose_way(&self, path: &str, way: &str) {
        let script = format!(
            "const one = document.querySelector('.agent-menu [data-agent={}]'); one?.focus(); \
             const way = [...one?.parentElement.querySelectorAll('.ways button') ?? []].find((way) => way.innerText === {}); \
             if (!way || way.disabled) return false; way.click(); return true",
            json!(path),
            json!(way)
        );
        self.browser.until(way, &script).await;
    }

    /// Returns the stored label row.
    pub(crate) fn row(&self, data_hash: &str) -> LabelRow {
        let hash = self.world.studio.label_hash(data_hash, "main").unwrap();
        LabelRow::parse(self.world.studio.label_row(&hash).unwrap(), self.world.studio.ontology(data_hash).unwrap())
            .unwrap()
    }

    /// Returns the number of vertices of a stored polygon of the image.
    pub(crate) fn vertices(&self, hash: &str) -> usize {
        let row = self.row(data::IMAGE);
        let polygon: agent_platform::labels::Polygon = row.object(hash).unwrap().at(0).unwrap().coordinates().unwrap();
        polygon.vertex_count()
    }

    /// Evaluates an expression in the page, with `state`, `stage` and `viewport` of its modules.
    pub(crate) async fn page(&self, expression: &str) -> serde_json::Value {
        let script = format!(
            "const done = arguments[0]; Promise.all([import('/page/modules/state.js'), import('/page/modules/stage.js')])\
             .then(async ([{{ state }}, {{ stage, viewport }}]) => done((await ({expression})) ?? null))"
        );
        self.browser.run_until_called_back(&script).await
    }

    /// Waits until the last undoable step has this name.
    pub(crate) async fn until_step(&self, words: &str) {
        let script = format!(
            "return document.querySelector('[aria-label=Undo]').title.startsWith({})",
            json!(format!("Undo: {words} ("))
        );
        self.browser.until(&format!("the step {words}"), &script).await;
        self.settled().await;
    }

    /// Waits until an expression of the page is true, with `state`, `stage` and `viewport` of its modules.
    pub(crate) async fn until_page(&self, expression: &str) {
        let began = std::time::Instant::now();
        while self.page(expression).await != json!(true) {
            assert!(began.elapsed().as_secs() < 20, "never true: {expression}");
            tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        }
    }

    /// Opens a data unit with a click in the list.
    pub(crate) async fn choose_data(&self, data_hash: &str) {
        self.browser.click(&format!("#data [data-hash='{data_hash}']")).await;
        let current = format!("#data [data-hash='{data_hash}'][aria-current=true]");
        self.browser.until("the data", &format!("return document.querySelector({}) !== null", json!(current))).await;
        self.settled().await;
    }

    /// Returns the number of objects in the list.
    pub(crate) async fn listed(&self) -> i64 {
        self.browser.run("return Number(document.querySelector('.objects h2 small').innerText)").await.as_i64().unwrap()
    }
}
