//! Limits on the number, size and duration of calls, over real sockets.

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
async fn cancels_agent_at_its_timeout() {
    let server = start(|server| server.timeout(Duration::from_millis(80))).await;
    for (path, seconds) in [("/slow", "0.08"), ("/impatient", "0.05")] {
        let mut connection = Connection::open(server.address()).await;
        connection.post(path, &[], PAYLOAD).await;
        let response = connection.response().await.unwrap();
        assert_eq!(
            (response.status, response.message()),
            (504, format!("The agent did not finish within {seconds} s."))
        );
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
    let response = second.response().await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
    assert_eq!(response.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert!(response.message().contains("busy"));
    second.write("GET /healthz HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
    assert_eq!(second.response().await.unwrap().status, 200);

    // The permit is free as soon as the first caller disconnects.
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    second.post("/quick", &[], PAYLOAD).await;
    assert_eq!(second.response().await.unwrap().status, 200);
    server.stop().await;
}

#[tokio::test]
async fn rejects_large_body_with_and_without_content_length() {
    let server = start(|server| server.body_limit(1000)).await;
    let large = "x".repeat(1001);
    let mut announced = Connection::open(server.address()).await;
    announced.post("/quick", &[], &large).await;
    let response = announced.response().await.unwrap();
    assert_eq!((response.status, response.message().contains("1000 bytes")), (413, true));

    let mut chunked = Connection::open(server.address()).await;
    chunked.write("POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    chunked.write(format!("3e9\r\n{large}\r\n0\r\n\r\n")).await;
    assert_eq!(chunked.response().await.unwrap().status, 413);
    server.stop().await;
}

#[tokio::test]
async fn slow_body_gets_408() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    let mut connection = Connection::open(server.address()).await;
    connection
        .write(
            "POST /quick HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        )
        .await;
    let response = connection.response().await.unwrap();
    assert_eq!((response.status, response.message().as_str()), (408, "The request's body did not arrive in time."));
    server.stop().await;
}

#[tokio::test]
async fn closes_idle_connections_and_incomplete_heads() {
    let server = start(|server| server.read_timeout(Duration::from_millis(200))).await;
    for head in ["", "POST /quick HTTP/1.1\r\nHost: agent", "POST /quick HTTP/1.1\r\nHost: agent.test\r\n"] {
        let start = Instant::now();
        let mut connection = Connection::open(server.address()).await;
        connection.write(head).await;
        // The server sends 408 or nothing, then closes the connection.
        assert!(connection.response().await.is_none_or(|response| response.status == 408), "{head}");
        assert!(start.elapsed() < Duration::from_secs(5), "{head}");
    }
    // The limit also applies between two requests.
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[], PAYLOAD).await;
    assert_eq!(connection.response().await.unwrap().status, 200);
    assert!(connection.response().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn rejects_large_heads_with_431() {
    let server = start(|server| server).await;
    let long = "x".repeat(256 * 1024);
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &[("X-Long", &long)], PAYLOAD).await;
    // The server closes the connection while the client still sends, so the response may be lost.
    assert!(connection.response().await.is_none_or(|response| response.status == 431));
    let many: Vec<_> = (0..200).map(|_| ("X-Many", "1")).collect();
    let mut connection = Connection::open(server.address()).await;
    connection.post("/quick", &many, PAYLOAD).await;
    assert_eq!(connection.response().await.map(|response| response.status), Some(431));
    server.stop().await;
}

#[tokio::test]
async fn connections_above_the_limit_wait() {
    let server = start(|server| server.connections(1)).await;
    let mut first = Connection::open(server.address()).await;
    first.post("/quick", &[], PAYLOAD).await;
    assert_eq!(first.response().await.unwrap().status, 200);
    let mut second = Connection::open(server.address()).await;
    second.post("/quick", &[], PAYLOAD).await;
    let waited = tokio::time::timeout(Duration::from_millis(200), second.response()).await;
    assert!(waited.is_err(), "the second connection was served beside the first");
    drop(first);
    assert_eq!(second.response().await.unwrap().status, 200);
    server.stop().await;
}

/// A gate that blocks threads until the test opens it.
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

    /// Waits until `count` threads have reached the gate.
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
    connection.response().await.unwrap().status
}

#[tokio::test]
async fn abandoned_call_keeps_its_permit_until_its_work_ends() {
    for (path, abandoned) in [("/blocking", true), ("/guarded", false)] {
        let gate = Gate::default();
        let server = Server::new().agents(agents![quick, blocking, guarded]).state(gate.clone()).concurrency(2).port(0);
        let server = server.start().await.unwrap();
        for n in 1..=2 {
            let mut caller = Connection::open(server.address()).await;
            caller.post(path, &[], PAYLOAD).await;
            gate.reached(n).await;
            if !abandoned {
                assert_eq!(caller.response().await.unwrap().status, 200);
            }
        }
        // The callers have disconnected, and the work continues.
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
async fn limit_of_one_agent_does_not_affect_others() {
    let server = Server::new().agents(agents![quick, limited]).port(0).shutdown_grace(Duration::from_millis(10));
    let server = server.start().await.unwrap();
    let mut first = Connection::open(server.address()).await;
    first.post("/limited", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut second = Connection::open(server.address()).await;
    second.post("/limited", &[], PAYLOAD).await;
    let response = second.response().await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
    assert!(response.message().starts_with("This agent is busy"), "{}", response.body);
    assert_eq!(status(&server, "/quick").await, 200);
    server.stop().await;
}

#[editor_agent(path = "/limits/title")]
async fn title(info: LabelRowInfo) -> Option<String> {
    info.data_title.clone()
}

#[tokio::test]
async fn slow_platform_does_not_block_agents_without_it() {
    // Accepts connections, and never responds.
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
fn out_of_range_arguments_prevent_start() {
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
        (Server::new().file_cache(u64::MAX), "file_cache"),
        (Server::new().lookup_cache(huge), "lookup_cache"),
        (Server::new().memory_budget((1 << 20) - 1), "memory_budget"),
    ] {
        let error = server.agents(agents![quick]).into_router().unwrap_err();
        assert!(matches!(error, StartError::OutOfRange { .. }), "{error:?}");
        let message = error.to_string();
        assert!(message.contains(&format!("`Server::{method}`")) && message.contains(" to "), "{message}");
    }
}

#[tokio::test]
async fn metrics_include_the_memory_budget() {
    let client = TestClient::new(Server::new().agents(agents![quick]).memory_budget(4 << 20)).unwrap();
    let metrics = client.get("/metrics").await.text();
    assert!(metrics.contains("editor_agent_memory_budget_total_bytes 4194304\n"), "{metrics}");
}

#[test]
fn start_fails_with_the_first_invalid_argument() {
    let server = Server::new().agents(agents![quick]).allow_origin("labels.example.com").trust_proxy("localhost");
    let error = server.webhook_secret("").timeout(Duration::ZERO).into_router().unwrap_err();
    assert!(matches!(error, StartError::Origin(_)), "{error:?}");
    assert!(error.to_string().contains("`labels.example.com`"), "{error}");
    let server = Server::new().agents(agents![quick]).trust_proxy("localhost").allow_origin("https://a.example");
    assert!(matches!(server.into_router(), Err(StartError::Proxy(_))));
}

#[test]
fn blank_secret_prevents_start() {
    for blank in ["", " \n"] {
        let error = Server::new().agents(agents![quick]).webhook_secret(blank).into_router().unwrap_err();
        assert!(matches!(error, StartError::BlankSecret), "{error:?}");
    }
}
