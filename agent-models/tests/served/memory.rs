//! The memory budget of requests and responses.

use agent_models::served::{InferRequest, ServedError, ServedModel, Tensor};
use agent_platform::memory::ByteBudget;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use serde_json::json;
use test_support::scripted_server::{Reply, Request, Server as ModelServer};

use crate::double_server::DoubleServer;

const MIB: u64 = 1 << 20;

/// Returns a request of 8 bytes per row.
fn request(rows: usize) -> InferRequest {
    InferRequest::new([Tensor::from_f32("x", [rows, 2], &vec![1.0; 2 * rows]).unwrap()])
}

/// Starts a server whose responses to inferences have this body.
async fn server(reply: Reply) -> ModelServer {
    ModelServer::start(move |request: &Request, _| match request.target.ends_with("/infer") {
        true => reply.clone(),
        false => Reply::json(200, &json!({"extensions": []})),
    })
    .await
}

/// Returns a response with 400,000 numbers of 64 bits, which take 0.8 MB in JSON and 3.2 MB as a tensor.
fn long() -> Vec<u8> {
    let numbers = ["1"; 400_000].join(",");
    format!(r#"{{"outputs":[{{"name":"y","datatype":"INT64","shape":[400000],"data":[{numbers}]}}]}}"#).into_bytes()
}

#[tokio::test]
async fn response_counts_until_its_last_tensor_is_dropped() {
    for binary in [true, false] {
        let url = DoubleServer { binary, ..DoubleServer::default() }.start().await;
        let budget = ByteBudget::new(64 * MIB);
        let model = ServedModel::builder(url).memory_budget(budget.clone()).build().unwrap();
        let response = model.infer(request(131_072)).await.unwrap();
        let held = budget.total() - budget.available();
        assert!((MIB..3 * MIB).contains(&held), "{held} bytes for a tensor of 1 MiB");
        let tensor = response.outputs()[0].clone();
        drop(response);
        assert_eq!(budget.total() - budget.available(), held);
        drop(tensor);
        assert_eq!(budget.available(), budget.total());
    }
}

#[tokio::test]
async fn response_beyond_the_budget_is_refused() {
    let announced = Reply::Part { status: 200, headers: Vec::new(), announced: 8 << 20, body: Vec::new() };
    let unannounced = Reply::Unannounced { body: vec![b' '; 8 << 20] };
    // The body fits, and its numbers do not.
    let numbers = Reply::Unannounced { body: long() };
    for reply in [announced, unannounced, numbers] {
        let server = server(reply).await;
        let budget = ByteBudget::new(4 * MIB);
        let builder = ServedModel::builder(format!("{}/v2/models/sam", server.base()));
        let error = builder.memory_budget(budget.clone()).build().unwrap().infer(request(1)).await.unwrap_err();
        assert!(matches!(ServedError::from_agent_error(&error), Some(ServedError::NoMemory(_))), "{error:?}");
        assert!(
            error.message().starts_with("The model server's response is too large for the agents: it takes"),
            "{error}"
        );
        assert_eq!((error.status().code().as_u16(), budget.available()), (413, budget.total()));
        let inferences = server.requests().into_iter().filter(|request| request.target.ends_with("/infer"));
        assert_eq!(inferences.count(), 1, "it is not repeated");
    }
}

#[tokio::test]
async fn busy_memory_is_tried_later() {
    let url = DoubleServer::default().start().await;
    let budget = ByteBudget::new(4 * MIB);
    let others = budget.account().try_acquire(4 * MIB).unwrap();
    let model = ServedModel::builder(url).memory_budget(budget).build().unwrap();
    let error = model.infer(request(1)).await.unwrap_err();
    assert_eq!((error.status().code().as_u16(), error.retry_after().is_some()), (503, true));
    drop(others);
    model.infer(request(1)).await.unwrap();
}

#[editor_agent]
async fn count(call: EditorCall, State(model): State<ServedModel>) -> Result<String> {
    let response = model.infer_for(&call, request(1)).await?;
    Ok(format!("{} outputs", response.outputs().len()))
}

#[tokio::test]
async fn calls_of_agents_use_the_budget_of_the_server() {
    for (body, message) in [
        (br#"{"outputs":[]}"#.to_vec(), "0 outputs"),
        (
            long(),
            "The model server's response is too large for the agents: it takes 7 MB of memory, and everything together may take 4 MB.",
        ),
    ] {
        let models = server(Reply::Unannounced { body }).await;
        let model = ServedModel::builder(format!("{}/v2/models/sam", models.base())).build().unwrap();
        let client = TestClient::new(Server::new().agents(agents![count]).memory_budget(3 * MIB).state(model)).unwrap();
        let response = client.call("/count", &payload()).await;
        assert_eq!(response.message(), Some(message));
        let metrics = client.get("/metrics").await.text();
        assert!(metrics.contains("editor_agent_memory_budget_free_bytes 3145728\n"), "{metrics}");
    }
}
