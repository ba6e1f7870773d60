//! AWS Lambda (feature `lambda`): instead of listening, the server fetches events from Lambda's Runtime API, one at a time, and
//! responds to each as to the request that the event describes.

mod event;
mod init;
mod response;

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
use crate::http::{ErrorResponse, InvocationEnd, Transport, TransportLayer};
use crate::otel;
use crate::start_error::StartError;
use agent_core::error::ErrorStatus;

use event::HttpEvent;
pub(super) use init::report;
use response::{HeaderForm, LambdaResponse};

/// Maximum time by which the export of a call's traces delays its response.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves events until the process is stopped.
pub(super) async fn serve(app: Arc<App>, router: Router, mut signals: Signals) -> Result<(), StartError> {
    init::check(|name| std::env::var(name).ok()).map_err(|problem| StartError::Lambda { problem })?;
    let agents = app.agents.len();
    let service = TransportLayer(app).layer(router.layer(middleware::from_fn(reject_invalid_body)));
    let runtime = Runtime::new(service_fn(move |event| respond(service.clone(), event)));
    tracing::info!(agents, "answers the events of AWS Lambda");
    tokio::select! {
        // Lambda freezes an unused instance and then kills it without a signal. Signals come from local tools.
        signal = signals.first() => tracing::info!(signal, "stopping"),
        ended = runtime.run() => {
            ended.map_err(|error| StartError::Lambda { problem: format!("its Runtime API does not answer: {error}") })?;
        }
    }
    Ok(())
}

/// The error of an event that is not an HTTP request. Lambda shows it in the console, and to whoever invoked the function.
fn not_http(error_message: String) -> Diagnostic {
    Diagnostic { error_type: "NotAnHttpRequest".to_owned(), error_message }
}

async fn respond(
    mut service: Transport<Router>,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<LambdaResponse, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    let invocation = tracing::info_span!("lambda", request = %context.request_id);
    let response = async move {
        let event = HttpEvent::read(&payload).map_err(|error| not_http(error.to_string()))?;
        let form = if event.has_multi_value_headers() { HeaderForm::Lists } else { HeaderForm::Joined };
        let caller = event.caller();
        let mut request = event.into_request().map_err(|error| not_http(error.to_string()))?;
        request.extensions_mut().insert(InvocationEnd(invocation_end(&context)));
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        let method = request.method().clone();
        // A router is always ready.
        let response: Result<Response, Infallible> = service.call(request).await;
        let Ok(response) = response;
        LambdaResponse::from_response(response, &method, form).await.map_err(not_http)
    }
    .instrument(invocation)
    .await;
    // Lambda stops the program after the response.
    otel::flush(FLUSH_TIMEOUT).await;
    response
}

/// Returns the time at which Lambda ends the invocation.
fn invocation_end(context: &Context) -> Instant {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or(Duration::ZERO);
    Instant::now() + left
}

/// Request extension: the reason why the body cannot be decoded from its event.
#[derive(Debug, Clone, Copy)]
struct InvalidBody(&'static str);

/// Rejects requests with an invalid body. Inside of the transport layers, so that a browser can read the response.
async fn reject_invalid_body(request: Request, next: Next) -> Response {
    match request.extensions().get::<InvalidBody>() {
        Some(InvalidBody(reason)) => ErrorResponse::new(ErrorStatus::BadRequest, *reason).into_response(),
        None => next.run(request).await,
    }
}
