//! Inference, metadata and readiness.

use agent_core::readiness::{Readiness, ReadinessState};
use agent_models::served::{Datatype, InferRequest, ServedModel, Tensor};
use test_support::scripted_server::{Reply, Server};

use crate::double_server::DoubleServer;

#[tokio::test]
async fn infers_with_binary_and_json_tensors() {
    for binary in [true, false] {
        let url = DoubleServer { binary, ..DoubleServer::default() }.start().await;
        let model = ServedModel::builder(url).build().unwrap();
        // Large enough to be encoded on another thread.
        let numbers: Vec<f32> = (0_u16..40_000).map(f32::from).collect();
        let input = Tensor::from_f32("x", [20_000, 2], &numbers).unwrap();
        let response = model.infer(InferRequest::new([input])).await.unwrap();
        let doubled: Vec<f32> = numbers.iter().map(|value| value * 2.0).collect();
        assert_eq!(response.f32("y", &[-1, 2]).unwrap(), doubled);
    }
}

#[tokio::test]
async fn reads_metadata() {
    let model = ServedModel::builder(DoubleServer::default().start().await).build().unwrap();
    let metadata = model.metadata().await.unwrap();
    let input = metadata.input("x").unwrap();
    assert_eq!((input.datatype, &*input.shape), (Datatype::Fp32, &[-1, 2][..]));
    assert!(metadata.output("y").is_some() && metadata.output("x").is_none());
}

#[tokio::test]
async fn model_is_starting_until_it_was_ready() {
    let server = Server::always(Reply::empty(503)).await;
    let model = ServedModel::builder(format!("{}/v2/models/sam", server.base())).build().unwrap();
    assert_eq!((model.read().await, Readiness::name(&model)), (ReadinessState::Starting, "sam"));
    // Frequent questions are answered from memory.
    model.read().await;
    let targets: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/v2/models/sam/ready"]);

    let model = ServedModel::builder(DoubleServer::default().start().await).build().unwrap();
    assert_eq!(model.read().await, ReadinessState::Ready);
}

#[tokio::test]
async fn failing_model_was_ready_before() {
    let metadata = serde_json::json!({"name": "sam"});
    let script = move |request: &test_support::scripted_server::Request, _| match request.target.ends_with("ready") {
        true => Reply::empty(400),
        false => Reply::json(200, &metadata),
    };
    let server = Server::start(script).await;
    let model = ServedModel::builder(format!("{}/v2/models/sam", server.base())).build().unwrap();
    model.metadata().await.unwrap();
    assert_eq!(model.read().await, ReadinessState::Failing);
}

#[tokio::test]
async fn sends_credentials_without_showing_them() {
    let server = Server::always(Reply::json(200, &serde_json::json!({}))).await;
    let builder = ServedModel::builder(format!("{}/v2/models/sam/versions/2", server.base())).bearer_token("secret");
    assert!(!format!("{builder:?}").contains("secret"));
    let model = builder.build().unwrap();
    model.metadata().await.unwrap();
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(
        (request.header("authorization"), &*request.target),
        (Some("Bearer secret"), "/v2/models/sam/versions/2")
    );
    assert!(!format!("{model:?}").contains("secret"));
    let invalid = ServedModel::builder("http://x/v2/models/sam").bearer_token("two\nlines").build().unwrap_err();
    assert!(!format!("{invalid:?}").contains("lines"), "{invalid:?}");
}
