//! Inputs that are sent once, against servers with and without the extension.

use std::time::Duration;

use agent_models::served::{Batching, InferRequest, ServedModel, Tensor};
use serde_json::{Value, json};
use test_support::scripted_server::{Reply, Request, Server};

fn request() -> InferRequest {
    let image = Tensor::from_u8("image", [1, 2048], vec![7; 2048]).unwrap().sent_once();
    InferRequest::new([image, Tensor::from_f32("x", [1, 1], &[1.0]).unwrap()])
}

/// Starts a server without binary tensors that answers inferences with `reply`, by their number.
async fn server(mut reply: impl FnMut(&Value, usize) -> Reply + Send + 'static) -> (Server, ServedModel) {
    let mut inferences = 0;
    let server = Server::start(move |request: &Request, _| {
        if !request.target.ends_with("/infer") {
            return Reply::json(200, &json!({"extensions": []}));
        }
        inferences += 1;
        reply(&request.json(), inferences - 1)
    })
    .await;
    let model = ServedModel::builder(format!("{}/v2/models/sam", server.base())).build().unwrap();
    (server, model)
}

fn keeping() -> Reply {
    Reply::json(200, &json!({"outputs": [], "parameters": {"kept_tensors": "sha256"}}))
}

/// Returns the names of the inputs of each inference.
fn inputs(server: &Server) -> Vec<Vec<String>> {
    let inferences = server.requests().into_iter().filter(|request| request.target.ends_with("/infer"));
    let names = |request: Request| {
        let inputs = request.json()["inputs"].as_array().unwrap().clone();
        inputs.iter().map(|input| input["name"].as_str().unwrap().to_owned()).collect()
    };
    inferences.map(names).collect()
}

const ALL: [&str; 2] = ["image", "x"];

#[tokio::test]
async fn further_requests_have_the_digest_only() {
    let (server, model) = server(|request, _| {
        let digest = request["parameters"]["tensor_sha256:image"].as_str().unwrap();
        assert_eq!(digest.len(), 64);
        keeping()
    })
    .await;
    for _ in 0..3 {
        model.infer(request()).await.unwrap();
    }
    assert_eq!(inputs(&server), [&ALL[..], &["x"], &["x"]]);
    assert_eq!((model.counts().requests, model.counts().bytes_saved), (3, 4096));
}

#[tokio::test]
async fn unmarked_and_small_inputs_are_always_sent() {
    let (server, model) = server(|request, _| {
        assert_eq!(request["parameters"], Value::Null);
        keeping()
    })
    .await;
    let small = Tensor::from_u8("image", [1], vec![7]).unwrap().sent_once();
    let unmarked = Tensor::from_u8("image", [1, 2048], vec![7; 2048]).unwrap();
    for image in [small, unmarked] {
        for _ in 0..2 {
            model.infer(InferRequest::new([image.clone()])).await.unwrap();
        }
    }
    assert_eq!(inputs(&server), [["image"]; 4]);
}

#[tokio::test]
async fn server_without_the_extension_gets_everything() {
    for parameters in
        [json!({}), json!(null), json!([1]), json!({"kept_tensors": true}), json!({"kept_tensors": "md5"})]
    {
        let (server, model) =
            server(move |_, _| Reply::json(200, &json!({"outputs": [], "parameters": parameters}))).await;
        for _ in 0..2 {
            model.infer(request()).await.unwrap();
        }
        assert_eq!(inputs(&server), [ALL, ALL]);
        assert_eq!(model.counts().bytes_saved, 0);
    }
}

#[tokio::test]
async fn missing_tensor_is_sent_again() {
    let (server, model) = server(|_, number| match number {
        1 => Reply::json(422, &json!({"error": "tensor_not_kept: image"})),
        _ => keeping(),
    })
    .await;
    for _ in 0..3 {
        model.infer(request()).await.unwrap();
    }
    assert_eq!(inputs(&server), [&ALL[..], &["x"], &ALL, &["x"]]);
    assert_eq!(model.counts().tensors_missing, 1);
}

#[tokio::test]
async fn answer_without_confirmation_is_not_trusted() {
    // From the second request on, a version of the model that ignores digests.
    let (server, model) = server(|request, number| {
        let inputs = request["inputs"].as_array().unwrap().len();
        let count = json!({"name": "count", "datatype": "INT64", "shape": [1], "data": [inputs]});
        if number == 0 { keeping() } else { Reply::json(200, &json!({"outputs": [count]})) }
    })
    .await;
    model.infer(request()).await.unwrap();
    for _ in 0..2 {
        let response = model.infer(request()).await.unwrap();
        assert_eq!(response.f32("count", &[1]).unwrap(), [2.0]);
    }
    assert_eq!(inputs(&server), [&ALL[..], &["x"], &ALL, &ALL]);
}

#[tokio::test]
async fn rejected_request_is_repeated_with_the_image() {
    let (server, model) = server(|_, number| match number {
        0 => keeping(),
        _ => Reply::json(500, &json!({"error": "KeyError"})),
    })
    .await;
    model.infer(request()).await.unwrap();
    let error = model.infer(request()).await.unwrap_err();
    assert!(error.chain().contains("KeyError"));
    assert_eq!(inputs(&server), [&ALL[..], &["x"], &ALL]);
}

#[tokio::test]
async fn kept_inputs_are_not_joined_to_batches() {
    let (server, _) = server(|_, _| keeping()).await;
    let batching = Batching::new(100, Duration::from_secs(3600));
    let builder = ServedModel::builder(format!("{}/v2/models/sam", server.base())).batching(batching);
    builder.build().unwrap().infer(request()).await.unwrap();
    assert_eq!(inputs(&server), [ALL]);
}
