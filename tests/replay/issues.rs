//! Replay of `issues.json`: the client sends the recorded requests and reads the recorded responses, and the local platform
//! serves the requests of the Python SDK.

use agent_platform::client::{Error, IssueAnchor, IssueFrames, IssueType, NewIssue, PlatformClient};
use agent_platform::hash::{DataHash, ProjectHash};
use agent_runtime::axum::http::Method;
use agent_studio::LocalPlatform;
use serde_json::{Value, json};
use test_support::http_client::send;
use test_support::recordings;
use test_support::scripted_server::{Reply, Server};
use test_support::studio::recorded::{PROJECT, VIDEO, project};
use uuid::Uuid;

fn calls() -> Vec<Value> {
    recordings::read("issues.json")
}

fn project_hash() -> ProjectHash {
    PROJECT.parse().unwrap()
}

fn data_hash() -> DataHash {
    VIDEO.parse().unwrap()
}

/// Anchors of the SDK that the client cannot create, with the reason.
const NOT_CREATED: [(&str, &str); 3] = [
    ("spaceId", "the client has no spaces"),
    ("sceneCoordinate", "the client has no coordinates in scenes"),
    ("\"frameIndex\": -1", "frames of the client are not negative"),
];

/// Returns the issue of a recorded request.
fn new_issue(body: &Value) -> NewIssue {
    let sent = &body["issues"][0];
    let (anchor, number) = (&sent["anchor"], |name: &str| sent["anchor"][name].as_f64().unwrap());
    let frame = anchor["frameIndex"].as_u64();
    let ranges = anchor["frameRanges"].as_array().into_iter().flatten();
    let frames: Vec<IssueFrames> = ranges.map(|range| serde_json::from_value(range.clone()).unwrap()).collect();
    let anchor = match anchor["type"].as_str().unwrap() {
        "dataUnit" => IssueAnchor::DataUnit,
        "frame" => IssueAnchor::Frame { frame: frame.unwrap() },
        "frameCoordinate" => IssueAnchor::Coordinate { frame: frame.unwrap(), x: number("x"), y: number("y") },
        "annotation" => {
            IssueAnchor::Annotation { annotation: anchor["annotationId"].as_str().unwrap().to_owned(), frames }
        }
        other => panic!("{other}"),
    };
    let mut issue = NewIssue::new(anchor, sent["comment"].as_str().unwrap());
    issue.tags = serde_json::from_value(sent["issueTags"].clone()).unwrap();
    issue
}

/// Makes the call of a recorded request.
async fn call(platform: &PlatformClient, request: &Value) -> Result<usize, Error> {
    let target = request["target"].as_str().unwrap();
    let body: Value = request["body"].as_str().map(|body| serde_json::from_str(body).unwrap()).unwrap_or_default();
    match request["method"].as_str().unwrap() {
        "GET" if target.ends_with("/issue-tags") => Ok(platform.issue_tags(project_hash()).await?.len()),
        "GET" => Ok(platform.issues(project_hash(), data_hash()).await?.len()),
        _ if target.ends_with("/delete") => {
            let uuids: Vec<Uuid> = serde_json::from_value(body["issueUuids"].clone()).unwrap();
            platform.delete_issues(project_hash(), &uuids).await.map(|()| 0)
        }
        _ => platform.create_issues(project_hash(), data_hash(), &[new_issue(&body)]).await.map(|()| 0),
    }
}

/// Returns whether the client deliberately ends a call differently than the SDK, which fails.
fn is_more_tolerant(name: &str) -> bool {
    let members = ["`dataUuid`", "`comments`", "`tags`", "`resolutionHistory`", "an author", "unknown type"];
    name.starts_with("list() with") && members.iter().any(|member| name.ends_with(member))
}

#[tokio::test]
async fn sends_recorded_issues_and_reads_responses() {
    let server = Server::always(Reply::empty(500)).await;
    let platform = test_support::client::platform(&server);
    let (mut sent, mut left_out) = (0, 0);
    for recorded in calls() {
        let name = recorded["call"].as_str().unwrap();
        let exchanges = recorded["exchanges"].as_array().unwrap();
        let Some(first) = exchanges.first() else { continue };
        let text = first["request"]["body"].as_str().unwrap_or_default();
        let linking = text.contains("issueTagNames");
        if linking || NOT_CREATED.iter().any(|(part, _)| text.contains(part)) {
            left_out += 1;
            continue;
        }
        let replies: Vec<_> = exchanges.iter().map(|exchange| reply(&exchange["response"])).collect();
        server.restart(move |_, number| replies[number.min(replies.len() - 1)].clone());
        let result = call(&platform, &first["request"]).await;
        let requests = server.requests();
        // A request that may have created an issue is not repeated.
        let repeated = name.contains("500 and then 200");
        assert_eq!(requests.len(), if repeated { 1 } else { exchanges.len() }, "{name}");
        for (request, exchange) in requests.iter().zip(exchanges) {
            let recorded = &exchange["request"];
            assert_eq!((request.method.as_str(), request.target.as_str()), pair(recorded), "{name}");
            let body = recorded["body"].as_str().map(|body| serde_json::from_str::<Value>(body).unwrap());
            assert_eq!((!request.body.is_empty()).then(|| request.json()), body, "{name}");
            sent += 1;
        }
        let succeeded = recorded["outcome"] == "ok";
        if repeated {
            assert!(result.unwrap_err().may_have_acted());
        } else if is_more_tolerant(name) {
            assert!(!succeeded && result.is_ok(), "{name}: {result:?}");
        } else {
            assert_eq!(result.is_ok(), succeeded, "{name}: {result:?}");
            let read = recorded["read"].as_array().map_or(0, Vec::len);
            assert_eq!(result.unwrap_or_default(), read, "{name}");
        }
    }
    assert_eq!((sent, left_out), (32, 4));
}

fn pair(request: &Value) -> (&str, &str) {
    (request["method"].as_str().unwrap(), request["target"].as_str().unwrap())
}

fn reply(response: &Value) -> Reply {
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    response.get("body").map_or_else(|| Reply::empty(status), |body| Reply::json(status, body))
}

#[tokio::test]
async fn keeps_every_member_of_listed_issues() {
    let list = calls().into_iter().find(|call| call["call"] == "list()").unwrap();
    let response = list["exchanges"][0]["response"].clone();
    let mut results = response["body"]["results"].clone();
    results[0]["later"] = json!({"unknown": 1});
    results[1]["type"] = json!("later");
    let expected = results.clone();
    let server = Server::always(Reply::json(200, &json!({ "results": results }))).await;
    let issues = test_support::client::platform(&server).issues(project_hash(), data_hash()).await.unwrap();
    let kept: Vec<Value> = issues.iter().map(|issue| serde_json::from_str(issue.json()).unwrap()).collect();
    assert_eq!(json!(kept), expected);
    assert_eq!(issues[0].comments[0].content, "Check this.");
    assert_eq!(issues[1].issue_type, Some(IssueType::from("later")));
    assert_eq!((issues[2].frame, issues[2].coordinate), (Some(3), Some((0.25, 0.5))));
    assert_eq!(issues[4].frames, [IssueFrames { start: 2, end: 4 }]);
    assert_eq!(issues[5].annotation.as_deref(), Some("Ab12Cd34"));
    assert_eq!(issues.iter().filter(|issue| issue.is_resolved()).count(), 1);
}

#[tokio::test]
async fn local_platform_serves_recorded_issues() {
    let platform = LocalPlatform::builder().project(project()).page_size(2).bearer_token("agent@example.test", "token");
    let running = platform.start().await.unwrap();
    let headers = [("authorization", "Bearer token")];
    let mut created = Vec::new();
    for recorded in calls() {
        let name = recorded["call"].as_str().unwrap();
        if !name.starts_with("add_") || recorded["outcome"] != "ok" {
            continue;
        }
        let request = &recorded["exchanges"][0]["request"];
        let (_, target) = pair(request);
        let body = request["body"].as_str().unwrap().to_owned();
        let answer = send(&running.url(), Method::POST, target, &headers, body.clone()).await;
        // The local platform rejects frames that the data unit does not have.
        let outside = name.ends_with("outside of the frame") || name.ends_with("outside the frame");
        assert_eq!(answer.status, if outside { 400 } else { 200 }, "{name}: {}", answer.text());
        if let (false, Some(anchor)) =
            (outside, serde_json::from_str::<Value>(&body).unwrap().pointer("/issues/0/anchor"))
        {
            created.push(anchor.clone());
        }
    }
    let client = running.client().unwrap();
    let listed = client.issues(project_hash(), data_hash()).await.unwrap();
    assert_eq!(listed.len(), created.len());
    for (issue, anchor) in listed.iter().zip(&created) {
        let listed: Value = serde_json::from_str(issue.json()).unwrap();
        for (member, value) in anchor.as_object().unwrap() {
            let at = if ["x", "y", "z"].contains(&member.as_str()) { &listed["coordinate"] } else { &listed };
            assert_eq!(&at[member], value, "{listed}");
        }
    }
    let [first, .., last] = listed.as_slice() else { panic!("{listed:?}") };
    client.delete_issues(project_hash(), &[first.uuid, last.uuid]).await.unwrap();
    let again = client.delete_issues(project_hash(), &[listed[1].uuid, first.uuid]).await.unwrap_err();
    assert!(again.message().contains("unknown issue"), "{again}");
    assert_eq!(client.issues(project_hash(), data_hash()).await.unwrap().len(), listed.len() - 2);
    let tags = client.issue_tags(project_hash()).await.unwrap();
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["later", "qa"]);
}
