//! Endpoint of an agent: the steps of one call, in order.

mod after_call;
mod execution;
mod record;
mod server_timing;
mod span;
mod time_limit;

use std::future::Future;
use std::sync::Arc;

use agent_core::call::{CallContext, EditorCall};
use agent_core::definition::OnConflict;
use agent_core::dry_run;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::payload::{is_json, not_json};
use agent_core::response::Reply;
use agent_core::timings::Timings;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode, header};
use tracing::Instrument;

pub(crate) use self::execution::execute;
use self::record::CallRecord;
use self::span::CallSpan;
#[cfg(feature = "lambda")]
pub(crate) use self::time_limit::InvocationEnd;
pub(crate) use self::time_limit::TimeLimit;
use super::admission::admit;
use super::caller::Caller;
use super::error_response::{error_response, json_response};
use super::test_call::TestCall;
use super::transport::trace_of;
use crate::app::{AgentHandle, App, ServedAgent};
use crate::settings::{DryRuns, ErrorCauses};

/// Responds to a `POST` to an agent's path.
///
/// Not an `async fn`: the request is consumed before the future is created, so that the future stays small.
pub(crate) fn respond(agent: AgentHandle, request: Request) -> impl Future<Output = Response<Body>> + Send {
    let definition = &agent.served().agent.definition;
    let test = TestCall::from_headers(request.headers());
    let (parts, body) = request.into_parts();
    let trace = trace_of(&parts.extensions, &parts.headers);
    let (span, trace) = match test {
        None => CallSpan::begin(definition, trace),
        Some(_) => (CallSpan::none(), trace),
    };
    let time = TimeLimit::starting_now(definition.timeout, agent.app().settings.timeout, &parts.extensions);
    let client = parts.extensions.get::<Caller>().map(|caller| caller.address);
    let mut context = CallContext::new(Arc::clone(&agent.app().states), trace);
    if agent.app().settings.error_causes == ErrorCauses::InResponses {
        context = context.with_timings(Timings::default());
    }
    let call = EditorCall::new(definition, parts, context.with_client(client).with_deadline(time.deadline()));
    let mut record = CallRecord::new(agent, call, span, time.start());
    if test.is_some() {
        record.discard();
    }
    let span = record.span();
    let response = async move {
        let (app, served, call) = (record.app(), record.served(), record.call());
        if let Some(test) = test {
            return test.respond(app, &served.signature, call.headers(), body).await;
        }
        let result = process(app, served, call, body, time).await;
        shape(record, result)
    };
    response.instrument(span)
}

/// The steps between the request and the agent's result.
async fn process(
    app: &App,
    served: &ServedAgent,
    call: &EditorCall,
    body: Body,
    time: TimeLimit,
) -> Result<Reply, AgentError> {
    // Before the body is read, so that a rejected request takes no memory.
    require_json_from_pages(app, call.headers())?;
    let admitted = admit(app, served, call.headers(), body).await?;
    call.set_body(admitted.received.body);
    call.set_verified(admitted.received.verified);
    if dry_run::is_requested(call.headers()) {
        permit_dry_run(app, call)?;
        call.set_dry_run();
    }
    call.set_permit(&admitted.permit);
    execute_with_retries(app, served, call, time).await
}

/// Requires a signature of a dry run, unless the server gives them to everybody: a caller that learns what an agent would change
/// reads labels, and behind a proxy every caller looks local.
fn permit_dry_run(app: &App, call: &EditorCall) -> Result<(), AgentError> {
    if call.is_verified() || app.settings.dry_runs == DryRuns::Everyone {
        return Ok(());
    }
    let message =
        "This server does a dry run for signed calls only. Sign the call, or set AGENT_DRY_RUN=true on the server.";
    Err(AgentError::new(ErrorStatus::Forbidden, message))
}

/// Requires JSON from pages of other origins. For text or a form a browser sends no preflight, so that any page could run agents
/// that do not read the body.
fn require_json_from_pages(app: &App, headers: &HeaderMap) -> Result<(), AgentError> {
    let is_from_page = headers.contains_key(header::ORIGIN);
    if is_from_page && !is_json(headers) && app.settings.origins.allowed_origin(headers).is_none() {
        return Err(not_json());
    }
    Ok(())
}

/// Runs the agent, and again after a conflict if it has `on_conflict = "retry"`.
async fn execute_with_retries(
    app: &App,
    served: &ServedAgent,
    call: &EditorCall,
    time: TimeLimit,
) -> Result<Reply, AgentError> {
    let ServedAgent { agent, metrics, .. } = served;
    let mut result = execute(app, call, time, agent.run(call)).await;
    for _ in 0..OnConflict::RERUNS {
        match result {
            Err(error) if error.is_repeatable() && agent.definition.on_conflict == OnConflict::Retry => {
                metrics.conflict();
                let (agent_name, trace) = (agent.definition.name, call.trace().id().as_str());
                tracing::info!(agent = agent_name, trace, "the label row was changed meanwhile: again");
                let again = call.again();
                result = execute(app, &again, time, agent.run(&again)).await;
            }
            result => return result,
        }
    }
    result
}

/// Shapes the response: the result or the error as JSON, the durations of its parts, metrics and the log line.
fn shape(mut record: CallRecord, result: Result<Reply, AgentError>) -> Response<Body> {
    let result = result.map_err(|error| error.with_trace_id(record.call().trace().id().as_str()));
    record.end(result.as_ref());
    let (app, call) = (record.app(), record.call());
    let mut response = match result {
        Ok(reply) => {
            after_call::start(app, call);
            match call.dry_run() {
                Some(dry_run) => json_response(StatusCode::OK, dry_run.response(&reply.into_json())),
                None => {
                    call.start_deferred(&app.background);
                    json_response(StatusCode::OK, reply.into_json())
                }
            }
        }
        Err(error) => error_response(&error, app.settings.error_causes),
    };
    if let Some(timings) = call.timings() {
        server_timing::write(response.headers_mut(), timings, record.elapsed());
    }
    response
}
