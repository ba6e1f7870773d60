//! gRPC servers that fail, or respond with nonsense.

use std::time::Duration;

use agent_core::error::AgentError;
use agent_core::readiness::{Readiness, ReadinessState};
use agent_models::served::{InferRequest, ServedError, ServedModel, Tensor};
use h2::Reason;
use test_support::scripted_server::{self, Server};
use tokio::io::AsyncWriteExt;

use crate::grpc_server::{GrpcServer, Reply, field, framed, output};

const OK: (&str, &str) = ("grpc-status", "0");

fn request() -> InferRequest {
    InferRequest::new([Tensor::from_f32("x", [1], &[1.0]).unwrap()])
}

async fn failure(reply: Reply) -> AgentError {
    let server = GrpcServer::always(reply).await;
    let builder = ServedModel::builder(&server.url).retries(0).max_response_bytes(1000);
    builder.build().unwrap().infer(request()).await.unwrap_err()
}

fn status(code: &'static str, message: &'static str) -> Reply {
    Reply::Headers(200, vec![("grpc-status", code), ("grpc-message", message)])
}

#[tokio::test]
async fn grpc_nonsense_gives_a_sentence() {
    let invalid = |reason: &str| format!("The model server's response is invalid: {reason}.");
    let message = output("y", 2.0);
    let compressed = [&[1], &framed(&message)[1..]].concat();
    for (reply, expected) in [
        (Reply::Data(vec![0, 0], vec![OK]), invalid("it has no message")),
        (Reply::Data(Vec::new(), vec![OK]), invalid("it has no message")),
        (Reply::Data(compressed, vec![OK]), invalid("it is compressed, which was not requested")),
        (
            Reply::Data(framed(&message)[..20].to_vec(), vec![OK]),
            invalid(&format!("its message should be {} bytes long, of 15 bytes", message.len())),
        ),
        (
            Reply::Data([framed(b""), framed(b"")].concat(), vec![OK]),
            invalid("its message should be 0 bytes long, of 5 bytes"),
        ),
        (Reply::Data(framed(&message), vec![]), invalid("it is not that of a gRPC server")),
        (Reply::Data(framed(&message), vec![("grpc-status", "ok")]), invalid("it is not that of a gRPC server")),
        (Reply::Headers(200, vec![]), invalid("it is not that of a gRPC server")),
        (Reply::Headers(404, vec![]), "The model server rejected the request: 404 Not Found.".to_owned()),
        (status("3", "shape"), "The model server rejected the request: INVALID_ARGUMENT.".to_owned()),
        (status("99", ""), "The model server rejected the request: UNKNOWN.".to_owned()),
        (status("5", ""), "The model server does not have the model `sam`.".to_owned()),
    ] {
        let error = failure(reply).await;
        assert_eq!((error.message(), error.status().code().as_u16()), (&*expected, 502));
    }
    let error = failure(Reply::Data(framed(&[0xff; 8]), vec![OK])).await;
    assert!(error.message().contains("it is not Protobuf"), "{error}");
}

#[tokio::test]
async fn grpc_message_is_decoded_for_the_log() {
    let error = failure(status("3", "unexpected shape %5B1%5D")).await;
    assert!(error.chain().contains("unexpected shape [1]"), "{}", error.chain());
    assert!(!error.message().contains("shape"));
}

#[tokio::test]
async fn grpc_call_times_out_and_is_cancelled() {
    let server = GrpcServer::always(Reply::Hang).await;
    let model = ServedModel::builder(&server.url).timeout(Duration::from_millis(300)).build().unwrap();
    let error = model.infer(request()).await.unwrap_err();
    assert_eq!(
        (error.status().code().as_u16(), error.message()),
        (504, "The model server did not respond within 0.3 s.")
    );
    server.wait_for_reset().await;
    assert_eq!(server.calls().len(), 1, "timeouts are not retried");
}

#[tokio::test]
async fn grpc_retries_what_is_safe() {
    let busy = || Reply::Headers(200, vec![("grpc-status", "14")]);
    let ok = || Reply::Data(framed(&output("y", 2.0)), vec![OK]);
    for first in
        [busy(), Reply::Headers(503, vec![]), Reply::Reset(Reason::INTERNAL_ERROR), status("8", "queue is full")]
    {
        let server = GrpcServer::start(move |_, number| if number == 0 { first.clone() } else { ok() }).await;
        let model = ServedModel::builder(&server.url).build().unwrap();
        assert_eq!(model.infer(request()).await.unwrap().f32("y", &[1]).unwrap(), [2.0]);
        assert_eq!((server.calls().len(), model.counts().requests), (2, 2));
    }
    let rejecting = GrpcServer::always(status("13", "")).await;
    ServedModel::builder(&rejecting.url).build().unwrap().infer(request()).await.unwrap_err();
    assert_eq!(rejecting.calls().len(), 1);
}

#[tokio::test]
async fn unavailable_grpc_servers_are_tried_later() {
    let error = failure(status("14", "connection refused")).await;
    assert_eq!(error.message(), "The model server is busy or starting. Please try again in a moment.");
    assert_eq!((error.status().code().as_u16(), error.retry_after()), (503, Some(Duration::from_secs(1))));
    let url = scripted_server::nobody().await.replace("http", "grpc");
    let model = ServedModel::builder(format!("{url}/v2/models/sam")).retries(0).build().unwrap();
    let error = model.infer(request()).await.unwrap_err();
    assert_eq!(error.message(), "The model server cannot be reached. Please try again in a moment.");
    assert_eq!(model.read().await, ReadinessState::Starting);
}

#[tokio::test]
async fn long_grpc_messages_are_not_read_or_repeated() {
    let long = Reply::Data(framed(&[0; 2000]), vec![OK]);
    let endless = GrpcServer::always(Reply::Endless).await;
    let model = ServedModel::builder(&endless.url).max_response_bytes(1000).build().unwrap();
    for error in [failure(long).await, model.infer(request()).await.unwrap_err()] {
        assert!(matches!(ServedError::from_agent_error(&error), Some(ServedError::ResponseTooLarge { limit: 1000 })));
    }
    endless.wait_for_reset().await;
    let server = GrpcServer::always(status("8", "Received message larger than max (5 vs. 4)")).await;
    let error = ServedModel::builder(&server.url).build().unwrap().infer(request()).await.unwrap_err();
    assert_eq!(error.message(), "The request is larger than the model server accepts.");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn broken_frames_give_a_sentence() {
    let broken = "The connection to the model server broke. Please try again.";
    // A server of HTTP/1.1, and one that sends bytes which are not frames.
    let old = Server::always(scripted_server::Reply::empty(200)).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let garbage = format!("grpc://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&[0xff; 64]).await;
        }
    });
    for server in [old.base().replace("http", "grpc"), garbage] {
        let builder = ServedModel::builder(format!("{server}/v2/models/sam")).retries(0);
        let error = builder.timeout(Duration::from_secs(5)).build().unwrap().infer(request()).await.unwrap_err();
        assert_eq!(error.message(), broken);
    }
}

#[tokio::test]
async fn calls_torch_serve_in_its_dialect() {
    let server = GrpcServer::start(|call, _| {
        if call.path != "/org.pytorch.serve.grpc.openinference.GRPCInferenceService/ModelInfer" {
            return status("12", "Method not found");
        }
        // The input is typed, and there are no raw tensors.
        let contents = field(5, &field(6, &1_f32.to_le_bytes()));
        assert!(call.message.ends_with(&contents), "{:?}", call.message);
        Reply::Data(framed(&output("y", 2.0)), vec![OK])
    })
    .await;
    let model = ServedModel::builder(&server.url).build().unwrap();
    for _ in 0..2 {
        assert_eq!(model.infer(request()).await.unwrap().f32("y", &[1]).unwrap(), [2.0]);
    }
    assert_eq!(server.calls().len(), 3, "the dialect is remembered");
    let neither = failure(status("12", "Method not found")).await;
    assert_eq!(neither.message(), "The model server rejected the request: UNIMPLEMENTED.");
}
