//! The form of requests: addresses, queries, headers, bodies.

use agent_platform::client::{
    AgentTaskStatus, Domain, LabelRowFilter, PathwayChoice, ProjectFilter, SignedUrl, StorageItemPatch, TaskFilter,
    Validation,
};
use agent_platform::hash::DataHash;
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use test_support::client;
use test_support::scripted_server::{Reply, Request, Server};

const ID: Uuid = uuid::uuid!("01234567-89ab-4cde-8f01-23456789abcd");

/// Starts a server that responds to every request with an empty page.
async fn server() -> Server {
    Server::always(Reply::json(200, &json!({"results": [], "status": 200, "response": []}))).await
}

fn last(server: &Server) -> Request {
    server.requests().pop().unwrap()
}

#[tokio::test]
async fn query_is_form_encoded_in_field_order() {
    let server = server().await;
    let filter = ProjectFilter {
        title_eq: Some("a b&c=d/e?f#g+h%i~j".to_owned()),
        title_like: Some("%ü✓%".to_owned()),
        created_after: Some("2024-05-01T12:30:15+02:00".to_owned()),
        include_org_access: true,
        ..ProjectFilter::default()
    };
    client::platform(&server).projects(&filter).await.unwrap();
    let expected = "/v2/public/projects?titleEq=a+b%26c%3Dd%2Fe%3Ff%23g%2Bh%25i~j&titleLike=%25%C3%BC%E2%9C%93%25\
                    &createdAfter=2024-05-01T12%3A30%3A15%2B02%3A00&includeOrgAccess=True";
    assert_eq!(last(&server).target, expected);
    client::platform(&server).agent_tasks(ID, ID, &[ID, Uuid::nil()].map(DataHash)).await.unwrap();
    let expected =
        format!("/v2/public/projects/{ID}/workflow/stages/{ID}/tasks?dataHashes={ID}&dataHashes={}", Uuid::nil());
    assert_eq!(last(&server).target, expected);
}

#[tokio::test]
async fn task_filter_is_a_query() {
    let server = server().await;
    let filter = TaskFilter::ALL.assignee("a@x.test").assignee("b@x.test").dataset(ID).title_contains("a b");
    let filter = filter.status(AgentTaskStatus::New).status(AgentTaskStatus::Reopened);
    client::platform(&server).agent_task_page(ID, ID, &filter, Some("next")).await.unwrap();
    let expected = format!(
        "/v2/public/projects/{ID}/workflow/stages/{ID}/tasks?pageToken=next&userEmails=a%40x.test&userEmails=b%40x.test\
         &datasetHashes={ID}&dataTitleContains=a+b&statuses=NEW&statuses=REOPENED"
    );
    assert_eq!(last(&server).target, expected);
}

#[tokio::test]
async fn base_path_applies_to_legacy_calls_only() {
    let server = server().await;
    let domain = Domain::parse(&format!("{}/gateway/", server.base())).unwrap();
    let platform = client::builder(&server).domain(domain).build().unwrap();
    platform.user_projects(None).await.unwrap();
    assert_eq!(last(&server).target, "/gateway/public/user");
    platform.list_label_rows(ID, &LabelRowFilter::default()).await.unwrap();
    assert_eq!(last(&server).target, "/gateway/public");
    platform.ontology("a/b+c").await.unwrap();
    assert_eq!(last(&server).target, "/v2/public/ontologies/a%2Fb+c");
}

#[tokio::test]
async fn read_only_client_sends_no_change() {
    let server = server().await;
    let platform = client::platform(&server).read_only();
    platform.list_label_rows(ID, &LabelRowFilter::default()).await.unwrap();
    platform.storage_items(&[ID], SignedUrl::Unwanted).await.unwrap();
    let reads = server.requests().len();
    let row = RawValue::from_string("{}".to_owned()).unwrap();
    let label_hash = agent_platform::hash::LabelHash::from("l");
    let save = agent_platform::client::LabelRowToSave::new(&label_hash, &row);
    let patch = StorageItemPatch { name: Some("n".to_owned()), ..StorageItemPatch::default() };
    let (task, task_hash) = (agent_platform::hash::LabelHash::from("t"), DataHash(ID));
    let refused = [
        platform.save_label_row(ID, save, Validation::Skipped).await.err(),
        platform.create_label_rows(ID, &[task_hash], "main", SignedUrl::Unwanted).await.err(),
        platform.set_priorities(ID, &[(task_hash, 1.0)]).await.err(),
        platform.complete(ID, &[&task]).await.err(),
        platform.reopen(ID, &[&task]).await.err(),
        platform.update_storage_item(ID, ID, &patch).await.err(),
        platform.update_storage_items(&[(ID, patch.clone())]).await.err(),
        platform.proceed(ID, ID, &[(ID, PathwayChoice::Name("Approve".into()))]).await.err(),
    ];
    for error in refused {
        let error = error.expect("a read-only client must refuse it");
        assert_eq!(error.name(), "ReadOnly", "{error}");
        assert!(!error.may_have_acted() && !error.is_retryable(), "{error}");
    }
    assert_eq!(server.requests().len(), reads);
}

#[tokio::test]
async fn every_request_has_the_user_agent() {
    let server = server().await;
    let platform = client::builder(&server).user_agent_suffix("my-agents/1.4").build().unwrap();
    platform.ontology("o").await.unwrap();
    let expected = concat!("agent-platform/", env!("CARGO_PKG_VERSION"), " my-agents/1.4");
    assert_eq!(last(&server).header("user-agent"), Some(expected));
}

#[tokio::test]
async fn legacy_and_v2_requests_have_their_own_headers() {
    let server = server().await;
    let platform = client::platform(&server);
    platform.list_label_rows(ID, &LabelRowFilter::default()).await.unwrap();
    let legacy = last(&server);
    assert_eq!(legacy.method, "POST");
    assert_eq!(legacy.header("accept"), Some("application/json"));
    assert_eq!(legacy.header("content-type"), Some("application/json"));
    assert_eq!(legacy.header("resourcetype"), Some("project"));
    assert_eq!(legacy.header("resourceid"), Some(ID.to_string().as_str()));
    assert!(legacy.header("authorization").unwrap().starts_with(test_support::keys::KEY_ID));
    assert_eq!(legacy.header("signature"), None);
    platform.storage_item(ID, SignedUrl::Unwanted).await.unwrap_err();
    let v2 = last(&server);
    assert_eq!(v2.target, format!("/v2/public/storage/items/{ID}?signUrl=False"));
    for absent in ["authorization", "content-type", "resourcetype"] {
        assert_eq!(v2.header(absent), None, "{absent}");
    }
    for present in ["content-digest", "signature-input", "signature"] {
        assert!(v2.header(present).is_some(), "{present}");
    }
}

#[tokio::test]
async fn bodies_contain_only_the_given_fields() {
    let server = server().await;
    let platform = client::platform(&server);
    platform
        .proceed(ID, ID, &[(ID, PathwayChoice::Uuid(Uuid::nil())), (ID, PathwayChoice::Name("x".into()))])
        .await
        .unwrap();
    let expected = json!([
        {"taskUuid": ID, "action": "PATHWAY_ACTION", "pathwayUuid": Uuid::nil()},
        {"taskUuid": ID, "action": "PATHWAY_ACTION", "pathwayName": "x"},
    ]);
    assert_eq!(last(&server).json(), expected);
    let patch = StorageItemPatch { description: Some(String::new()), ..StorageItemPatch::default() };
    platform.update_storage_items(&[(ID, patch), (Uuid::nil(), StorageItemPatch::default())]).await.unwrap();
    assert_eq!(last(&server).json(), json!({"itemPatches": {ID.to_string(): {"description": ""}}}));
    platform.user_projects(None).await.unwrap();
    let expected = json!({
        "query_type": "projectwithuserrole", "query_method": "GET", "values": {"uid": null, "payload": {"filter": {}}},
    });
    assert_eq!(last(&server).json(), expected);
}

#[tokio::test]
async fn empty_lists_send_no_request() {
    let server = server().await;
    let platform = client::platform(&server);
    let none: [&str; 0] = [];
    assert!(platform.label_rows(ID, &none, &Default::default()).await.unwrap().is_empty());
    assert!(platform.storage_items(&[], SignedUrl::Wanted).await.unwrap().is_empty());
    assert!(platform.update_storage_items(&[(ID, StorageItemPatch::default())]).await.unwrap().is_empty());
    platform.save_label_rows(ID, &[], Validation::BeforeSaving).await.unwrap();
    platform.complete(ID, &none).await.unwrap();
    assert!(server.requests().is_empty());
}
