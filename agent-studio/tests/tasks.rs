//! Tasks of a stage: stable pagination, and workflow actions.

use std::collections::BTreeSet;

use agent_platform::client::{Error, SignedUrl};
use agent_studio::{DataSource, LocalPlatform, LocalPlatformBuilder, ProjectSource, RunningPlatform};
use hyper::Method;
use serde_json::{Value, json};
use test_support::http_client::{Answer, send};
use test_support::studio::folder::ProjectFolder;
use test_support::studio::{ONTOLOGY, PROJECT, VIDEO, project};
use uuid::Uuid;

const TOKEN: [(&str, &str); 1] = [("authorization", "Bearer made-up-token")];

async fn start(builder: LocalPlatformBuilder) -> RunningPlatform {
    builder.bearer_token("someone@example.test", "made-up-token").start().await.unwrap()
}

/// Returns the URL of a stage, by its title.
async fn stage(running: &RunningPlatform, title: &str) -> String {
    let project = running.project_hashes()[0];
    let found = running.client().unwrap().project(project).await.unwrap();
    let stage = found.stages().iter().find(|stage| stage.title == title).unwrap().uuid;
    format!("/v2/public/projects/{project}/workflow/stages/{stage}")
}

async fn get(running: &RunningPlatform, path: &str) -> Answer {
    send(&running.url(), Method::GET, path, &TOKEN, String::new()).await
}

async fn post(running: &RunningPlatform, path: &str, body: &Value) -> Answer {
    send(&running.url(), Method::POST, path, &TOKEN, body.to_string()).await
}

/// Returns a page of tasks, and the token of the next page.
async fn page(running: &RunningPlatform, stage: &str, token: Option<&str>) -> (Vec<Value>, Option<String>) {
    let query = token.map(|token| format!("?pageToken={token}")).unwrap_or_default();
    let answer = get(running, &format!("{stage}/tasks{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    (page["results"].as_array().unwrap().clone(), page["nextPageToken"].as_str().map(str::to_owned))
}

fn pathway(task: &Value) -> Value {
    json!({ "taskUuid": task["uuid"], "action": "PATHWAY_ACTION", "pathwayName": "review" })
}

#[tokio::test]
async fn draining_a_stage_visits_every_task() {
    let mut many = ProjectSource::new("Many", ONTOLOGY);
    for number in 0..520 {
        many = many.data(DataSource::image(format!("{number}.jpg"), 4, 4).stage("Agent 1"));
    }
    let running = start(LocalPlatform::builder().project(many)).await;
    let stage = stage(&running, "Agent 1").await;
    let mut visited = BTreeSet::new();
    let mut token = None;
    loop {
        let (tasks, next) = page(&running, &stage, token.as_deref()).await;
        for task in &tasks {
            assert!(visited.insert(task["dataTitle"].as_str().unwrap().to_owned()), "{task} came twice");
        }
        // Moved tasks leave the listing before the next page is read.
        let actions: Vec<_> = tasks.iter().map(pathway).collect();
        assert_eq!(post(&running, &format!("{stage}/actions"), &json!(actions)).await.status, 200);
        token = next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(visited.len(), 520);
    assert!(page(&running, &stage, None).await.0.is_empty());
}

#[tokio::test]
async fn pages_continue_after_files_are_removed() {
    let folder = ProjectFolder::new("");
    for number in 1..=9 {
        folder.write(&format!("data/{number}.txt"), "text");
    }
    let running = start(LocalPlatform::builder().folder(folder.path()).page_size(3)).await;
    let stage = stage(&running, "Annotate 1").await;
    let (first, token) = page(&running, &stage, None).await;
    assert_eq!(first.iter().map(|task| &task["dataTitle"]).collect::<Vec<_>>(), ["1.txt", "2.txt", "3.txt"]);
    // Two tasks that were read, including the last of the page, and one that was not.
    for number in [1, 3, 4] {
        std::fs::remove_file(folder.path().join(format!("data/{number}.txt"))).unwrap();
    }
    let project = running.project_hashes()[0];
    running.client().unwrap().list_label_rows(project, &Default::default()).await.unwrap();
    let (second, _) = page(&running, &stage, token.as_deref()).await;
    assert_eq!(second.iter().map(|task| &task["dataTitle"]).collect::<Vec<_>>(), ["5.txt", "6.txt", "7.txt"]);
}

#[tokio::test]
async fn rejects_unknown_page_token() {
    let running = start(LocalPlatform::builder().project(project())).await;
    let stage = stage(&running, "Agent 1").await;
    for path in [format!("{stage}/tasks"), "/v2/public/projects".to_owned()] {
        for token in ["100", "bm90IEpTT04", ""] {
            let answer = get(&running, &format!("{path}?pageToken={token}")).await;
            assert_eq!(answer.status, 400, "{path} {token}: {}", answer.text());
            assert!(answer.message().contains("pageToken"), "{}", answer.message());
        }
    }
}

/// Returns the task of the video, in any stage.
async fn task(running: &RunningPlatform, title: &str) -> Value {
    let stage = stage(running, title).await;
    let (tasks, _) = page(running, &stage, None).await;
    tasks.into_iter().find(|task| task["dataHash"] == VIDEO).unwrap_or_else(|| panic!("the video is not in {title}"))
}

/// Applies an action to the task of the video, which is in this stage.
async fn act(running: &RunningPlatform, title: &str, action: &str, mut more: Value) -> Answer {
    more["taskUuid"] = task(running, title).await["uuid"].clone();
    more["action"] = action.into();
    post(running, &format!("{}/actions", stage(running, title).await), &json!([more])).await
}

#[tokio::test]
async fn people_submit_assign_release_approve_and_reject() {
    let running = start(LocalPlatform::builder().project(project())).await;
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    running.client().unwrap().reopen(PROJECT, &[&label_hash]).await.unwrap();
    assert_eq!(task(&running, "Annotate 1").await["status"], "REOPENED");

    assert_eq!(act(&running, "Annotate 1", "ASSIGN", json!({ "assignee": "a@example.test" })).await.status, 200);
    let assigned = task(&running, "Annotate 1").await;
    assert_eq!((&assigned["status"], &assigned["assignee"]), (&"ASSIGNED".into(), &"a@example.test".into()));
    assert_eq!(assigned["lastActionedBy"], "someone@example.test");
    let listed = running.client().unwrap().list_label_rows(PROJECT, &Default::default()).await.unwrap();
    let video: Value = serde_json::from_str(listed[2].json().get()).unwrap();
    assert_eq!(video["assigned_user_email"], "a@example.test");
    assert_eq!(act(&running, "Annotate 1", "RELEASE", json!({})).await.status, 200);
    assert_eq!(task(&running, "Annotate 1").await["status"], "RELEASED");
    let retained = act(&running, "Annotate 1", "SUBMIT", json!({ "retainAssignee": true })).await;
    assert_eq!((retained.status.as_u16(), retained.message().contains("no assignee to retain")), (400, true));

    assert_eq!(act(&running, "Annotate 1", "SUBMIT", json!({ "assignee": "b@example.test" })).await.status, 200);
    assert_eq!(task(&running, "Agent 1").await["assignee"], "b@example.test");
    assert_eq!(act(&running, "Agent 1", "PATHWAY_ACTION", json!({ "pathwayName": "review" })).await.status, 200);
    assert_eq!(task(&running, "Review 1").await["status"], "NEW");
    assert_eq!(act(&running, "Review 1", "REJECT", json!({})).await.status, 200);
    assert_eq!(task(&running, "Annotate 1").await["status"], "REOPENED");
    act(&running, "Annotate 1", "SUBMIT", json!({})).await;
    act(&running, "Agent 1", "PATHWAY_ACTION", json!({ "pathwayName": "review" })).await;
    assert_eq!(act(&running, "Review 1", "APPROVE", json!({})).await.status, 200);
    assert_eq!(running.stage(VIDEO).as_deref(), Some("Complete"));
}

#[tokio::test]
async fn rejects_invalid_actions_without_changes() {
    let running = start(LocalPlatform::builder().project(project())).await;
    let before = task(&running, "Agent 1").await;
    for (action, status, said) in [
        ("SUBMIT", 400, "SUBMIT is not an action of stage `Agent 1`, which is of kind AGENT"),
        ("APPROVE", 400, "APPROVE is not an action of stage `Agent 1`"),
        ("ASSIGN", 400, "ASSIGN is not an action of stage `Agent 1`"),
        ("SKIP", 501, "the workflow action SKIP is not supported by the local platform"),
    ] {
        let answer = act(&running, "Agent 1", action, json!({ "assignee": "a@example.test" })).await;
        assert_eq!((answer.status.as_u16(), answer.message().contains(said)), (status, true), "{}", answer.text());
    }
    // The second action fails, so the first is rolled back.
    let unknown = json!({ "taskUuid": Uuid::nil(), "action": "PATHWAY_ACTION", "pathwayName": "review" });
    let both = json!([pathway(&before), unknown]);
    let stage = stage(&running, "Agent 1").await;
    assert_eq!(post(&running, &format!("{stage}/actions"), &both).await.status, 400);
    assert_eq!(task(&running, "Agent 1").await, before);
}

const WORKFLOW: &str = r#"
    [[stage]]
    title = "Label"
    kind = "ANNOTATION"
    [[stage]]
    title = "Check"
    kind = "REVIEW"
    next = "End"
    [[stage]]
    title = "End"
    kind = "DONE"
"#;

#[tokio::test]
async fn reports_stage_without_destination() {
    let folder = ProjectFolder::new(WORKFLOW);
    folder.write("data/one.txt", "text");
    let running = start(LocalPlatform::builder().folder(folder.path())).await;
    let (label, check) = (stage(&running, "Label").await, stage(&running, "Check").await);
    let one = page(&running, &label, None).await.0[0]["uuid"].clone();
    let action = |name: &str| json!([{ "taskUuid": one, "action": name }]);
    let refused = post(&running, &format!("{label}/actions"), &action("SUBMIT")).await;
    let said = "SUBMIT in stage `Label`, for which project.toml does not set `next = \"STAGE\"`, is not supported";
    assert_eq!((refused.status.as_u16(), refused.message().contains(said)), (501, true), "{}", refused.text());
    // Moving to a stage needs no configured destination.
    let moved = json!({ "taskUuids": [one], "destinationStageUuid": check.rsplit('/').next().unwrap() });
    assert_eq!(post(&running, &format!("{label}/move-tasks"), &moved).await.status, 200);
    assert_eq!(post(&running, &format!("{label}/move-tasks"), &moved).await.status, 400, "it is not there any more");
    let refused = post(&running, &format!("{check}/actions"), &action("REJECT")).await;
    assert!(refused.status == 501 && refused.message().contains("`rejected = "), "{}", refused.text());
    let assign = json!([{ "taskUuid": one, "action": "ASSIGN", "assignee": "a@example.test" }]);
    assert_eq!(post(&running, &format!("{check}/actions"), &assign).await.status, 200);
    running.stop().await;
    let running = start(LocalPlatform::builder().folder(folder.path())).await;
    let kept = &page(&running, &check, None).await.0[0];
    assert_eq!((&kept["status"], &kept["assignee"]), (&"ASSIGNED".into(), &"a@example.test".into()));
    assert_eq!(post(&running, &format!("{check}/actions"), &action("APPROVE")).await.status, 200);
    assert_eq!(page(&running, &check, None).await.0.len(), 0);
}

#[tokio::test]
async fn filters_tasks_like_the_platform() {
    let running = start(LocalPlatform::builder().project(project())).await;
    act(&running, "Agent 1", "PATHWAY_ACTION", json!({ "pathwayName": "review" })).await;
    act(&running, "Review 1", "ASSIGN", json!({ "assignee": "a@example.test" })).await;
    let stage = stage(&running, "Review 1").await;
    for (query, found) in [
        ("dataTitleContains=DRIVE", 1),
        ("dataTitleContains=walk", 0),
        ("userEmails=a%40example.test&userEmails=b%40example.test", 1),
        ("userEmails=b%40example.test", 0),
        ("statuses=ASSIGNED", 1),
        ("statuses=NEW", 0),
        ("datasetHashes=00000000-0000-4000-8000-000000000000", 0),
    ] {
        let tasks = get(&running, &format!("{stage}/tasks?{query}")).await.json();
        assert_eq!(tasks["results"].as_array().unwrap().len(), found, "{query}");
    }
}

#[tokio::test]
async fn rejects_branch_without_name() {
    let folder = ProjectFolder::new("");
    folder.write("data/one.txt", "text");
    let running = start(LocalPlatform::builder().folder(folder.path())).await;
    let platform = running.client().unwrap();
    let project = running.project_hashes()[0];
    let data = platform.list_label_rows(project, &Default::default()).await.unwrap()[0].data_hash.clone();
    running.create_label_row(&data, "main").unwrap();
    let main = folder.read("labels/one.txt.json");
    for branch in ["", " "] {
        let refused = platform.create_label_row(project, &data, branch, SignedUrl::Unwanted).await.unwrap_err();
        assert!(matches!(&refused, Error::InvalidArguments(_)), "{refused:?}");
        assert!(refused.to_string().contains("the name of the branch is empty"), "{refused}");
        running.create_label_row(&data, branch).unwrap_err();
    }
    assert_eq!(folder.read("labels/one.txt.json"), main, "the labels of main are as they were");
    let source = ProjectSource::new("Rows", ONTOLOGY).data(DataSource::image("a.jpg", 1, 1).label_row("", main));
    let error = LocalPlatform::builder().project(source).start().await.unwrap_err();
    assert!(error.to_string().contains("the name of the branch is empty"), "{error}");
}

#[tokio::test]
async fn reports_unsupported_call() {
    let running = start(LocalPlatform::builder().project(project())).await;
    for (method, path) in [
        (Method::GET, format!("/v2/public/projects/{PROJECT}/groups")),
        (Method::POST, format!("/v2/public/projects/{PROJECT}/label-classifications")),
        (Method::POST, "/v2/public/projects".to_owned()),
        (Method::DELETE, "/v2/public/storage/items".to_owned()),
        (Method::GET, "/v2/public/storage/folders".to_owned()),
        (Method::GET, "/v2/public/issues".to_owned()),
    ] {
        let answer = send(&running.url(), method.clone(), &format!("{path}?a=b"), &TOKEN, String::new()).await;
        let said = format!("`{method} {path}` is not supported by the local platform");
        assert_eq!((answer.status.as_u16(), answer.message()), (501, said));
    }
    let query = json!({ "query_type": "labellogs", "query_method": "GET", "values": { "uid": null, "payload": null } });
    let scope = PROJECT.to_string();
    let headers = [TOKEN[0], ("resourcetype", "project"), ("resourceid", scope.as_str())];
    for path in ["/public", "/public/user"] {
        let answer = send(&running.url(), Method::POST, path, &headers, query.to_string()).await.json();
        assert_eq!(answer["response"], json!(["NOT_SUPPORTED_BY_THE_LOCAL_PLATFORM"]));
        assert_eq!(answer["payload"], "`GET labellogs` is not supported by the local platform");
    }
    // Unknown resources and unsupported calls have different errors.
    let missing = format!("/v2/public/ontologies/{}", Uuid::nil());
    assert_eq!(get(&running, &missing).await.status, 404);
}
