//! Servers that fail, or respond with nonsense.

use std::time::Duration;

use agent_core::error::AgentError;
use agent_models::served::{InferRequest, ServedError, ServedModel, ServedModelBuilder, Tensor};
use serde_json::json;
use test_support::scripted_server::{Reply, Request, Server, nobody};

fn builder(server: &str) -> ServedModelBuilder {
    ServedModel::builder(format!("{server}/v2/models/sam"))
}

fn request() -> InferRequest {
    InferRequest::new([Tensor::from_f32("x", [1], &[1.0]).unwrap()])
}

/// Responds with `reply` to inferences, and without extensions to other requests.
async fn server(mut reply: impl FnMut(usize) -> Reply + Send + 'static) -> Server {
    let mut inferences = 0;
    Server::start(move |request: &Request, _| {
        if !request.target.ends_with("/infer") {
            return Reply::json(200, &json!({"extensions": []}));
        }
        inferences += 1;
        reply(inferences - 1)
    })
    .await
}

async fn failure(reply: Reply) -> AgentError {
    let server = server(move |_| reply.clone()).await;
    builder(&server.base()).retries(0).max_response_bytes(1000).build().unwrap().infer(request()).await.unwrap_err()
}

#[tokio::test]
async fn nonsense_gives_a_sentence() {
    let invalid = |reason: &str| format!("The model server's response is invalid: {reason}.");
    for (reply, message) in [
        (
            Reply::text(200, "text/html", "<!doctype html>"),
            invalid("it is HTML instead of JSON; the URL may be that of another server"),
        ),
        (Reply::empty(200), invalid("it is empty")),
        (Reply::text(200, "text/plain", "hello"), invalid("it is not JSON: expected value at line 1 column 1")),
        (
            Reply::json(200, &json!({"outputs": "secret"})),
            invalid("it does not match the protocol at line 1 column 19"),
        ),
        (
            Reply::json(200, &json!({"outputs": []})).with_header("Inference-Header-Content-Length", "x"),
            invalid("its header inference-header-content-length is not a number"),
        ),
        (Reply::empty(302), "The model server rejected the request: 302 Found.".to_owned()),
        (
            Reply::text(500, "text/plain", "Traceback: secret"),
            "The model server rejected the request: 500 Internal Server Error.".to_owned(),
        ),
        (Reply::empty(404), "The model server does not have the model `sam`.".to_owned()),
        (Reply::Close, "The connection to the model server broke. Please try again.".to_owned()),
    ] {
        let error = failure(reply).await;
        assert_eq!(error.message(), message);
        assert_eq!(error.status().code(), 502);
    }
}

#[tokio::test]
async fn long_responses_are_not_read() {
    let message = "The model server's response is larger than the 1000 bytes that this agent reads.";
    let announced = Reply::Part { status: 200, headers: Vec::new(), announced: usize::MAX / 2, body: Vec::new() };
    for reply in [announced, Reply::Unannounced { body: vec![b' '; 1001] }] {
        let error = failure(reply).await;
        assert_eq!(error.message(), message);
        assert!(matches!(ServedError::from_agent_error(&error), Some(ServedError::ResponseTooLarge { limit: 1000 })));
    }
}

#[tokio::test]
async fn retries_what_is_safe() {
    let busy = || Reply::empty(503).with_header("Retry-After", "0");
    let ok = || Reply::json(200, &json!({"outputs": []}));
    let overloaded = server(move |number| if number < 2 { busy() } else { ok() }).await;
    builder(&overloaded.base()).build().unwrap().infer(request()).await.unwrap();
    let closing = server(move |number| if number < 1 { Reply::Close } else { ok() }).await;
    builder(&closing.base()).build().unwrap().infer(request()).await.unwrap();
    let rejecting = server(move |_| Reply::empty(500)).await;
    builder(&rejecting.base()).build().unwrap().infer(request()).await.unwrap_err();
    assert_eq!(rejecting.requests().len(), 2, "the extensions, and one inference");
}

#[tokio::test]
async fn unreachable_and_overloaded_servers_are_tried_later() {
    let unreachable = builder(&nobody().await).retries(1).build().unwrap().infer(request()).await.unwrap_err();
    assert_eq!(unreachable.message(), "The model server cannot be reached. Please try again in a moment.");
    let overloaded = failure(Reply::empty(429).with_header("Retry-After", "7")).await;
    assert_eq!(overloaded.message(), "The model server is busy or starting. Please try again in a moment.");
    assert_eq!(overloaded.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!((unreachable.status().code(), overloaded.status().code()).0, 503);
}

#[tokio::test]
async fn times_out() {
    let hanging = server(|_| Reply::Hang).await;
    let model = builder(&hanging.base()).timeout(Duration::from_millis(300)).build().unwrap();
    let error = model.infer(request()).await.unwrap_err();
    assert_eq!(
        (error.status().code().as_u16(), error.message()),
        (504, "The model server did not respond within 0.3 s.")
    );
}

#[test]
fn rejects_invalid_settings() {
    let error = ServedModel::builder("localhost:8000").build().unwrap_err();
    assert!(error.message().starts_with("Invalid URL of a model. Set it to"), "{error}");
}
