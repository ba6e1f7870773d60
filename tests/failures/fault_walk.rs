//! One call of an agent, repeated with every fault in each of its platform requests, deterministically. With every fault, the label
//! row is the old or the new one, nothing is saved twice, and the annotator gets a message that says which.
#![allow(clippy::print_stdout, reason = "the number of runs is the result")]

use std::collections::BTreeMap;
use std::time::Duration;

use agent_runtime::SaveVerification;
use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformClient, RetryPolicy};
use agent_runtime::media::{Encoding, Rgb, RgbImage, encode};
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};
use agent_runtime::uuid::Uuid;
use agent_studio::{CallKind, DataSource, Effect, Fault, LocalPlatform, ProjectSource, RunningPlatform};
use serde_json::Value;

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;
const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f3);

/// A well-formed response with the wrong content for every read. A save accepts it as an acknowledgement.
const UNRELATED_RESPONSE: &str = r#"{"status": 200, "response": [{}]}"#;

const TOKEN: &str = "made-up-token";

/// Read-back without a delay, because there are no concurrent saves.
const IMMEDIATELY: SaveVerification = SaveVerification::After(Duration::from_millis(1));

/// Number of calls that a persistent fault affects: more than any number of retries.
const EVERY_TIME: u64 = 1000;

/// Reads the row and the image, and changes the row.
#[editor_agent]
async fn mark(frame: Frame, pixels: FramePixels, row: &mut LabelRow) -> Result<String> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(format!("Marked one of {} columns.", pixels.width()))
}

/// Retry behaviour of the client.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Client {
    Retries,
    NeverRetries,
}

/// One run: a fault in one request of a call, for data with or without a label row.
#[derive(Debug, Clone)]
struct Run {
    client: Client,
    has_row: bool,
    request: (CallKind, u64),
    effect: Effect,
    times: u64,
}

fn effects() -> Vec<Effect> {
    let statuses = [400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504];
    let mut all: Vec<_> = statuses.iter().map(|status| Effect::message(*status, "It does not work.")).collect();
    // Valid in the envelope of legacy calls, malformed for others.
    all.extend(
        [(401, "AUTHENTICATION_ERROR"), (404, "RESOURCE_NOT_FOUND_ERROR"), (500, "UNKNOWN_ERROR")]
            .map(|(status, code)| Effect::legacy(status, code)),
    );
    all.extend([
        Effect::Hang,
        Effect::HangAfter,
        Effect::Reset,
        Effect::ResetAfter,
        Effect::ResetAfterHead,
        Effect::CutOff,
        Effect::answer(200, ""),
        Effect::answer(204, ""),
        Effect::answer(200, "<html>Sign in</html>"),
        Effect::answer(200, r#"{"status": 200, "response": "#),
        Effect::answer(200, UNRELATED_RESPONSE),
        Effect::answer(200, "null"),
        Effect::answer_after(200, ""),
        Effect::answer_after(200, "<html>Sign in</html>"),
        Effect::answer_after(500, r#"{"message": "It does not work."}"#),
        Effect::answer_after(502, "<html>Bad gateway</html>"),
        Effect::answer_after(504, ""),
    ]);
    all
}

/// Returns whether a client with retries recovers from a single occurrence in a read or a save.
fn is_recoverable(effect: &Effect) -> bool {
    match effect {
        Effect::Answer { status, .. } | Effect::AnswerAfter { status, .. } => matches!(status, 429 | 500 | 502 | 503),
        _ => true,
    }
}

/// A platform with one image per run.
struct World {
    platform: RunningPlatform,
    clients: [(Client, TestClient); 2],
}

impl World {
    async fn start(images: usize) -> Self {
        let file = encode(&RgbImage::from_pixel(16, 16, Rgb([9, 9, 9])), Encoding::jpeg(90)).unwrap().bytes;
        let image = |n| DataSource::image(format!("{n}.jpg"), 16, 16).data_hash(data(n)).bytes(file.clone());
        let project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT);
        let project = (0..images).fold(project, |project, n| project.data(image(n)));
        // A bearer token, because signatures would take half of the time.
        let platform = LocalPlatform::builder().project(project).bearer_token("agent@example.test", TOKEN);
        let platform = platform.start().await.unwrap();
        let client = |client: Client| {
            let retries = if client == Client::Retries { 2 } else { 0 };
            let policy = RetryPolicy {
                initial_backoff: Duration::from_millis(1),
                budget: 1_000_000,
                retries,
                ..RetryPolicy::default()
            };
            let builder = PlatformClient::builder()
                .credentials(Credentials::bearer(TOKEN).unwrap())
                .domain(Domain::parse(&platform.url()).unwrap())
                .retry(policy)
                // Short for the duration of the test, but long enough for a busy machine.
                .read_timeout(Duration::from_millis(400))
                .call_timeout(Duration::from_secs(10));
            let server = Server::new().agents(agents![mark]).platform(builder.build().unwrap());
            (client, TestClient::new(server.ontology_age(Duration::ZERO).save_verification(IMMEDIATELY)).unwrap())
        };
        let clients = [client(Client::Retries), client(Client::NeverRetries)];
        Self { platform, clients }
    }

    async fn call(&self, client: Client, data: Uuid) -> TestResponse {
        let (_, client) = self.clients.iter().find(|(kind, _)| *kind == client).unwrap();
        client.call("/mark", &AgentPayload::new(PROJECT, data).on_frame(0)).await
    }

    /// Returns the stored label row of a data unit.
    fn row(&self, data: Uuid) -> Option<String> {
        self.platform.label_row(&self.platform.label_hash(&data.to_string(), "main")?)
    }

    /// Creates a label row with one object.
    fn create_row(&self, data: Uuid) {
        self.platform.create_label_row(&data.to_string(), "main").unwrap();
        let add = |row: &mut LabelRow| row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(0).map(drop);
        self.platform.edit_as("annotator@example.test", &data.to_string(), add).unwrap();
    }

    /// Returns the requests of a call without faults: kind, and number of earlier requests of that kind.
    async fn requests(&self, has_row: bool, data: Uuid) -> Vec<(CallKind, u64)> {
        if has_row {
            self.create_row(data);
        }
        self.platform.calls().clear();
        let response = self.call(Client::NeverRetries, data).await;
        assert_eq!(response.message(), Some("Marked one of 16 columns."), "{}", response.text());
        let mut seen = BTreeMap::new();
        let mut requests = Vec::new();
        for kind in self.platform.calls().kinds() {
            let before = seen.entry(kind.to_string()).or_insert(0);
            requests.push((kind, *before));
            *before += 1;
        }
        requests
    }

    async fn walk(&self, run: &Run, data: Uuid) {
        if run.has_row {
            self.create_row(data);
        }
        let old = self.row(data);
        let (kind, before) = run.request;
        self.platform.calls().clear();
        self.platform.faults().clear();
        self.platform.faults().add(Fault::new(run.effect.clone()).on(kind).skip(before).times(run.times));
        let response = self.call(run.client, data).await;
        let left = self.platform.faults().all().first().map_or(0, |fault| fault.times.unwrap());
        self.platform.faults().clear();
        self.check(run, &response, old.as_deref(), data, run.times - left);
        // The next call succeeds.
        if matches!(kind, CallKind::SaveLabelRows | CallKind::CreateLabelRows) {
            let had = self.row(data).map_or(0, |row| objects(&row));
            let response = self.call(Client::Retries, data).await;
            assert_eq!(response.status().as_u16(), 200, "after {run:?}: {}", response.text());
            assert_eq!(objects(&self.row(data).unwrap()), had + 1, "after {run:?}");
        }
    }

    fn check(&self, run: &Run, response: &TestResponse, old: Option<&str>, data: Uuid, met: u64) {
        let (status, text) = (response.status().as_u16(), response.text());
        let now = self.row(data);
        let is_new = is_new(old, now.as_deref()).unwrap_or_else(|what| panic!("{run:?}: {what}\n{text}"));
        let message = response.message().unwrap_or_else(|| panic!("{run:?}: no message: {text}"));
        assert!(message.ends_with('.') && message.contains(' '), "{run:?}: not a sentence: {message}");
        // A file that is not an image is an error for the annotator, from any source.
        let is_of_the_data = status == 400 && run.request.0 == CallKind::Download;
        let is_of_the_platform = matches!(status, 200 | 403 | 404 | 409 | 413 | 502 | 503 | 504);
        assert!(is_of_the_platform || is_of_the_data, "{run:?}: {status} {text}");
        assert_eq!(status == 503, response.headers().contains_key("retry-after"), "{run:?}: {status} {text}");
        // Reported as saved, as not saved, or as unconfirmed. A failed read-back changes nothing, because the platform has
        // acknowledged the save.
        match (status, message.contains("did not confirm")) {
            (200, _) => assert!(is_new, "{run:?}: the response is a success, and nothing is saved"),
            (_, false) => assert!(!is_new, "{run:?}: the response is a failure, and the labels are saved: {text}"),
            (_, true) => assert_eq!(run.request.0, CallKind::SaveLabelRows, "{run:?}: {text}"),
        }
        let saves = self.platform.calls().count(CallKind::SaveLabelRows) as u64;
        let in_vain = if run.request.0 == CallKind::SaveLabelRows && !run.effect.executes_request() { met } else { 0 };
        assert!(saves - in_vain <= 1, "{run:?}: saved {} times", saves - in_vain);
        let recovers = run.client == Client::Retries && run.times == 1 && is_recoverable(&run.effect);
        if recovers && run.request.0 != CallKind::CreateLabelRows {
            assert_eq!(status, 200, "{run:?}: {text}");
        }
    }
}

fn data(n: usize) -> Uuid {
    Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0000 + n as u128)
}

fn parsed(row: &str) -> Value {
    serde_json::from_str(row).unwrap()
}

/// Returns the objects of the only data unit.
fn frame_objects(row: &mut Value) -> &mut Vec<Value> {
    let unit = row["data_units"].as_object_mut().unwrap().values_mut().next().unwrap();
    let labels = unit["labels"].as_object_mut().unwrap();
    labels.entry("objects").or_insert_with(|| Value::Array(Vec::new())).as_array_mut().unwrap()
}

fn objects(row: &str) -> usize {
    frame_objects(&mut parsed(row)).len()
}

/// Returns whether a row is the result of the agent, or the old row.
///
/// # Errors
/// The row is neither.
fn is_new(old: Option<&str>, now: Option<&str>) -> Result<bool, String> {
    let (Some(old), Some(now)) = (old, now) else {
        return match now.map(objects) {
            None | Some(0) => Ok(false),
            Some(1) => Ok(true),
            Some(more) => Err(format!("{more} objects in a row that was not there")),
        };
    };
    if old == now {
        return Ok(false);
    }
    let (mut before, mut after) = (parsed(old), parsed(now));
    for row in [&mut before, &mut after] {
        row["last_edited_at"] = Value::Null;
        frame_objects(row);
    }
    let added = frame_objects(&mut after).pop().unwrap_or_default();
    let hash = added["objectHash"].as_str().unwrap_or_default().to_owned();
    if let Some(answers) = after["object_answers"].as_object_mut() {
        answers.remove(&hash);
    }
    if before == after { Ok(true) } else { Err(format!("neither the old row nor the new one:\n{old}\n{now}")) }
}

/// Returns all runs, in order.
async fn all_runs() -> Vec<Run> {
    let world = World::start(2).await;
    let mut runs = Vec::new();
    for has_row in [true, false] {
        let requests = world.requests(has_row, data(usize::from(has_row))).await;
        assert_eq!(requests.len(), 9, "{requests:?}");
        for request in requests {
            let is_lie = |effect: &Effect| {
                request.0 == CallKind::SaveLabelRows && *effect == Effect::answer(200, UNRELATED_RESPONSE)
            };
            for effect in effects().into_iter().filter(|effect| !is_lie(effect)) {
                for (client, times) in [(Client::Retries, 1), (Client::Retries, EVERY_TIME), (Client::NeverRetries, 1)]
                {
                    runs.push(Run { client, has_row, request, effect: effect.clone(), times });
                }
            }
        }
    }
    runs
}

/// Held by a walk, so that two do not run at the same time: their clients have short timeouts.
pub(crate) static ONE_WALK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_leaves_old_or_new_row() {
    let _alone = ONE_WALK.lock().await;
    const WALKERS: usize = 8;
    let runs = all_runs().await;
    let number = runs.len();
    let mut walkers = tokio::task::JoinSet::new();
    for walker in 0..WALKERS {
        let own: Vec<Run> = runs.iter().skip(walker).step_by(WALKERS).cloned().collect();
        walkers.spawn(async move {
            let world = World::start(own.len()).await;
            for (n, run) in own.iter().enumerate() {
                world.walk(run, data(n)).await;
            }
        });
    }
    walkers.join_all().await;
    println!("{number} runs: each request of a call, broken in each of {} ways", effects().len());
}
