//! Parameters of agents: the extractors of the payload, state and the call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use serde_json::json;
use tokio::sync::Barrier;

#[editor_agent]
async fn hashes(ProjectHash(project): ProjectHash, data: DataHash) -> String {
    format!("{project} {data}")
}

#[editor_agent]
async fn frames(frame: Frame, sent: Option<Frame>) -> String {
    format!("{frame} {sent:?}")
}

#[editor_agent]
async fn selection(objects: ObjectHashes, sent: Option<ObjectHashes>) -> String {
    format!("{:?} {} {}", &*objects, objects.were_sent(), sent.is_some())
}

#[editor_agent]
async fn whole(owned: AgentPayload, lent: &AgentPayload) -> String {
    format!("{:?} {}", owned.frame, owned == *lent)
}

#[editor_agent]
async fn headers(owned: HeaderMap, lent: &HeaderMap, trace: TraceId) -> String {
    format!("{} {}", owned == *lent, trace.as_str().len())
}

#[tokio::test]
async fn extracts_the_payload_and_headers() {
    let client = TestClient::new(agents![hashes, frames, selection, whole, headers]).unwrap();
    let p = payload();
    let cases = [
        ("/hashes", p.clone(), "00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000002"),
        ("/frames", p.clone(), "0 None"),
        ("/frames", p.clone().on_frame(0), "0 Some(Frame(0))"),
        ("/selection", p.clone(), "[] false false"),
        ("/selection", p.clone().with_objects([""; 0]), "[] true true"),
        ("/selection", p.clone().with_objects(["a"]), "[\"a\"] true true"),
        ("/whole", p.clone().on_frame(3), "Some(3) true"),
        ("/headers", p.clone(), "true 32"),
    ];
    for (path, payload, expected) in cases {
        assert_eq!(client.call(path, &payload).await.message(), Some(expected), "{path}");
    }
}

#[derive(Clone)]
struct Price(u32);

#[editor_agent]
async fn price(State(price): State<Price>, missing: Option<State<String>>) -> String {
    format!("{} {}", price.0, missing.is_none())
}

#[tokio::test]
async fn extracts_application_state() {
    let client = TestClient::new(Server::new().agents(agents![price]).state(Price(7))).unwrap();
    assert_eq!(client.call("/price", &payload()).await.message(), Some("7 true"));
}

/// Fails like the platform's 404 and 403 for a label row. The row is absent on frame 3.
struct Row;

impl FromCall for Row {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        match call.extract::<Frame>().await?.0 {
            0 => Ok(Self),
            1 => Err(AgentError::new(ErrorStatus::NotFound, "There is no label row for this data unit.")),
            _ => Err(AgentError::new(ErrorStatus::Forbidden, "You may not see this label row.")),
        }
    }
}

impl OptionalFromCall for Row {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>> {
        match call.extract::<Frame>().await?.0 {
            3 => Ok(None),
            _ => Self::from_call(call).await.map(Some),
        }
    }
}

#[editor_agent]
async fn needs_row(_row: Row) -> &'static str {
    "row"
}

#[editor_agent]
async fn row_if_there(row: Option<Row>) -> &'static str {
    if row.is_some() { "row" } else { "none" }
}

#[editor_agent]
async fn row_or_reason(row: Result<Row, AgentError>) -> String {
    row.map_or_else(|error| error.message().to_owned(), |_| "row".to_owned())
}

#[tokio::test]
async fn option_is_none_if_missing_and_result_receives_every_error() {
    let client = TestClient::new(agents![needs_row, row_if_there, row_or_reason]).unwrap();
    for (path, frame, status, message) in [
        ("/needs-row", 0, 200, "row"),
        ("/needs-row", 1, 404, "There is no label row for this data unit."),
        ("/row-if-there", 0, 200, "row"),
        ("/row-if-there", 3, 200, "none"),
        ("/row-if-there", 1, 404, "There is no label row for this data unit."),
        ("/row-if-there", 2, 403, "You may not see this label row."),
        ("/row-or-reason", 1, 200, "There is no label row for this data unit."),
        ("/row-or-reason", 2, 200, "You may not see this label row."),
    ] {
        let response = client.call(path, &payload().on_frame(frame)).await;
        assert_eq!(
            (response.status().as_u16(), response.message()),
            (status, Some(message)),
            "{path} on frame {frame}"
        );
    }
}

/// A slow extractor that counts its runs.
#[derive(Clone)]
struct Slow(Arc<usize>);
struct AlsoSlow(Arc<usize>);

static FETCHED: AtomicUsize = AtomicUsize::new(0);

async fn fetch(call: &EditorCall) -> Result<Arc<usize>> {
    let compute = async || {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(FETCHED.fetch_add(1, Ordering::SeqCst) + 1)
    };
    call.once(compute).await
}

impl FromCall for Slow {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        fetch(call).await.map(Self)
    }
}

impl FromCall for AlsoSlow {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        fetch(call).await.map(Self)
    }
}

#[editor_agent]
async fn shares(one: Slow, two: AlsoSlow, three: Slow) -> String {
    format!("{} {} {}", one.0, two.0, three.0)
}

#[tokio::test(start_paused = true)]
async fn shared_value_is_computed_once_per_call() {
    let client = TestClient::new(agents![shares]).unwrap();
    assert_eq!(client.call("/shares", &payload()).await.message(), Some("1 1 1"));
    assert_eq!(client.call("/shares", &payload()).await.message(), Some("2 2 2"));
}

/// An extractor that succeeds only while three others run concurrently.
struct Together<const N: u64>;

static FOUR: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(4));

impl<const N: u64> FromCall for Together<N> {
    async fn from_call(_call: &EditorCall) -> Result<Self> {
        FOUR.wait().await;
        Ok(Self)
    }
}

#[editor_agent(timeout = "5s")]
async fn together(_one: Together<1>, _two: Together<2>, _three: Together<3>, _four: Together<4>) {}

#[tokio::test]
async fn parameters_are_extracted_concurrently() {
    let client = TestClient::new(agents![together]).unwrap();
    assert_eq!(client.call("/together", &payload()).await.status(), 200);
}

struct Fails;

static TRIED: AtomicUsize = AtomicUsize::new(0);

impl FromCall for Fails {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        let compute = async || {
            TRIED.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(agent_error!("no luck"))
        };
        call.once(compute).await.map(|_| Self)
    }
}

#[editor_agent]
async fn tries(one: Result<Fails, AgentError>, two: Result<Fails, AgentError>) -> bool_text::Text {
    bool_text::Text(one.is_err() && two.is_err())
}

/// A user-defined response type.
mod bool_text {
    use agent_runtime::{IntoReply, Reply, Result};

    pub(super) struct Text(pub(super) bool);

    impl IntoReply for Text {
        fn into_reply(self) -> Result<Reply> {
            self.0.to_string().into_reply()
        }
    }
}

#[tokio::test]
async fn shared_error_is_computed_once_per_call() {
    let client = TestClient::new(agents![tries]).unwrap();
    assert_eq!(client.call("/tries", &payload()).await.json(), &json!({"message": "true"}));
    assert_eq!(TRIED.load(Ordering::SeqCst), 1);
}

#[editor_agent]
#[allow(clippy::too_many_arguments)]
async fn sixteen(
    a: Frame,
    b: Frame,
    c: Frame,
    d: Frame,
    e: Frame,
    f: Frame,
    g: Frame,
    h: Frame,
    i: Frame,
    j: Frame,
    k: Frame,
    l: Frame,
    m: Frame,
    n: Frame,
    o: Frame,
    p: Frame,
) -> String {
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p].iter().map(|frame| frame.0).sum::<u64>().to_string()
}

#[tokio::test]
async fn accepts_sixteen_parameters() {
    let client = TestClient::new(agents![sixteen]).unwrap();
    assert_eq!(client.call("/sixteen", &payload().on_frame(2)).await.message(), Some("32"));
}
