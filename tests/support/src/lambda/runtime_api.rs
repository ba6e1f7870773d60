//! The Runtime API of AWS Lambda, which returns events one by one and receives the responses
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc as answers};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::routing::{get, post};
use axum::{Router, serve};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc as events;

/// Longer than any operation of the tests.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The ARN of the function, with the account of the AWS documentation.
const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:agents";

/// The outcome of an invocation.
#[derive(Debug)]
pub enum Outcome {
    /// `POST .../response`.
    Response(Value),
    /// `POST .../error`: `errorType` and `errorMessage`.
    Error(Value),
}

impl Outcome {
    /// Returns the response. Panics if the function reported an error.
    pub fn response(self) -> Value {
        match self {
            Self::Response(response) => response,
            Self::Error(error) => panic!("the function failed: {error}"),
        }
    }

    /// Returns the message of the error. Panics if the function responded.
    pub fn error_message(&self) -> &str {
        match self {
            Self::Error(error) => error["errorMessage"].as_str().unwrap(),
            Self::Response(response) => panic!("the function responded: {response}"),
        }
    }
}

struct Invocation {
    id: String,
    event: Vec<u8>,
    deadline: SystemTime,
}

#[derive(Default)]
struct Waiting {
    outcomes: HashMap<String, answers::Sender<Outcome>>,
    invocations: u64,
}

struct Shared {
    events: tokio::sync::Mutex<events::UnboundedReceiver<Invocation>>,
    waiting: Mutex<Waiting>,
    /// Every `next` request, in the order of arrival.
    next_requests: answers::Sender<()>,
    init_errors: answers::Sender<Value>,
}

/// A local Runtime API.
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    events: events::UnboundedSender<Invocation>,
    next_requests: Mutex<answers::Receiver<()>>,
    init_errors: Mutex<answers::Receiver<Value>>,
    _runtime: Runtime,
}

impl RuntimeApi {
    pub fn start() -> Self {
        let (events, receiver) = events::unbounded_channel();
        let ((asked_sender, next_requests), (init_sender, init_errors)) = (answers::channel(), answers::channel());
        let shared = Arc::new(Shared {
            events: tokio::sync::Mutex::new(receiver),
            waiting: Mutex::default(),
            next_requests: asked_sender,
            init_errors: init_sender,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { serve(listener, router).await });
        let (next_requests, init_errors) = (Mutex::new(next_requests), Mutex::new(init_errors));
        Self { address, shared, events, next_requests, init_errors, _runtime: runtime }
    }

    /// `HOST:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Invokes the function with a time limit of one minute.
    pub fn invoke(&self, event: &Value) -> Outcome {
        self.invoke_within(event, Duration::from_secs(60))
    }

    /// Invokes the function with this time limit, from now.
    pub fn invoke_within(&self, event: &Value, time: Duration) -> Outcome {
        let (sender, outcome) = answers::channel();
        let id = {
            let mut waiting = self.shared.waiting.lock().unwrap();
            waiting.invocations += 1;
            let id = format!("8476a536-e9f4-11e8-9739-{:012}", waiting.invocations);
            waiting.outcomes.insert(id.clone(), sender);
            id
        };
        let event = serde_json::to_vec(event).unwrap();
        self.events.send(Invocation { id, event, deadline: SystemTime::now() + time }).unwrap();
        outcome.recv_timeout(TIMEOUT).expect("no outcome of the invocation")
    }

    /// Waits until the function requests another event.
    pub fn wait_for_next(&self) {
        self.next_requests.lock().unwrap().recv_timeout(TIMEOUT).expect("no request for an event");
    }

    /// Returns the error that the function reports if its start fails.
    pub fn init_error(&self) -> Value {
        self.init_errors.lock().unwrap().recv_timeout(TIMEOUT).expect("no initialization error")
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> (HeaderMap, Vec<u8>) {
    let _ = shared.next_requests.send(());
    let Some(invocation) = shared.events.lock().await.recv().await else { std::future::pending().await };
    let deadline = invocation.deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", ARN.to_owned()),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1".into(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    (headers.into_iter().collect(), invocation.event)
}

/// Accepts one outcome per invocation, like Lambda. Rejects repeated and unknown ones.
fn finish(shared: &Shared, id: &str, outcome: impl FnOnce(Value) -> Outcome, body: &Bytes) -> StatusCode {
    let Some(sender) = shared.waiting.lock().unwrap().outcomes.remove(id) else { return StatusCode::BAD_REQUEST };
    let _ = sender.send(outcome(serde_json::from_slice(body).expect("the response is not JSON")));
    StatusCode::ACCEPTED
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    finish(&shared, &id, Outcome::Response, &body)
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    finish(&shared, &id, Outcome::Error, &body)
}

async fn init_error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let _ = shared.init_errors.send(serde_json::from_slice(&body).expect("the error is not JSON"));
    StatusCode::ACCEPTED
}
