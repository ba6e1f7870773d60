//! Fixture: a local platform with photographs, a video and unusual images, and a server of agents.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_models::sam::{CacheCounts, SegmentError, SelectedPrompts, SharedSegmenter};
use agent_platform::client::PlatformClient;
use agent_platform::labels::{EditError, LabelRow};
use agent_platform::media::{Encoding, Rgb, RgbImage, encode};
use agent_runtime::prelude::*;
use agent_runtime::{AgentPayload, AgentSet, RunningServer};
use agent_studio::{DataSource, LocalPlatform, ProjectSource, RunningPlatform};
use test_support::wire::{Connection, Response};
use uuid::Uuid;

use crate::SEGMENTER;
use crate::sample::sample;

const ONTOLOGY: &str = r##"{"objects": [
    {"id": "1", "name": "Item", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "obBOX001"},
    {"id": "2", "name": "Outline", "color": "#16406C", "shape": "polygon", "featureNodeHash": "obPOLY02"},
    {"id": "3", "name": "Region", "color": "#A4DD00", "shape": "bitmask", "featureNodeHash": "obBMSK03"},
    {"id": "4", "name": "Mark", "color": "#FCDC00", "shape": "point", "featureNodeHash": "obPNT004"},
    {"id": "5", "name": "Background mark", "color": "#FCDC00", "shape": "point", "featureNodeHash": "obPNT005"},
    {"id": "6", "name": "Elsewhere", "color": "#FCDC00", "shape": "point", "featureNodeHash": "obPNT006"},
    {"id": "7", "name": "Path", "color": "#FCDC00", "shape": "polyline", "featureNodeHash": "obLINE07"}
], "classifications": []}"##;

/// Data units of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    Rocket,
    Astronaut,
    Cat,
    /// A video of 48 frames.
    Table,
    /// An image of one pixel.
    Pixel,
}

impl Data {
    const ALL: [Self; 5] = [Self::Rocket, Self::Astronaut, Self::Cat, Self::Table, Self::Pixel];

    fn hash(self) -> Uuid {
        Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0000 + self as u128)
    }

    fn source(self) -> DataSource {
        let file = |name: &str| fs::read(sample("data").join(name)).unwrap();
        let photograph = |name: &str, width, height| DataSource::image(name, width, height).bytes(file(name));
        let source = match self {
            Self::Rocket => photograph("rocket.jpg", 640, 427),
            Self::Astronaut => photograph("astronaut.jpg", 512, 512),
            Self::Cat => photograph("cat.jpg", 451, 300),
            Self::Table => DataSource::video("table.mp4", 480, 320, 48, 16.0).bytes(file("table.mp4")),
            Self::Pixel => {
                let pixel = RgbImage::from_pixel(1, 1, Rgb([200, 10, 10]));
                DataSource::image("pixel.png", 1, 1).bytes(encode(&pixel, Encoding::Png).unwrap().bytes)
            }
        };
        source.data_hash(self.hash())
    }
}

/// A platform with all data units.
pub(crate) struct World(RunningPlatform);

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Starts a platform with one more data unit, which is the last of the listing.
    pub(crate) async fn start_with(further: Option<DataSource>) -> Self {
        let project = ProjectSource::new("Photographs", ONTOLOGY);
        let project = Data::ALL.into_iter().fold(project, |project, data| project.data(data.source()));
        let project = further.into_iter().fold(project, ProjectSource::data);
        Self(LocalPlatform::builder().project(project).start().await.unwrap())
    }

    pub(crate) fn client(&self) -> PlatformClient {
        self.0.client().unwrap()
    }

    /// Starts a server of these agents.
    pub(crate) async fn serve(&self, agents: AgentSet, configure: impl FnOnce(Server) -> Server) -> Agents {
        let server = Server::new().agents(agents).platform(self.client()).port(0);
        Agents(configure(server).start().await.unwrap())
    }

    /// Starts a server of `encode` and `segment` with this model.
    pub(crate) async fn serve_model(&self, model: &SharedSegmenter) -> Agents {
        let model = model.clone();
        self.serve(agents![encode_image, segment], |server| server.state(model)).await
    }

    pub(crate) fn payload(&self, data: Data) -> AgentPayload {
        AgentPayload::new(self.0.project_hashes()[0], data.hash()).on_frame(0)
    }

    /// Labels frame 0 of a data unit, and returns a payload with what `edit` returns as its selection.
    pub(crate) fn labelled(
        &self,
        data: Data,
        edit: impl FnOnce(&mut LabelRow) -> Result<Vec<String>, EditError>,
    ) -> AgentPayload {
        let hash = data.hash().to_string();
        if self.0.label_hash(&hash, "main").is_none() {
            self.0.create_label_row(&hash, "main").unwrap();
        }
        let selected = self.0.edit_as("annotator@example.test", &hash, edit).unwrap();
        self.payload(data).with_objects(selected.iter().map(String::as_str))
    }
}

/// A server of agents.
pub(crate) struct Agents(pub(crate) RunningServer);

impl Agents {
    /// Sends a call, without waiting for its response.
    pub(crate) async fn send(&self, path: &str, payload: &AgentPayload) -> Connection {
        let mut connection = Connection::open(self.0.address()).await;
        connection.post(path, &[], &serde_json::to_string(payload).unwrap()).await;
        connection
    }

    pub(crate) async fn call(&self, path: &str, payload: &AgentPayload) -> Response {
        self.send(path, payload).await.response().await.unwrap()
    }

    /// Returns status and message of a call.
    pub(crate) async fn answer(&self, path: &str, payload: &AgentPayload) -> (u16, String) {
        let response = self.call(path, payload).await;
        (response.status, response.message())
    }
}

/// Encodes the image.
#[editor_agent]
pub(crate) async fn encode_image(call: EditorCall, State(model): State<SharedSegmenter>) -> Result<String> {
    let embedding = model.embedding(&call).await?;
    let (width, height) = embedding.size();
    Ok(format!("{width}x{height}"))
}

/// Segments the selected objects, and returns the part of the image that each covers.
#[editor_agent]
pub(crate) async fn segment(
    call: EditorCall,
    State(model): State<SharedSegmenter>,
    selected: SelectedPrompts,
) -> Result<String> {
    let embedding = model.embedding(&call).await?;
    let prompts: Vec<_> = selected.iter().map(|object| object.prompts.clone()).collect();
    let masks = call.spawn_blocking(move || model.segmenter().predict_all(&embedding, &prompts)).await?;
    let masks = masks.map_err(SegmentError::complaint)?;
    let parts = masks.iter().map(|masks| {
        let inside = masks[0].render(100, 100).iter().filter(|inside| **inside).count();
        format!("{inside}")
    });
    Ok(parts.collect::<Vec<_>>().join(" "))
}

/// Creates the state with an empty cache of this many images.
pub(crate) fn model(images: u64) -> SharedSegmenter {
    SharedSegmenter::with_cache_bytes(Arc::clone(&SEGMENTER), images * 4_500_000)
}

/// Returns hits and misses.
pub(crate) fn lookups(model: &SharedSegmenter) -> (u64, u64) {
    let CacheCounts { hits, misses, .. } = model.cache_counts();
    (hits, misses)
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
