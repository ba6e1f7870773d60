//! One call of an agent, from the request's bytes to the answer's.

use std::any::Any;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode, header};
use futures_util::FutureExt;
use tracing::field::DisplayValue;

use agent_core::panic_message::panic_message;

use super::admission::admit;
use super::call_time::CallTime;
use super::caller::Caller;
use super::cors;
use super::error_response::{error_response, json_response};
use super::test_call::TestCall;
use crate::app::{App, ServedAgent};
use crate::metrics::InFlight;
use agent_core::agent::Agent;
use agent_core::agent::OnConflict;
use agent_core::agent::call::EditorCall;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::payload::{is_json, not_json};
use agent_core::response::{MAX_SHOWN_MESSAGE, Reply};
use agent_core::trace::Trace;

/// Answers a `POST` to an agent's path.
///
/// Not an `async fn`: the request goes straight into the call, so that the future stays small.
pub(crate) fn answer(
    app: Arc<App>,
    served: Arc<ServedAgent>,
    request: Request,
) -> impl Future<Output = Response<Body>> + Send {
    let agent = served.agent;
    let test = TestCall::of(request.headers());
    let (parts, body) = request.into_parts();
    let trace = Trace::of(&parts.headers);
    let time = CallTime::starting(agent.timeout, app.settings.timeout, &parts.extensions);
    let client = parts.extensions.get::<Caller>().map(|caller| caller.address);
    let call = EditorCall::new(agent, parts, client, trace, Arc::clone(&app.states), time.deadline());
    let record = CallRecord {
        call: call.clone(),
        start: time.start(),
        finished: test.is_some(),
        _in_flight: served.metrics.begin(),
    };
    async move {
        if let Some(test) = test {
            return test.answer(&app, &served.signature, call.headers(), body).await;
        }
        let answered = attempt(&app, &served, &call, body, time).await;
        respond(&app, &served, &call, answered, record)
    }
}

fn respond(
    app: &App,
    served: &ServedAgent,
    call: &EditorCall,
    answered: Result<Reply, AgentError>,
    mut record: CallRecord,
) -> Response<Body> {
    let status = answered.as_ref().map_or_else(|error| error.status().code(), |_| StatusCode::OK);
    served.metrics.responded(status, record.start.elapsed(), call.save_counts());
    let length = answered.as_ref().map_or_else(|error| error.message().chars().count(), Reply::message_length);
    if length > MAX_SHOWN_MESSAGE {
        served.long_message.call_once(|| warn_of_length(call, length));
    }
    let mut response = match answered {
        Ok(reply) => {
            record.finish(StatusCode::OK, None);
            call.deferred().begin(&app.background);
            json_response(StatusCode::OK, reply.into_json())
        }
        Err(error) => {
            let error = error.with_trace_id(call.trace().id());
            record.finish(status, Some(&error));
            error_response(&error, app.settings.show_internals)
        }
    };
    call.trace().write(response.headers_mut());
    response
}

/// The log names the agent once, so that its author puts the verdict first.
fn warn_of_length(call: &EditorCall, length: usize) {
    let (agent, trace) = (call.agent(), call.trace().id());
    tracing::warn!(
        agent,
        trace,
        length,
        "the message is longer than the {MAX_SHOWN_MESSAGE} characters that the platform shows: put the verdict first, or shorten it"
    );
}

async fn attempt(
    app: &App,
    served: &ServedAgent,
    call: &EditorCall,
    body: Body,
    time: CallTime,
) -> Result<Reply, AgentError> {
    let ServedAgent { agent, metrics, .. } = served;
    // Before the body is read, so that a request that is refused costs no memory.
    asked_first(app, call.headers())?;
    let admitted = admit(app, served, call.headers(), body).await?;
    call.set_body(admitted.received.body);
    call.set_verified(admitted.received.verified);
    call.set_permit(&admitted.permit);
    let mut done = run(app, agent, call, time).await;
    for _ in 0..OnConflict::RERUNS {
        match done {
            Err(error) if error.is_repeatable() && agent.on_conflict == OnConflict::Retry => {
                metrics.conflict();
                tracing::info!(
                    agent = agent.name,
                    trace = call.trace().id(),
                    "the label row was changed meanwhile: again"
                );
                done = run(app, agent, &call.again(), time).await;
            }
            done => return done,
        }
    }
    done
}

/// A page of any origin may have a browser send text or a form without asking this server first, and so would run agents
/// that take nothing of the body. For JSON it has to ask.
fn asked_first(app: &App, headers: &HeaderMap) -> Result<(), AgentError> {
    let is_of_a_page = headers.contains_key(header::ORIGIN);
    if is_of_a_page && !is_json(headers) && cors::allowed_origin(&app.settings.origins, headers).is_none() {
        return Err(not_json());
    }
    Ok(())
}

/// Waits until then, or for ever. The timer is made when it is first waited for: most calls never do.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// Waits until the call's time is over. What is being saved then has a little longer: an answer that says whether the
/// labels were saved is worth the wait. Tells whether the save is still under way.
async fn until_given_up(call: &EditorCall, time: CallTime) -> bool {
    until(time.deadline()).await;
    tokio::select! {
        () = call.committed() => {}
        () = until(time.last_confirmation()) => {}
    }
    call.is_committing()
}

/// Waits until the server ends. Tells whether a save is under way.
async fn until_ended(app: &App, call: &EditorCall) -> bool {
    app.lifecycle.aborted().await;
    call.is_committing()
}

/// Runs the agent until it is done, panics, runs out of time, or the server ends.
async fn run(app: &App, agent: &'static Agent, call: &EditorCall, time: CallTime) -> Result<Reply, AgentError> {
    let work = AssertUnwindSafe(agent.run(call)).catch_unwind();
    // Once one of these is over the others are dropped, and with the work the knowledge that it was saving.
    tokio::select! {
        biased;
        done = work => done.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))),
        saving = until_ended(app, call) => {
            if saving {
                return Err(unconfirmed());
            }
            let message = "The server is stopping, so the agent was not finished. Please try again.";
            Err(AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(1)))
        }
        saving = until_given_up(call, time) => {
            if saving {
                return Err(unconfirmed());
            }
            let seconds = time.limit.unwrap_or_default().as_secs_f64();
            Err(AgentError::new(ErrorStatus::GatewayTimeout, format!("The agent did not finish within {seconds} s.")))
        }
    }
}

/// The call ends while its labels are being saved.
fn unconfirmed() -> AgentError {
    let message = "The agent is done, but the platform did not confirm in time that the labels were saved. \
                   Reload the task to see whether they are there.";
    AgentError::new(ErrorStatus::GatewayTimeout, message)
}

fn panicked(panic: &(dyn Any + Send)) -> AgentError {
    AgentError::internal(format!("the agent panicked: {}", panic_message(panic)))
}

/// One line of log per call, also for a call whose caller goes away.
struct CallRecord {
    call: EditorCall,
    start: Instant,
    finished: bool,
    _in_flight: InFlight,
}

impl CallRecord {
    fn millis(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn client(&self) -> Option<DisplayValue<IpAddr>> {
        self.call.client().map(tracing::field::display)
    }

    fn finish(&mut self, status: StatusCode, error: Option<&AgentError>) {
        self.finished = true;
        let (agent, trace, status, ms) = (self.call.agent(), self.call.trace().id(), status.as_u16(), self.millis());
        let payload = self.call.payload_if_read();
        let project = payload.map(|payload| tracing::field::display(payload.project_hash));
        let data = payload.map(|payload| tracing::field::display(payload.data_hash));
        let frame = payload.and_then(|payload| payload.frame);
        let client = self.client();
        let Some(error) = error else {
            tracing::info!(agent, status, ms, client, trace, project, data, frame, "answered");
            return;
        };
        // Text fields are written in quotes and escaped, so that what a caller sent cannot forge a line.
        let (said, cause) = (error.message(), Some(error.chain()).filter(|chain| !chain.is_empty()));
        if status >= 500 {
            tracing::error!(agent, status, ms, client, trace, project, data, frame, said, cause, "failed");
        } else {
            tracing::info!(agent, status, ms, client, trace, project, data, frame, said, cause, "refused");
        }
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        if !self.finished {
            let (agent, trace) = (self.call.agent(), self.call.trace().id());
            let client = self.client();
            tracing::info!(agent, ms = self.millis(), client, trace, "the caller went away; the agent was stopped");
        }
    }
}
