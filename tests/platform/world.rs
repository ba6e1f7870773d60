//! A project on the local platform: a video with two objects, an image and a group of images without labels.

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

const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const IMAGE: Uuid = uuid!("11111111-aaaa-4bbb-8ccc-000000000001");
const GROUP: Uuid = uuid!("22222222-aaaa-4bbb-8ccc-000000000002");
const VIDEO: Uuid = uuid!("33333333-aaaa-4bbb-8ccc-000000000003");

const SOUND: Uuid = uuid!("44444444-aaaa-4bbb-8ccc-000000000004");
const CLIP: Uuid = uuid!("66666666-aaaa-4bbb-8ccc-000000000006");
const DAMAGED: Uuid = uuid!("55555555-aaaa-4bbb-8ccc-000000000005");

const ONTOLOGY: &str = r##"{"objects": [
    {"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "ob/BOX+1"},
    {"id": "2", "name": "Field", "color": "#16406C", "shape": "polygon", "featureNodeHash": "obPOLY03"},
    {"id": "3", "name": "Water", "color": "#A4DD00", "shape": "bitmask", "featureNodeHash": "obBMSK07"},
    {"id": "4", "name": "Container", "color": "#E27300", "shape": "rotatable_bounding_box", "featureNodeHash": "obRBOX02"},
    {"id": "5", "name": "Marker", "color": "#FCDC00", "shape": "point", "featureNodeHash": "obPNT005"}
], "classifications": []}"##;

/// The kinds of calls in short.
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

/// A frame of the video, which has labels on frame 0.
pub(crate) fn video(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, VIDEO).on_frame(frame)
}

pub(crate) fn image(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, IMAGE).on_frame(frame)
}

pub(crate) fn group(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, GROUP).on_frame(frame)
}

/// A video with its file: 48 frames of 480 by 320, on which coins slide over a table.
pub(crate) fn clip(frame: u64) -> AgentPayload {
    AgentPayload::new(PROJECT, CLIP).on_frame(frame)
}

/// A sound.
pub(crate) fn sound() -> AgentPayload {
    AgentPayload::new(PROJECT, SOUND)
}

/// An image file that holds no image.
pub(crate) fn damaged() -> AgentPayload {
    AgentPayload::new(PROJECT, DAMAGED)
}

/// A file of 160 by 120 pixels: red on the left, and of this blue on the right.
pub(crate) fn jpeg(blue: u8) -> Vec<u8> {
    let image = RgbImage::from_fn(160, 120, |x, _| Rgb(if x < 80 { [200, 0, 0] } else { [0, 0, blue] }));
    encode(&image, Encoding::jpeg(95)).unwrap().bytes
}

/// Data that the project does not have.
pub(crate) fn nowhere() -> AgentPayload {
    AgentPayload::new(PROJECT, Uuid::max())
}

/// A project that nobody has.
pub(crate) fn unknown_project() -> AgentPayload {
    AgentPayload::new(Uuid::max(), VIDEO)
}

/// Credentials that no platform knows.
pub(crate) fn unknown_credentials() -> Credentials {
    agent_studio::ClientKey::random().unwrap().credentials().unwrap()
}

pub(crate) fn no_retry() -> RetryPolicy {
    RetryPolicy { retries: 0, ..RetryPolicy::default() }
}

/// The project on a platform of its own. Cheap to clone.
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

    /// The platform itself.
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

    /// A client of this platform that does not wait long.
    pub(crate) fn builder(&self) -> PlatformBuilder {
        let retry = RetryPolicy { initial_backoff: Duration::from_millis(5), ..RetryPolicy::default() };
        PlatformClient::builder().credentials(self.credentials()).domain(self.domain()).retry(retry)
    }

    /// A server of this platform that reads saved rows back at once: there is nobody else who could replace them.
    pub(crate) fn server(&self, agents: AgentSet) -> Server {
        let at_once = SaveVerification::After(Duration::from_millis(1));
        Server::new().agents(agents).platform(self.builder().build().unwrap()).save_verification(at_once)
    }

    pub(crate) fn client(&self, agents: AgentSet) -> TestClient {
        TestClient::new(self.server(agents)).unwrap()
    }

    // ---- what reached it

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

    /// Whether the first calls of these kinds were being answered at one moment.
    pub(crate) fn overlap(&self, one: &str, other: &str) -> bool {
        self.0.calls().of_kind(kind(one))[0].overlaps(&self.0.calls().of_kind(kind(other))[0])
    }

    // ---- what it has

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

    // ---- what happens meanwhile

    pub(crate) fn somebody_else_adds_a_box(&self) {
        self.somebody_else_edits(|row| row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(0).map(drop));
    }

    /// Edits the row of the video as it is now.
    pub(crate) fn somebody_else_edits(&self, edit: impl FnOnce(&mut LabelRow) -> Result<(), EditError>) {
        self.0.edit_as("annotator@example.test", &VIDEO.to_string(), edit).unwrap();
    }

    /// Saves a box in a row of the video that was read earlier, as who has not checked that it is the latest.
    #[allow(dead_code, reason = "other tests ask for it")]
    pub(crate) fn somebody_else_saves_over(&self, read: &str) {
        let data = VIDEO.to_string();
        let mut row = LabelRow::parse(read, self.0.ontology(&data).unwrap()).unwrap();
        row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(0).unwrap();
        self.0.save_as("annotator@example.test", row.label_hash().as_str(), &row.to_json()).unwrap();
    }

    // ---- what goes wrong

    pub(crate) fn fault(&self, name: &str, effect: Effect, times: u64) {
        self.0.faults().add(Fault::new(effect).on(kind(name)).times(times));
    }

    /// Lets the first requests through.
    pub(crate) fn fault_after(&self, requests: u64, name: &str, effect: Effect) {
        self.0.faults().add(Fault::new(effect).on(kind(name)).skip(requests));
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.0.set_latency(latency);
    }
}
