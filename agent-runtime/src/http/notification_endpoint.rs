//! Endpoint of a notification handler: verifies and parses the notification, responds, and runs the handler afterwards.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};

use super::admission::receive;
use super::caller::Caller;
use super::error_response::{error_response, json_response};
use super::test_call::TestCall;
use super::transport::trace_of;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::notification::{Envelope, NotificationCall, NotificationError, refusal};

use crate::app::{App, ServedHandler};
use crate::notification::{DeliveryOutcome, Job};
use agent_core::response::{AgentResponse, IntoReply, Reply};
use agent_core::trace::Trace;

/// Responds to a `POST` to a handler's path.
pub(crate) async fn respond(app: Arc<App>, served: Arc<ServedHandler>, request: Request) -> Response<Body> {
    if let Some(test) = TestCall::from_headers(request.headers()) {
        let (parts, body) = request.into_parts();
        return test.respond(&app, &served.signature, &parts.headers, body).await;
    }
    let trace = trace_of(request.extensions(), request.headers());
    let client = request.extensions().get::<Caller>().map(|caller| tracing::field::display(caller.address));
    let name = served.handler.name;
    match accept(&app, &served, request, &trace).await {
        Ok(reply) => json_response(StatusCode::OK, reply.into_json()),
        Err(error) => {
            let error = error.with_trace_id(trace.id().as_str());
            let (status, cause) = (error.status().code().as_u16(), error.chain());
            tracing::warn!(
                handler = name,
                status,
                client,
                trace = trace.id().as_str(),
                said = error.message(),
                cause,
                "refused a notification"
            );
            error_response(&error, app.settings.error_causes)
        }
    }
}

async fn accept(app: &Arc<App>, served: &ServedHandler, request: Request, trace: &Trace) -> Result<Reply, AgentError> {
    let (parts, body) = request.into_parts();
    // Notifications take no call permit: the queue of the background pool limits them.
    let received = receive(app, &served.signature, &parts.headers, body).await?;
    let (body, is_verified) = (received.body, received.verified);
    let name = served.handler.name;
    let read = Envelope::read(&body, served.takes.event_type).and_then(|envelope| {
        let delivery = (served.takes.delivery)(&envelope)?;
        Ok((envelope, delivery))
    });
    let (envelope, delivery) = match read {
        Ok(read) => read,
        // The platform may send several event types to one address: a notification of another type is not an error.
        Err(other @ NotificationError::OtherEvent { .. }) => {
            tracing::info!(handler = name, trace = trace.id().as_str(), "{other}");
            return AgentResponse::message(other.to_string()).into_reply();
        }
        Err(unread) => return Err(refusal(&unread)),
    };
    let call = NotificationCall::new(envelope, Arc::clone(&app.states), trace.clone());
    let uid = delivery.uid;
    match served.inbox.deliver(&app.background, served.handler, Job { delivery, call, is_verified }) {
        DeliveryOutcome::Accepted => {
            tracing::info!(handler = name, %uid, trace = trace.id().as_str(), "took a notification");
            Ok(Reply::NOTHING)
        }
        DeliveryOutcome::Coalesced => {
            tracing::info!(handler = name, %uid, trace = trace.id().as_str(), "coalesced a notification with work that is under way");
            AgentResponse::message("This work waits or is under way already; what is new is done afterwards.")
                .into_reply()
        }
        DeliveryOutcome::Redelivered => {
            tracing::info!(handler = name, %uid, trace = trace.id().as_str(), "ignored a repeated notification");
            AgentResponse::message("This notification has come before.").into_reply()
        }
        DeliveryOutcome::Overloaded => {
            let message = "This server has too many notifications to work on. Please send it again later.";
            let error = AgentError::new(ErrorStatus::ServiceUnavailable, message);
            Err(error.with_retry_after(Duration::from_secs(10)))
        }
    }
}
