//! A reverse proxy that records responses of a model server.

use std::collections::VecDeque;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::exchange::{ModelExchange, ModelRecording, ModelRequest, ModelResponse};
use super::server_url::ServerUrl;
use crate::agent_client::untrusting_tls_config;
use crate::outgoing;
use crate::server::serve;

/// Maximum request or response body, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 64 << 20;
/// Limits of the kept exchanges of a recorder. The oldest are dropped.
const MAX_EXCHANGES: usize = 1000;
const MAX_KEPT_BYTES: usize = 256 << 20;
/// Headers of a connection, which are not forwarded, and those that the forwarding client sets itself.
const NOT_FORWARDED: [HeaderName; 9] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A recorder of the responses of one model server, for calls that are saved as tests.
///
/// It forwards requests to the server, and keeps the responses. The agent's variable must have [`agent_url`](Self::agent_url) instead
/// of the server's own URL. A response is forwarded when it is complete, also if the server streams it. The recorder stops when the
/// last clone is dropped.
///
/// ```no_run
/// use agent_studio::replay::ModelRecorder;
/// use agent_studio::{LocalPlatform, Page};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let models = ModelRecorder::start("MODEL_URL").await?;
/// models.forward_to("http://127.0.0.1:9000/predict")?;
/// println!("export MODEL_URL={}", models.agent_url());
/// let page = Page::new().cases("cases").record_models(&models);
/// # let _ = LocalPlatform::builder().page(page);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ModelRecorder(Arc<Running>);

struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
    _stop: watch::Sender<bool>,
}

/// State of the requests.
struct Shared {
    variable: String,
    upstream: RwLock<Option<ServerUrl>>,
    client: reqwest::Client,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Number of requests that have arrived.
    arrived: u64,
    /// The number of each request, with its exchange and the size of the response.
    exchanges: VecDeque<(u64, ModelExchange, usize)>,
    bytes: usize,
    /// Number of the newest request that was dropped.
    dropped: Option<u64>,
}

/// Error of recording a model server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelRecorderError {
    /// The recorder cannot listen.
    #[error("cannot listen for requests to model servers: {0}")]
    Listen(#[source] std::io::Error),
    /// The HTTP client cannot be created.
    #[error("cannot create the HTTP client for model servers: {0}")]
    Client(String),
    /// The URL of the server is invalid.
    #[error("`{variable}` is not the URL of a model server: set it to a URL such as http://127.0.0.1:9000")]
    InvalidUrl {
        /// The environment variable.
        variable: String,
    },
}

impl ModelRecorder {
    /// Starts a recorder on a free port of this machine. `variable` is the environment variable with the server's URL.
    ///
    /// # Errors
    /// The recorder cannot listen, or the HTTP client cannot be created.
    pub async fn start(variable: impl Into<String>) -> Result<Self, ModelRecorderError> {
        // A machine without certificate authorities can still use servers over plain HTTP.
        let client = outgoing::tls_config().or_else(|_| untrusting_tls_config());
        let client = client.map_err(|error| ModelRecorderError::Client(error.to_string()))?;
        let client = outgoing::client_builder(client).build();
        let client = client.map_err(|error| ModelRecorderError::Client(error.to_string()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(ModelRecorderError::Listen)?;
        let address = listener.local_addr().map_err(ModelRecorderError::Listen)?;
        let (variable, upstream, kept) = (variable.into(), RwLock::default(), Mutex::default());
        let shared = Arc::new(Shared { variable, upstream, client, kept });
        let routes = Router::new().fallback(forward).with_state(Arc::clone(&shared));
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(listener, routes, stopped));
        Ok(Self(Arc::new(Running { shared, address, server, _stop: stop })))
    }

    /// Forwards requests to this server from now on.
    ///
    /// # Errors
    /// The URL is not an `http` or `https` URL.
    pub fn forward_to(&self, url: &str) -> Result<(), ModelRecorderError> {
        let upstream = ServerUrl::parse(url);
        let upstream =
            upstream.ok_or_else(|| ModelRecorderError::InvalidUrl { variable: self.variable().to_owned() })?;
        *self.0.shared.upstream.write().unwrap_or_else(PoisonError::into_inner) = Some(upstream);
        Ok(())
    }

    /// Returns the URL for the agent: the recorder's address, with the path of the server's URL.
    #[must_use]
    pub fn agent_url(&self) -> String {
        let upstream = self.0.shared.upstream.read().unwrap_or_else(PoisonError::into_inner);
        let rest = upstream.as_ref().map_or("", |upstream| &upstream.rest);
        format!("http://{}{rest}", self.0.address)
    }

    /// Returns the environment variable with the server's URL.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.0.shared.variable
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The server's URL may hold credentials.
        let mut recorder = f.debug_struct("ModelRecorder");
        recorder.field("variable", &self.shared.variable).field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Number of requests that each recorder had received at a time.
pub(crate) type Position = Vec<u64>;

/// The recorders of a studio.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelRecorders(Vec<ModelRecorder>);

impl ModelRecorders {
    pub(crate) fn add(&mut self, recorder: ModelRecorder) {
        self.0.push(recorder);
    }

    /// Returns the position at which a call begins or ends. `None` without recorders.
    pub(crate) fn position(&self) -> Option<Position> {
        let arrived = |recorder: &ModelRecorder| recorder.0.shared.kept().arrived;
        (!self.0.is_empty()).then(|| self.0.iter().map(arrived).collect())
    }

    /// Returns the exchanges between two positions. `None` if some of them are no longer kept.
    pub(crate) fn between(&self, from: &[u64], to: &[u64]) -> Option<ModelRecording> {
        let mut recording = ModelRecording::default();
        for ((recorder, from), to) in self.0.iter().zip(from).zip(to) {
            let kept = recorder.0.shared.kept();
            if kept.dropped.is_some_and(|dropped| dropped >= *from) {
                return None;
            }
            let mut exchanges: Vec<_> =
                kept.exchanges.iter().filter(|(number, ..)| (*from..*to).contains(number)).collect();
            if exchanges.is_empty() {
                continue;
            }
            exchanges.sort_by_key(|(number, ..)| *number);
            recording.exchanges.extend(exchanges.into_iter().map(|(_, exchange, _)| exchange.clone()));
            let upstream = recorder.0.shared.upstream.read().unwrap_or_else(PoisonError::into_inner);
            let rest = upstream.as_ref().map(|upstream| upstream.rest.clone()).unwrap_or_default();
            recording.servers.insert(recorder.variable().to_owned(), rest);
        }
        Some(recording)
    }
}

impl Shared {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request to the server.
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, HeaderMap, Bytes), String> {
        let failed = |error: reqwest::Error| outgoing::RequestError::from(error).to_string();
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            if body.len() + piece.len() > MAX_BODY_BYTES {
                return Err("the response is larger than 64 MiB".to_owned());
            }
            body.extend_from_slice(&piece);
        }
        Ok((status, headers, Bytes::from(body)))
    }
}

impl Kept {
    fn begin(&mut self) -> u64 {
        self.arrived += 1;
        self.arrived - 1
    }

    fn keep(&mut self, number: u64, exchange: ModelExchange, size: usize) {
        self.exchanges.push_back((number, exchange, size));
        self.bytes += size;
        while self.exchanges.len() > MAX_EXCHANGES || self.bytes > MAX_KEPT_BYTES {
            let Some((number, _, size)) = self.exchanges.pop_front() else { break };
            self.bytes -= size;
            self.dropped = self.dropped.max(Some(number));
        }
    }
}

/// Forwards a request, and records the response.
async fn forward(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let number = shared.kept().begin();
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY_BYTES).collect().await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "The request is incomplete or larger than 64 MiB.");
    };
    let body = body.to_bytes();
    let upstream = shared.upstream.read().unwrap_or_else(PoisonError::into_inner).clone();
    let variable = &shared.variable;
    let Some(upstream) = upstream else {
        return problem(StatusCode::BAD_GATEWAY, &format!("{variable} has no model server."));
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let forwarded = shared.client.request(head.method.clone(), upstream.at(target));
    let sent = forwarded.headers(forwarded_headers(&head.headers)).body(body.clone());
    let (status, headers, answer) = match shared.send(sent).await {
        Ok(received) => received,
        Err(error) => {
            return problem(
                StatusCode::BAD_GATEWAY,
                &format!("The model server of {variable} did not respond: {error}."),
            );
        }
    };
    let exchange = ModelExchange {
        server: variable.clone(),
        request: ModelRequest::new(head.method.as_str(), target, &body),
        response: ModelResponse::new(status, &headers, &answer),
    };
    shared.kept().keep(number, exchange, answer.len());
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = forwarded_headers(&headers);
    response
}

fn forwarded_headers(headers: &HeaderMap) -> HeaderMap {
    let named = |name: &HeaderName| {
        let connection = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
        connection.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(name.as_str()))
    };
    let is_forwarded = |name: &HeaderName| !NOT_FORWARDED.contains(name) && !named(name);
    let pairs = headers.iter().filter(|(name, _)| is_forwarded(name));
    let mut forwarded = HeaderMap::new();
    for (name, value) in pairs {
        forwarded.append(name, value.clone());
    }
    forwarded
}

/// Returns an error in the form of most model servers.
pub(super) fn problem(status: StatusCode, message: &str) -> Response<Body> {
    let body = serde_json::json!({ "error": { "message": message } });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> ModelExchange {
        ModelExchange {
            server: "MODEL_URL".to_owned(),
            request: ModelRequest::new("POST", "/", b""),
            response: ModelResponse::new(200, &HeaderMap::new(), b""),
        }
    }

    #[test]
    fn drops_the_oldest_exchanges() {
        let mut kept = Kept::default();
        for _ in 0..MAX_EXCHANGES + 2 {
            let number = kept.begin();
            kept.keep(number, exchange(), 1);
        }
        assert_eq!((kept.exchanges.len(), kept.bytes, kept.dropped), (MAX_EXCHANGES, MAX_EXCHANGES, Some(1)));
        let number = kept.begin();
        kept.keep(number, exchange(), MAX_KEPT_BYTES);
        assert_eq!((kept.exchanges.len(), kept.bytes), (1, MAX_KEPT_BYTES));
    }

    #[test]
    fn headers_of_the_connection_are_not_forwarded() {
        let pairs =
            [("host", "a"), ("connection", "x-hop, close"), ("x-hop", "a"), ("authorization", "b"), ("x-a", "c")];
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let forwarded = forwarded_headers(&headers);
        let mut names: Vec<_> = forwarded.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "x-a"]);
    }
}
