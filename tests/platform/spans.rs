//! The spans of a call: names, parents and fields.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};

use agent_runtime::Background;
use agent_runtime::prelude::*;
use agent_studio::Effect;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;
use tracing_subscriber::registry::LookupSpan;

use crate::platform::world::{World, video};

/// Adds a box, and leaves work behind. Fails on frame 1.
#[editor_agent]
async fn spanned(frame: Frame, row: &mut LabelRow, background: Background) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    background.run(async { Ok(()) })?;
    if frame.0 == 1 {
        return Err(AgentError::internal("a bug"));
    }
    Ok(())
}

#[editor_agent]
async fn spanned_complaint(frame: Frame) -> Result<()> {
    bail!("Not on frame {frame}.")
}

/// A span: its name after those of its parents, and its fields.
#[derive(Debug, Clone)]
struct Recorded {
    path: String,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// The layer that keeps the spans of the current thread.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Arc<Mutex<Recorded>>>>>);

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let parent = span.parent().and_then(|parent| parent.extensions().get::<Arc<Mutex<Recorded>>>().cloned());
        let parent = parent.map(|parent| format!("{} > ", parent.lock().unwrap().path)).unwrap_or_default();
        let mut recorded = Recorded { path: parent + span.name(), fields: BTreeMap::new() };
        attributes.record(&mut recorded);
        let recorded = Arc::new(Mutex::new(recorded));
        span.extensions_mut().insert(Arc::clone(&recorded));
        self.0.lock().unwrap().push(recorded);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        if let Some(recorded) = span.extensions().get::<Arc<Mutex<Recorded>>>() {
            values.record(&mut *recorded.lock().unwrap());
        }
    }
}

impl Spans {
    /// Records the spans of this thread, which runs all tasks of the test.
    fn record() -> (Self, DefaultGuard) {
        // While a process has one subscriber, a span that another thread begins first is evaluated for that thread alone, which has
        // none, and stays disabled. With two, every subscriber is asked.
        static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(registry().with(LevelFilter::OFF)));
        LazyLock::force(&SECOND);
        let (spans, agents) = (Self::default(), Targets::new().with_target("agent_", Level::DEBUG));
        let subscriber = registry().with(spans.clone().with_filter(agents));
        (spans, tracing::subscriber::set_default(subscriber))
    }

    /// Returns the spans with this path.
    fn at(&self, path: &str) -> Vec<BTreeMap<&'static str, String>> {
        let spans: Vec<_> = self.0.lock().unwrap().iter().map(|span| span.lock().unwrap().clone()).collect();
        spans.into_iter().filter(|span| span.path == path).map(|span| span.fields).collect()
    }

    /// Returns a field of the spans with this path, sorted.
    fn field(&self, path: &str, name: &str) -> Vec<String> {
        let mut values: Vec<_> =
            self.at(path).iter().map(|fields| fields.get(name).cloned().unwrap_or_default()).collect();
        values.sort();
        values
    }
}

#[tokio::test]
async fn spans_name_the_parts_of_a_call() {
    let world = World::start().await;
    let (spans, _guard) = Spans::record();
    let client = world.client(agents![spanned]);
    assert_eq!(client.call("/spanned", &video(0)).await.status().as_u16(), 200);
    client.idle().await;
    let call = &spans.at("agent.call")[0];
    for (field, value) in [
        ("agent", "spanned"),
        ("http.route", "/spanned"),
        ("http.response.status_code", "200"),
        ("frame", "0"),
        ("data", "33333333-aaaa-4bbb-8ccc-000000000003"),
    ] {
        assert_eq!(call.get(field).map(String::as_str), Some(value), "{field} of {call:?}");
    }
    assert_eq!(spans.field("agent.call > agent.extract", "parameter"), ["Background", "Frame", "LabelRow"]);
    assert_eq!(spans.at("agent.call > agent.run").len(), 1);
    assert_eq!(spans.field("agent.call > agent.prepare", "transaction"), ["label row"]);
    assert_eq!(spans.field("agent.call > agent.commit", "transaction"), ["label row"]);
    let saved = "agent.call > agent.commit > platform.request";
    assert_eq!(spans.field(saved, "http.request.method"), ["POST"]);
    assert_eq!(spans.field(saved, "http.response.status_code"), ["200"]);
    let verified = "agent.call > agent.commit > label_row.verify > platform.request";
    assert_eq!(spans.at(verified).len(), 1);
    let read = "agent.call > agent.extract > platform.request";
    assert_eq!(spans.at(read).len(), 4);
    assert!(spans.field(read, "url.path").contains(&"/public".to_owned()), "{:?}", spans.at(read));
    assert_eq!(spans.at("agent.call > agent.extract > label_row.parse").len(), 1);
    let trace = &call["trace"];
    assert!(spans.field(read, "trace").iter().all(|found| found == trace), "{:?}", spans.at(read));
    assert_eq!(spans.field("agent.background", "trace"), [trace.as_str()]);
}

#[tokio::test]
async fn spans_mark_errors_of_the_server_only() {
    let world = World::start().await;
    let (spans, _guard) = Spans::record();
    let client = world.client(agents![spanned, spanned_complaint]);
    assert_eq!(client.call("/spanned", &video(1)).await.status().as_u16(), 500);
    assert_eq!(spans.field("agent.call", "otel.status_code"), ["error"]);
    assert_eq!(spans.field("agent.call > agent.run", "status"), ["500"]);
    assert!(spans.at("agent.call > agent.prepare").is_empty() && spans.at("agent.background").is_empty());
    assert_eq!(client.call("/spanned-complaint", &video(1)).await.status().as_u16(), 400);
    assert_eq!(spans.field("agent.call", "otel.status_code"), ["", "error"]);
    assert_eq!(spans.field("agent.call > agent.run", "status"), ["400", "500"]);
}

#[tokio::test]
async fn span_of_each_attempt_has_its_number() {
    let world = World::start().await;
    world.fault("list", Effect::answer(503, "{}"), 2);
    let (spans, _guard) = Spans::record();
    let client = world.client(agents![spanned]);
    assert_eq!(client.call("/spanned", &video(0)).await.status().as_u16(), 200);
    let requests = spans.at("agent.call > agent.extract > platform.request");
    let attempt = |number: Option<&str>, status: &str| {
        let mut attempts =
            requests.iter().filter(|span| span.get("http.request.resend_count").map(String::as_str) == number);
        attempts.any(|span| span.get("http.response.status_code").is_some_and(|found| found == status))
    };
    assert!(attempt(None, "503") && attempt(Some("1"), "503") && attempt(Some("2"), "200"), "{requests:?}");
    let failed = |span: &&BTreeMap<_, _>| span.contains_key("otel.status_code");
    assert_eq!(requests.iter().filter(failed).count(), 2, "{requests:?}");
}
