//! A server under callers that are too many, too large or too slow, over real sockets.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::RunningServer;
use agent_runtime::StartError;
use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformClient};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;

use test_support::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn quick(_payload: AgentPayload) -> &'static str {
    "quick"
}

#[editor_agent]
async fn slow() {
    tokio::time::sleep(Duration::from_secs(30)).await;
}

#[editor_agent(timeout = "50ms")]
async fn impatient() {
    tokio::time::sleep(Duration::from_secs(30)).await;
}

async fn start(configure: impl FnOnce(Server) -> Server) -> RunningServer {
    let server =
        Server::new().agents(agents![quick, slow, impatient]).port(0).shutdown_grace(Duration::from_millis(10));
    configure(server).start().await.unwrap()
}

#[tokio::test]
async fn an_agent_that_takes_too_long_is_stopped() {
    let server = start(|server| server.timeout(Duration::from_millis(80))).await;
    for (path, seconds) in [("/slow", "0.08"), ("/impatient", "0.05")] {
        let mut connection = Connection::open(server.address()).await;
        connection.post(path, &[], PAYLOAD).await;
        let answer = connection.answer().await.unwrap();
        assert_eq!((answer.status, answer.message()), (504, format!("The agent did not finish within {seconds} s.")));
    }
    server.stop().await;
}

#[tokio::test]
async fn sheds_calls_above_limit_but_answers_health_checks() {
    let server = start(|server| server.concurrency(1)).await;
    let mut first = Connection::open(server.address()).await;
    first.post("/slow", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut second = Connection::open(server.address()).await;
    second.post("/quick", &[("Origin", "https://app.encord.com")], PAYLOAD).await;
    let answer = second.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert!(answer.message().contains("busy"));
    second.write("GET /healthz HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
    assert_eq!(second.answer().await.unwrap().status, 200);

    // Once the first caller goes away, its place is free.
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    second.post("/quick", &[], PAYLOAD).await;
    assert_eq!(second.answer().await.unwrap().status, 200);
    server.stop().await;
}

#[tokio::test]
async fn rejects_large_body_with_and_without_content_length() {
    let server = start(|server| server.body_limit(1000)).await;
    let large = "x".repeat(1001);
    let mut announced = Connection::open(server.address()).await;
    announced.post("/quick", &[], &large).await;
    let answer = announced.answer().await.unwrap();
    assert_eq!((answer.status, answer.message().contains("1000 bytes")), (413, true));

    let mut chunked = Connection::open(server.address()).await;
    chunked.write("POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    chunked.write(format!("3e9\r\n{large}\r\n0\r\n\r\n")).await;
    assert_eq!(chunked.answer().await.unwrap().status, 413);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    let mut connection = Connection::open(server.address()).await;
    connection
        .write(
            "POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        )
        .await;
    let answer = connection.answer().await.unwrap();
    assert_eq!((answer.status, answer.message().as_str()), (408, "The request's body did not arrive in time."));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_too_little_is_closed() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    for head in ["", "POST /quick HTTP/1.1\r\nHost: agent", "POST /quick HTTP/1.1\r\nHost: agent.test\r\n"] {
        let start = Instant::now();
        let mut connection = Connection::open(server.address()).await;
        connection.write(head).await;
        // Either nothing at all or 408, and then the end.
        assert!(connection.answer().await.is_none_or(|answer| answer.status == 408), "{head}");
        assert!(start.elapsed() < Duration::from_secs(5), "{head}");
    }
    // Between two requests as well.
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[], PAYLOAD).await;
    assert_eq!(connection.answer().await.unwrap().status, 200);
    assert!(connection.answer().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = start(|server| server).await;
    let long = "x".repeat(256 * 1024);
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[("X-Long", &long)], PAYLOAD).await;
    // The server closes while bytes are still on their way, so its answer may be lost.
    assert!(connection.answer().await.is_none_or(|answer| answer.status == 431));
    let many: Vec<_> = (0..200).map(|_| ("X-Many", "1")).collect();
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &many, PAYLOAD).await;
    assert_eq!(connection.answer().await.map(|answer| answer.status), Some(431));
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let server = start(|server| server.connections(1)).await;
    let mut first = Connection::open(server.address()).await;
    first.post("/quick", &[], PAYLOAD).await;
    assert_eq!(first.answer().await.unwrap().status, 200);
    let mut second = Connection::open(server.address()).await;
    second.post("/quick", &[], PAYLOAD).await;
    let waited = tokio::time::timeout(Duration::from_millis(200), second.answer()).await;
    assert!(waited.is_err(), "the second connection was served beside the first");
    drop(first);
    assert_eq!(second.answer().await.unwrap().status, 200);
    server.stop().await;
}

/// Blocking work that a test ends.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<(u32, bool)>, Condvar)>);

impl Gate {
    /// Blocks until the gate is open.
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.0 += 1;
        while !state.1 {
            state = changed.wait(state).unwrap();
        }
    }

    fn open(&self) {
        self.0.0.lock().unwrap().1 = true;
        self.0.1.notify_all();
    }

    /// Waits until so many have come to the gate.
    async fn reached(&self, count: u32) {
        while self.0.0.lock().unwrap().0 < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[editor_agent]
async fn blocking(call: EditorCall, State(gate): State<Gate>) -> Result<()> {
    call.spawn_blocking(move || gate.pass()).await
}

#[editor_agent]
async fn guarded(call: EditorCall, State(gate): State<Gate>) {
    let guard = call.guard();
    std::thread::spawn(move || {
        gate.pass();
        drop(guard);
    });
}

async fn status(server: &RunningServer, path: &str) -> u16 {
    let mut connection = Connection::open(server.address()).await;
    connection.post(path, &[], PAYLOAD).await;
    connection.answer().await.unwrap().status
}

#[tokio::test]
async fn abandoned_call_keeps_its_permit_while_its_work_goes_on() {
    for (path, abandoned) in [("/blocking", true), ("/guarded", false)] {
        let gate = Gate::default();
        let server = Server::new().agents(agents![quick, blocking, guarded]).state(gate.clone()).concurrency(2).port(0);
        let server = server.start().await.unwrap();
        for n in 1..=2 {
            let mut caller = Connection::open(server.address()).await;
            caller.post(path, &[], PAYLOAD).await;
            gate.reached(n).await;
            if !abandoned {
                assert_eq!(caller.answer().await.unwrap().status, 200);
            }
        }
        // The callers are gone, and the work goes on.
        tokio::time::sleep(Duration::from_millis(200)).await;
        for _ in 0..5 {
            assert_eq!(status(&server, "/quick").await, 503, "{path}");
        }
        gate.open();
        let began = Instant::now();
        while status(&server, "/quick").await != 200 {
            assert!(began.elapsed() < Duration::from_secs(20), "{path}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.stop().await;
    }
}

#[editor_agent(concurrency = 1)]
async fn limited() {
    tokio::time::sleep(Duration::from_secs(30)).await;
}

#[tokio::test]
async fn agents_own_limit_refuses_only_that_agent() {
    let server = Server::new().agents(agents![quick, limited]).port(0).shutdown_grace(Duration::from_millis(10));
    let server = server.start().await.unwrap();
    let mut first = Connection::open(server.address()).await;
    first.post("/limited", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut second = Connection::open(server.address()).await;
    second.post("/limited", &[], PAYLOAD).await;
    let answer = second.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert!(answer.message().starts_with("This agent is busy"), "{}", answer.body);
    assert_eq!(status(&server, "/quick").await, 200);
    server.stop().await;
}

#[editor_agent(path = "/limits/title")]
async fn title(info: LabelRowInfo) -> Option<String> {
    info.data_title.clone()
}

#[tokio::test]
async fn slow_platform_does_not_block_agents_without_it() {
    // Accepts connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let domain = Domain::parse(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let platform = PlatformClient::builder().credentials(Credentials::bearer("made-up").unwrap()).domain(domain);
    for (reserve, concurrency, waiting) in [(None, 8, 7), (Some(2), 8, 6), (Some(0), 2, 2)] {
        let mut server =
            Server::new().agents(agents![quick, title]).platform(platform.clone().build().unwrap()).port(0);
        server = server.concurrency(concurrency).shutdown_grace(Duration::from_millis(10));
        if let Some(calls) = reserve {
            server = server.reserve(calls);
        }
        let server = server.start().await.unwrap();
        let mut crowd = Vec::new();
        for _ in 0..waiting {
            let mut connection = Connection::open(server.address()).await;
            connection.post("/limits/title", &[], PAYLOAD).await;
            crowd.push(connection);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(status(&server, "/limits/title").await, 503, "{reserve:?}");
        let expected = if reserve == Some(0) { 503 } else { 200 };
        assert_eq!(status(&server, "/quick").await, expected, "{reserve:?}");
        drop(crowd);
        server.stop().await;
    }
}

#[test]
fn out_of_range_arguments_keep_a_server_from_starting() {
    let huge = usize::MAX;
    let day = Duration::from_secs(86_401);
    for (server, method) in [
        (Server::new().concurrency(huge), "concurrency"),
        (Server::new().concurrency(0), "concurrency"),
        (Server::new().connections(huge), "connections"),
        (Server::new().connections(0), "connections"),
        (Server::new().background_concurrency(0), "background_concurrency"),
        (Server::new().background_concurrency(huge), "background_concurrency"),
        (Server::new().body_limit(0), "body_limit"),
        (Server::new().body_limit(huge), "body_limit"),
        (Server::new().body_buffer(huge), "body_buffer"),
        (Server::new().concurrency(4).reserve(4), "reserve"),
        (Server::new().timeout(Duration::ZERO), "timeout"),
        (Server::new().timeout(Duration::MAX), "timeout"),
        (Server::new().read_timeout(day), "read_timeout"),
        (Server::new().read_timeout(Duration::from_nanos(1)), "read_timeout"),
        (Server::new().shutdown_grace(Duration::MAX), "shutdown_grace"),
        (Server::new().ontology_age(day), "ontology_age"),
        (Server::new().memory_budget((1 << 20) - 1), "memory_budget"),
    ] {
        let error = server.agents(agents![quick]).into_router().unwrap_err();
        assert!(matches!(error, StartError::OutOfRange { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.contains(&format!("`Server::{method}`")) && said.contains(" to "), "{said}");
    }
}

#[tokio::test]
async fn metrics_have_the_memory_budget() {
    let client = TestClient::new(Server::new().agents(agents![quick]).memory_budget(4 << 20)).unwrap();
    let metrics = client.get("/metrics").await.text();
    assert!(metrics.contains("editor_agent_memory_budget_total_bytes 4194304\n"), "{metrics}");
}

#[test]
fn first_invalid_argument_is_the_error_of_the_start() {
    let server = Server::new().agents(agents![quick]).allow_origin("labels.example.com").trust_proxy("localhost");
    let error = server.webhook_secret("").timeout(Duration::ZERO).into_router().unwrap_err();
    assert!(matches!(error, StartError::Origin(_)), "{error:?}");
    assert!(error.to_string().contains("`labels.example.com`"), "{error}");
    let server = Server::new().agents(agents![quick]).trust_proxy("localhost").allow_origin("https://a.example");
    assert!(matches!(server.into_router(), Err(StartError::Proxy(_))));
}

#[test]
fn blank_secret_keeps_a_server_from_starting() {
    for blank in ["", " \n"] {
        let error = Server::new().agents(agents![quick]).webhook_secret(blank).into_router().unwrap_err();
        assert!(matches!(error, StartError::BlankSecret), "{error:?}");
    }
}
