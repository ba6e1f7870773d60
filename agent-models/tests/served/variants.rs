//! Responses over HTTP as Triton, `KServe`, `TorchServe` and `MLServer` write them, constructed from their public documentation and code.

use agent_core::readiness::{Readiness, ReadinessState};
use agent_models::served::{InferRequest, InferResponse, ServedModel, Tensor};
use serde_json::json;
use test_support::scripted_server::{Reply, Request, Server};

async fn model(reply: Reply) -> (Server, ServedModel) {
    let server = Server::start(move |request: &Request, _| match request.target.as_str() {
        "/v2" => Reply::json(200, &json!({"name": "server", "version": "1", "extensions": []})),
        _ => reply.clone(),
    })
    .await;
    let model = ServedModel::builder(format!("{}/v2/models/sam/versions/1", server.base())).retries(0).build().unwrap();
    (server, model)
}

async fn infer(reply: Reply) -> Result<InferResponse, agent_core::error::AgentError> {
    let (server, model) = model(reply).await;
    let response = model.infer(InferRequest::new([Tensor::from_f32("x", [1], &[1.0]).unwrap()])).await;
    assert_eq!(server.requests().last().unwrap().target, "/v2/models/sam/versions/1/infer");
    response
}

#[tokio::test]
async fn reads_responses_of_every_server() {
    let triton = json!({
        "model_name": "sam", "model_version": "1", "parameters": {"sequence_id": 0, "sequence_start": false},
        "outputs": [{"name": "y", "datatype": "FP32", "shape": [1, 2], "data": [0.5, 1e-8]}],
    });
    let kserve = json!({
        "model_name": "sam", "model_version": null, "id": "7f", "parameters": null,
        "outputs": [{"name": "y", "shape": [1, 2], "datatype": "FP32", "parameters": null, "data": [[0.5, 1e-8]]}],
    });
    let torch_serve = json!({
        "id": "7f", "model_name": "sam", "model_version": "1.0",
        "outputs": [{"name": "y", "shape": [1, 2], "datatype": "FP64", "data": [0.5, 1e-8]}],
    });
    let mlserver = json!({
        "model_name": "sam", "id": "7f", "parameters": {},
        "outputs": [{
            "name": "y", "shape": [1, 2], "datatype": "FP32", "parameters": {"content_type": "np"}, "data": [0.5, 1e-8],
        }],
    });
    for response in [triton, kserve, torch_serve, mlserver] {
        let response = infer(Reply::json(200, &response)).await.unwrap();
        assert_eq!(response.f32("y", &[1, 2]).unwrap(), [0.5, 1e-8]);
    }
}

#[tokio::test]
async fn reads_texts_halves_and_booleans_in_json() {
    let response = infer(Reply::json(
        200,
        &json!({"outputs": [
            {"name": "texts", "shape": [2, 1], "datatype": "BYTES", "data": ["cup", "ñ"]},
            {"name": "halves", "shape": [2], "datatype": "FP16", "data": [0.1, 65504]},
            {"name": "booleans", "shape": [2], "datatype": "BOOL", "data": [true, 0]},
        ]}),
    ))
    .await
    .unwrap();
    assert_eq!(response.output("texts", &[2, 1]).unwrap().elements().unwrap(), ["cup", "ñ"]);
    assert_eq!(response.f32("halves", &[2]).unwrap(), [0.099_975_586, 65504.0]);
    assert_eq!(response.f32("booleans", &[2]).unwrap(), [1.0, 0.0]);
}

#[tokio::test]
async fn error_bodies_of_every_server_reach_the_log() {
    let rejected = |status: &str| format!("The model server rejected the request: {status}.");
    let busy = "The model server is busy or starting. Please try again in a moment.";
    let unknown = "The model server does not have the model `sam`.";
    let detail = json!({"detail": [{"loc": ["body", "inputs"], "msg": "field required", "type": "missing"}]});
    let torch_serve =
        |status: u16, kind: &str, message: &str| (status, json!({"code": status, "type": kind, "message": message}));
    for ((status, body), message, cause) in [
        ((400, json!({"error": "unexpected shape"})), &*rejected("400 Bad Request"), "unexpected shape"),
        ((400, json!({"error": "Request for unknown model: 'sam' is not found"})), unknown, "sam"),
        ((404, json!({"error": "Model with name sam does not exist."})), unknown, "sam"),
        (torch_serve(404, "ModelNotFoundException", "Model not found: sam"), unknown, "sam"),
        ((413, json!({"error": "too large"})), "The request is larger than the model server accepts.", "larger"),
        ((422, detail), &rejected("422 Unprocessable Entity"), "field required [\"body\",\"inputs\"]"),
        ((503, json!({"error": "Model with name sam is not ready."})), busy, "not ready"),
        (
            torch_serve(503, "InternalServerException", "Prediction failed"),
            &rejected("503 Service Unavailable"),
            "Prediction failed",
        ),
        (torch_serve(503, "ServiceUnavailableException", "no worker is available"), busy, "not ready"),
        ((200, json!({"error": "KeyError : 'y'"})), &rejected("200 OK"), "KeyError : 'y'"),
    ] {
        let error = infer(Reply::json(status, &body)).await.unwrap_err();
        assert_eq!(error.message(), message, "{body}");
        assert!(error.chain().contains(cause), "{}", error.chain());
    }
}

#[tokio::test]
async fn reads_metadata_without_tensors() {
    for body in [
        json!({"name": "sam", "versions": ["1"], "platform": "", "inputs": null, "outputs": null}),
        json!({"name": "sam", "versions": null, "platform": "", "inputs": [], "outputs": []}),
        json!({"name": "sam", "inputs": [{"name": "x", "datatype": "fp32", "shape": null}]}),
    ] {
        let (_server, model) = model(Reply::json(200, &body)).await;
        let metadata = model.metadata().await.unwrap();
        assert!(metadata.outputs.is_empty() && metadata.inputs.iter().all(|input| input.shape.is_empty()));
    }
}

#[tokio::test]
async fn readiness_is_in_the_status_or_the_body() {
    for (body, state) in [
        (json!({"name": "sam", "ready": false}), ReadinessState::Starting),
        (json!({"name": "sam", "ready": true}), ReadinessState::Ready),
        (json!({}), ReadinessState::Ready),
    ] {
        let (_server, model) = model(Reply::json(200, &body)).await;
        assert_eq!(model.read().await, state, "{body}");
    }
}
