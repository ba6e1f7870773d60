//! Servers that respond like the model servers of a case.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::exchange::{ModelExchange, ModelRecording, ModelRequest};
use super::recorder::{MAX_BODY_BYTES, problem};
use crate::server::serve;

/// The parts of a request to a model server that must be those of a recorded request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelMatch {
    /// Method, path, query and body.
    #[default]
    Request,
    /// Method, path and query. Several requests get the responses in the recorded order.
    Path,
}

/// Servers for the model servers of cases: one for each environment variable. They are stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct ModelPlayers {
    servers: Vec<Player>,
    current: Arc<Mutex<Current>>,
    _stop: watch::Sender<bool>,
}

#[derive(Debug)]
struct Player {
    variable: String,
    url: String,
    server: JoinHandle<()>,
}

/// The case that is replayed.
#[derive(Debug, Default)]
struct Current {
    exchanges: Vec<ModelExchange>,
    /// For each exchange: `true` after its response was used.
    used: Vec<bool>,
    rule: ModelMatch,
    problems: Vec<String>,
}

/// State of a server.
#[derive(Debug, Clone)]
struct Played {
    variable: Arc<str>,
    current: Arc<Mutex<Current>>,
}

impl ModelPlayers {
    /// Starts a server for each variable in the recordings. The first listens on `port`, and the others on the ports after it; 0
    /// selects free ports.
    ///
    /// # Errors
    /// A port cannot be bound.
    pub(crate) async fn start<'r>(
        recordings: impl IntoIterator<Item = &'r ModelRecording>,
        port: u16,
    ) -> std::io::Result<Self> {
        let mut variables = BTreeMap::new();
        for (variable, rest) in recordings.into_iter().flat_map(|recording| &recording.servers) {
            variables.entry(variable.clone()).or_insert_with(|| rest.clone());
        }
        let current = Arc::default();
        let (stop, stopped) = watch::channel(false);
        let (mut servers, mut port) = (Vec::new(), port);
        for (variable, rest) in variables {
            let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
            let url = format!("http://{}{rest}", listener.local_addr()?);
            let played = Played { variable: Arc::from(variable.as_str()), current: Arc::clone(&current) };
            let routes = Router::new().fallback(respond).with_state(played);
            let server = tokio::spawn(serve(listener, routes, stopped.clone()));
            servers.push(Player { variable, url, server });
            if port != 0 {
                port = port.saturating_add(1);
            }
        }
        Ok(Self { servers, current, _stop: stop })
    }

    /// Returns the environment variables of the agents.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.servers.iter().map(|player| (player.variable.as_str(), player.url.as_str()))
    }

    /// Responds as recorded in a case from now on.
    pub(crate) fn show(&self, recording: Option<&ModelRecording>, rule: ModelMatch) {
        let exchanges = recording.map(|recording| recording.exchanges.clone()).unwrap_or_default();
        let used = vec![false; exchanges.len()];
        *self.current() = Current { exchanges, used, rule, problems: Vec::new() };
    }

    /// Returns the problems since the case was shown: a line for each request without a recorded response.
    pub(crate) fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.current().problems)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Current {
    /// Returns the index of the response to a request: of one that was not used yet, or else of the last one.
    fn find(&self, variable: &str, request: &ModelRequest) -> Option<usize> {
        let is_same = |exchange: &ModelExchange| {
            let request_is_same = match self.rule {
                ModelMatch::Request => exchange.request == *request,
                ModelMatch::Path => exchange.request.has_target_of(request),
            };
            exchange.server == variable && request_is_same
        };
        let mut same = (0..self.exchanges.len()).filter(|index| is_same(&self.exchanges[*index]));
        let unused = same.clone().find(|index| !self.used[*index]);
        unused.or_else(|| same.next_back())
    }

    /// Describes a request without a recorded response.
    fn describe_missing(&self, variable: &str, request: &ModelRequest) -> String {
        let ModelRequest { method, target, bytes, .. } = request;
        let recorded = self.exchanges.iter().filter(|exchange| exchange.server == variable);
        let same_target = recorded.filter(|exchange| exchange.request.has_target_of(request)).count();
        if same_target == 0 {
            return format!("models: no recorded response to {method} {target} of {variable}");
        }
        let plural = if same_target == 1 { "" } else { "s" };
        format!(
            "models: no recorded response to {method} {target} of {variable} with this body of {bytes} bytes \
             ({same_target} request{plural} with another body); record the call again, or set models.match = \"path\""
        )
    }
}

async fn respond(State(played): State<Played>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY_BYTES).collect().await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "The request is incomplete or larger than 64 MiB.");
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let request = ModelRequest::new(head.method.as_str(), target, &body.to_bytes());
    let mut current = played.current.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(index) = current.find(&played.variable, &request) else {
        let missing = current.describe_missing(&played.variable, &request);
        let response = problem(StatusCode::NOT_IMPLEMENTED, &missing);
        current.problems.push(missing);
        return response;
    };
    current.used[index] = true;
    let recorded = &current.exchanges[index].response;
    let Some(body) = recorded.body() else {
        return problem(StatusCode::NOT_IMPLEMENTED, "The recorded body is not base64.");
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap_or(StatusCode::NOT_IMPLEMENTED);
    for (name, value) in &recorded.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::super::exchange::ModelResponse;
    use super::*;

    fn current(rule: ModelMatch) -> Current {
        let exchange = |body: &[u8]| ModelExchange {
            server: "MODEL_URL".to_owned(),
            request: ModelRequest::new("POST", "/predict", body),
            response: ModelResponse::new(200, &HeaderMap::new(), body),
        };
        Current { exchanges: vec![exchange(b"a"), exchange(b"b")], used: vec![false; 2], rule, problems: Vec::new() }
    }

    #[test]
    fn body_selects_the_response() {
        let current = current(ModelMatch::Request);
        let request = |body: &[u8]| ModelRequest::new("POST", "/predict", body);
        assert_eq!(current.find("MODEL_URL", &request(b"b")), Some(1));
        assert_eq!(current.find("MODEL_URL", &request(b"c")), None);
        assert_eq!(current.find("OTHER_URL", &request(b"b")), None);
        let missing = current.describe_missing("MODEL_URL", &request(b"c"));
        assert!(missing.contains("POST /predict of MODEL_URL with this body of 1 bytes (2 requests"), "{missing}");
        let missing = current.describe_missing("MODEL_URL", &ModelRequest::new("GET", "/health", b""));
        assert_eq!(missing, "models: no recorded response to GET /health of MODEL_URL");
    }

    #[test]
    fn path_gets_the_responses_in_order() {
        let mut current = current(ModelMatch::Path);
        let request = ModelRequest::new("POST", "/predict", b"c");
        for expected in [0, 1, 1] {
            let found = current.find("MODEL_URL", &request).unwrap();
            current.used[found] = true;
            assert_eq!(found, expected);
        }
    }
}
