//! Both sides: an agent, and the same handler written by hand in axum. Each is served by a process of its own.

use agent_runtime::prelude::*;
use axum::Json;
use axum::routing::post;
use serde::Deserialize;

/// The agent.
#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

/// The payload of the handwritten handler: the members that the agent parses.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, and not used, like the agent's payload")]
struct Payload {
    project_hash: uuid::Uuid,
    data_hash: uuid::Uuid,
    frame: Option<u64>,
    object_hashes: Option<Vec<String>>,
}

async fn by_hand(Json(_payload): Json<Payload>) -> Json<()> {
    Json(())
}

/// Serves one side until the process is ended. Prints the address first.
pub(crate) fn serve(side: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match side {
        "agent" => runtime.block_on(serve_agent()),
        _ => runtime.block_on(serve_axum()),
    }
}

async fn serve_agent() {
    let server = Server::new().agents(agents![nothing]).port(0).start().await.unwrap();
    println!("{}", server.address());
    std::future::pending::<()>().await;
}

async fn serve_axum() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(listener, axum::Router::new().route("/nothing", post(by_hand))).await.unwrap();
}
