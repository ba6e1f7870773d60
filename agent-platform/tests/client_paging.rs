//! Paging: the client requests all pages, at least one.

use agent_platform::client::{Error, SignedUrl};
use serde_json::{Value, json};
use uuid::Uuid;

use test_support::client;
use test_support::scripted_server::{Reply, Server};

fn page(name: &str, token: &Value) -> Reply {
    Reply::json(200, &json!({"results": [{"name": name}], "nextPageToken": token}))
}

#[tokio::test]
async fn repeats_the_query_with_each_token() {
    let server = Server::start(|_, number| match number {
        0 => page("a", &json!("t 1/+")),
        1 => Reply::json(200, &json!({"results": [], "next_page_token": "2"})),
        _ => Reply::json(200, &json!({"results": [{"name": "b"}]})),
    })
    .await;
    let branches = client::platform(&server).branches(Uuid::nil()).await.unwrap();
    assert_eq!(branches.iter().map(|branch| branch.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let path = format!("/v2/public/projects/{}/branches", Uuid::nil());
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, [path.clone(), format!("{path}?pageToken=t+1%2F%2B"), format!("{path}?pageToken=2")]);
}

#[tokio::test]
async fn null_absent_and_empty_tokens_end_a_list() {
    for end in [json!(null), json!("")] {
        let server = Server::start(move |_, _| page("a", &end)).await;
        assert_eq!(client::platform(&server).branches(Uuid::nil()).await.unwrap().len(), 1);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn rejects_repeated_token() {
    let server = Server::start(|_, number| page("a", &json!(["1", "2", "3", "1"][number % 4]))).await;
    let error = client::platform(&server).branches(Uuid::nil()).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error:?}");
    assert!(error.message().contains("do not end"), "{error}");
    assert_eq!(server.requests().len(), 4);
    // All pages of a list share one trace, and so does the error.
    for request in server.requests() {
        assert!(request.header("x-cloud-trace-context").unwrap().starts_with(error.trace_id().as_str()));
    }
}

#[tokio::test]
async fn requests_items_in_batches_of_a_thousand() {
    let server = Server::start(|request, _| {
        let asked = request.json()["itemUuids"].as_array().unwrap().clone();
        let item = |uuid: &Value| json!({"uuid": uuid, "parent": Uuid::nil(), "itemType": "image", "name": "n"});
        Reply::json(200, &json!({"results": asked.iter().map(item).collect::<Vec<_>>()}))
    })
    .await;
    let uuids: Vec<_> = (0..2001).map(Uuid::from_u128).collect();
    let items = client::platform(&server).storage_items(&uuids, SignedUrl::Unwanted).await.unwrap();
    assert_eq!(items.iter().map(|item| item.uuid).collect::<Vec<_>>(), uuids);
    assert_eq!(server.requests().len(), 3);
}
