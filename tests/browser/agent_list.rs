//! The page of an agent server: the list of agents, each with a form that calls it.

use agent_runtime::axum::{self, Router};
use agent_runtime::prelude::*;

use crate::webdriver::Browser;

#[editor_agent]
async fn listed_frame(frame: Frame) -> String {
    format!("Frame {frame}")
}

#[tokio::test(flavor = "multi_thread")]
async fn form_calls_the_agent_below_a_prefix() {
    let agents = Server::new().agents(agents![listed_frame]).into_router().unwrap();
    let routes = Router::new().nest_service("/team/agents", agents.clone()).fallback_service(agents);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, routes).into_future());
    let browser = Browser::start().await;
    for path in ["/", "/team/agents/", "/team/agents"] {
        browser.open(&format!("http://{address}{path}")).await;
        browser.click("summary").await;
        browser.fill("[name=frame]", "7").await;
        browser.click("form button").await;
        let output = browser.until_text("output", "message").await;
        assert!(output.starts_with("200 ") && output.contains("Frame 7"), "{path}: {output}");
        let requested = browser.run("return performance.getEntriesByType('resource').at(-1).name").await;
        let expected = format!("http://{address}{}/listed-frame", path.trim_end_matches('/'));
        assert_eq!(requested.as_str(), Some(expected.as_str()), "{path}");
    }
}
