//! The test project on the local platform: a video with two objects, and unlabelled images, a group, a sound and a
//! damaged file.

use std::sync::Arc;
use std::time::Duration;

use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformBuilder, PlatformClient, RetryPolicy};
use agent_runtime::agent_platform::labels::{EditError, LabelRow};
use agent_runtime::media::{Encoding, Rgb, RgbImage, encode};
use agent_runtime::testing::TestClient;
use agent_runtime::uuid::{Uuid, uuid};
use agent_runtime::{AgentPayload, AgentSet, SaveVerification, Server};
use agent_studio::{
    CallKind, DataSource, Effect, Fault, ImageSource, LocalPlatform, LocalPlatformBuilder, MediaKind, ProjectSource,
    RunningPlatform,
};

pub(crate) const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const IMAGE: Uuid = uuid!("11111111-aaaa-4bbb-8ccc-000000000001");
const GROUP: Uuid = uuid!("22222222-aaaa-4bbb-8ccc-000000000002");
const VIDEO: Uuid = uuid!("33333333-aaaa-4bbb-8ccc-000000000003");

const SOUND: Uuid = uuid!("44444444-aaaa-4bbb-8ccc-000000000004");
const CLIP: Uuid = uuid!("66666666-aaaa-4bbb-8ccc-000000000006");
const DAMAGED: Uuid = uuid!("55555555-aaaa-4bbb-8ccc-000000000005");

const ONTOLOGY: &str = include_str!("ontology.json");

/// Short names for the requests of the platform.
const KINDS: [(&str, CallKind); 9] = [
    ("get project", CallKind::Project),
    ("get ontology", CallKind::Ontology),
    ("list", CallKind::ListLabelRows),
    ("get", CallKind::GetLabelRows),
    ("create", CallKind::CreateLabelRows),
    ("save", CallKind::SaveLabelRows),
    ("storage item", CallKind::StorageItem),
    ("children", CallKind::ChildItems),
    ("download", CallKind::Download),
];

fn kind(name: &str) -> CallKind {
    KINDS.iter().find(|(known, _)| *known == name).unwrap().1
}

/// Returns the payload of a frame of the video, which has labels on frame 0.
pub(crate) fn video(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, VIDEO).on_frame(frame)
}

pub(crate) fn image(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, IMAGE).on_frame(frame)
}

pub(crate) fn group(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, GROUP).on_frame(frame)
}

/// Returns the payload of a video with a file: 48 frames of 480 x 320 pixels, on which coins slide over a table.
pub(crate) fn clip(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, CLIP).on_frame(frame)
}

/// Returns the payload of a sound.
pub(crate) fn sound() -> AgentPayload {
    AgentPayload::new(PROJECT, SOUND)
}

/// Returns the payload of a damaged image file.
pub(crate) fn damaged() -> AgentPayload {
    AgentPayload::new(PROJECT, DAMAGED)
}

/// Returns a JPEG of 160 x 120 pixels: red on the left, and with this blue value on the right.
pub(crate) fn jpeg(blue: u8) -> Vec<u8> {
    let image = RgbImage::from_fn(160, 120, |x, _| Rgb(if x < 80 { [200, 0, 0] } else { [0, 0, blue] }));
    encode(&image, Encoding::jpeg(95)).unwrap().bytes
}

/// Returns the payload of an unknown data unit.
pub(crate) fn unknown_data() -> AgentPayload {
    AgentPayload::new(PROJECT, Uuid::max())
}

/// Returns the payload of an unknown project.
pub(crate) fn unknown_project() -> AgentPayload {
    AgentPayload::new(Uuid::max(), VIDEO)
}

/// Returns credentials that the platform does not know.
pub(crate) fn unknown_credentials() -> Credentials {
    agent_studio::ClientKey::random().unwrap().credentials().unwrap()
}

pub(crate) fn no_retry() -> RetryPolicy {
    RetryPolicy { retries: 0, ..RetryPolicy::default() }
}

/// The test project on a local platform. Cheap to clone.
#[derive(Clone)]
pub(crate) struct World(Arc<RunningPlatform>);

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    pub(crate) async fn start_with(settings: impl FnOnce(LocalPlatformBuilder) -> LocalPlatformBuilder) -> Self {
        let image = |n: u8| ImageSource::new(format!("{n}.jpg"), 160, 120).bytes(jpeg(n * 80));
        let mut sound = DataSource::new("speech.mp3", MediaKind::Audio);
        sound.facts.mime = Some("audio/mpeg".to_owned());
        let project = ProjectSource::new("Streets", ONTOLOGY)
            .project_hash(PROJECT)
            .data(DataSource::image("image.jpg", 160, 120).data_hash(IMAGE).bytes(jpeg(240)))
            .data(DataSource::image_group("group", (0..3).map(image).collect()).data_hash(GROUP))
            .data(
                DataSource::video("drive.mp4", 640, 480, 10, 25.0)
                    .data_hash(VIDEO)
                    .label_row("main", include_str!("video_row.json")),
            )
            .data(
                DataSource::video("table.mp4", 480, 320, 48, 16.0)
                    .data_hash(CLIP)
                    .bytes(&include_bytes!("../../agent-studio/sample/data/table.mp4")[..]),
            )
            .data(sound.data_hash(SOUND).bytes(b"ID3".to_vec()))
            .data(DataSource::image("torn.jpg", 160, 120).data_hash(DAMAGED).bytes(jpeg(1)[..900].to_vec()));
        Self(Arc::new(settings(LocalPlatform::builder()).project(project).start().await.unwrap()))
    }

    /// Returns the platform.
    #[allow(dead_code, reason = "other tests ask for it")]
    pub(crate) fn platform(&self) -> &RunningPlatform {
        &self.0
    }

    pub(crate) fn credentials(&self) -> Credentials {
        self.0.credentials().unwrap()
    }

    pub(crate) fn domain(&self) -> Domain {
        Domain::parse(&self.platform().url()).unwrap()
    }

    /// Returns the builder of a client of this platform, with short timeouts.
    pub(crate) fn builder(&self) -> PlatformBuilder {
        let retry = RetryPolicy { initial_backoff: Duration::from_millis(5), ..RetryPolicy::default() };
        PlatformClient::builder().credentials(self.credentials()).domain(self.domain()).retry(retry)
    }

    /// Returns a server of this platform that reads rows back immediately after a save, because nothing else writes to
    /// them.
    pub(crate) fn server(&self, agents: AgentSet) -> Server {
        let at_once = SaveVerification::After(Duration::from_millis(1));
        Server::new().agents(agents).platform(self.builder().build().unwrap()).save_verification(at_once)
    }

    pub(crate) fn client(&self, agents: AgentSet) -> TestClient {
        TestClient::new(self.server(agents)).unwrap()
    }

    // ---- requests received

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        let short = |call: CallKind| KINDS.iter().find(|(_, kind)| *kind == call).map_or("other", |(name, _)| name);
        self.0.calls().kinds().into_iter().map(short).collect()
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.0.calls().count(kind(name))
    }

    pub(crate) fn forget_calls(&self) {
        self.0.calls().clear();
    }

    pub(crate) fn traces(&self) -> Vec<String> {
        self.0.calls().all().into_iter().map(|call| call.trace.unwrap_or_default()).collect()
    }

    /// Returns whether the first requests of these kinds overlapped in time.
    pub(crate) fn overlap(&self, one: &str, other: &str) -> bool {
        self.0.calls().of_kind(kind(one))[0].overlaps(&self.0.calls().of_kind(kind(other))[0])
    }

    // ---- stored state

    fn stored(&self, data: Uuid) -> Option<String> {
        self.0.label_row(&self.0.label_hash(&data.to_string(), "main")?)
    }

    pub(crate) fn video_row(&self) -> String {
        self.stored(VIDEO).unwrap()
    }

    fn objects(&self, data: Uuid) -> usize {
        let ontology = self.0.ontology(&data.to_string()).unwrap();
        self.stored(data).map_or(0, |row| LabelRow::parse(row, ontology).unwrap().objects().count())
    }

    pub(crate) fn objects_of_video(&self) -> usize {
        self.objects(VIDEO)
    }

    pub(crate) fn objects_of_image(&self) -> usize {
        self.objects(IMAGE)
    }

    pub(crate) fn objects_of_group(&self) -> usize {
        self.objects(GROUP)
    }

    // ---- concurrent edits of another user

    pub(crate) fn other_user_adds_a_box(&self) {
        self.other_user_edits(|row| row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(0).map(drop));
    }

    /// Edits the current row of the video.
    pub(crate) fn other_user_edits(&self, edit: impl FnOnce(&mut LabelRow) -> Result<(), EditError>) {
        self.0.edit_as("annotator@example.test", &VIDEO.to_string(), edit).unwrap();
    }

    /// Saves a box in an old version of the video's row, without checking for conflicts.
    #[allow(dead_code, reason = "other tests ask for it")]
    pub(crate) fn other_user_overwrites(&self, read: &str) {
        let data = VIDEO.to_string();
        let mut row = LabelRow::parse(read, self.0.ontology(&data).unwrap()).unwrap();
        row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(0).unwrap();
        self.0.save_as("annotator@example.test", row.label_hash().as_str(), &row.to_json()).unwrap();
    }

    // ---- faults

    pub(crate) fn fault(&self, name: &str, effect: Effect, times: u64) {
        self.0.faults().add(Fault::new(effect).on(kind(name)).times(times));
    }

    /// Injects a fault after the first `count` requests.
    pub(crate) fn fault_after(&self, requests: u64, name: &str, effect: Effect) {
        self.0.faults().add(Fault::new(effect).on(kind(name)).skip(requests));
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.0.set_latency(latency);
    }
}
