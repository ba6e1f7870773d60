//! AWS Lambda: instead of listening, the server fetches events from Lambda's Runtime API, one at a time, and answers each as it
//! would answer the request that the event tells of.

mod answer;
mod event;
mod init;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use tower::{Layer, Service};
use tracing::Instrument;

use super::signals::Signals;
use crate::app::App;
use crate::http::{EndsAt, ErrorResponse, Transport, TransportLayer};
use crate::start_error::StartError;
use agent_core::error::ErrorStatus;

use answer::{Answer, HeaderForm};
use event::HttpEvent;
pub(super) use init::report;

/// Answers events until the process is stopped.
pub(super) async fn serve(app: Arc<App>, router: Router, mut signals: Signals) -> Result<(), StartError> {
    init::check(|name| std::env::var(name).ok()).map_err(|problem| StartError::Lambda { problem })?;
    let agents = app.agents.len();
    let service = TransportLayer(app).layer(router.layer(middleware::from_fn(refuse_spoiled_body)));
    let runtime = Runtime::new(service_fn(move |event| respond(service.clone(), event)));
    tracing::info!(agents, "answers the events of AWS Lambda");
    tokio::select! {
        // An instance for which Lambda has no more use is frozen and then gone; signals come from elsewhere.
        signal = signals.first() => tracing::info!(signal, "stopping"),
        ended = runtime.run() => {
            ended.map_err(|error| StartError::Lambda { problem: format!("its Runtime API does not answer: {error}") })?;
        }
    }
    Ok(())
}

/// What Lambda shows of an event that is not answered: in the console, and to whoever invoked the function by hand.
fn unanswered(error_message: String) -> Diagnostic {
    Diagnostic { error_type: "NotAnHttpRequest".to_owned(), error_message }
}

async fn respond(service: Transport<Router>, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    let invocation = tracing::info_span!("lambda", request = %context.request_id);
    async move {
        let event = HttpEvent::read(&payload).map_err(|not_http| unanswered(not_http.to_string()))?;
        let form = if event.has_multi_value_headers() { HeaderForm::Lists } else { HeaderForm::Joined };
        let mut service = event.peer().map_or_else(|| service.clone(), |peer| service.clone().of_connection(peer));
        let mut request = event.into_request().map_err(|not_http| unanswered(not_http.to_string()))?;
        request.extensions_mut().insert(EndsAt(ends_at(&context)));
        let method = request.method().clone();
        // A router is always ready.
        let answered: Result<Response, Infallible> = service.call(request).await;
        let Ok(response) = answered;
        Answer::of(response, &method, form).await.map_err(unanswered)
    }
    .instrument(invocation)
    .await
}

/// When Lambda ends the invocation, whatever it does.
fn ends_at(context: &Context) -> Instant {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or(Duration::ZERO);
    Instant::now() + left
}

/// A request whose body cannot be read from its event, and why.
#[derive(Debug, Clone, Copy)]
struct SpoiledBody(&'static str);

/// Inside of what every answer has in common, so that a browser may read this one too.
async fn refuse_spoiled_body(request: Request, next: Next) -> Response {
    match request.extensions().get::<SpoiledBody>() {
        Some(SpoiledBody(why)) => ErrorResponse::new(ErrorStatus::BadRequest, *why).into_response(),
        None => next.run(request).await,
    }
}
