//! Frames of a video: one by one, selected, and decoded on demand.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::media::video::{Video, VideoFrame, VideoLimits};
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};

use crate::platform::world::{World, clip, image, sound};

/// Returns a checksum that distinguishes the frames.
fn sum(image: &agent_runtime::media::RgbImage) -> u64 {
    image.as_raw().iter().map(|shade| u64::from(*shade)).sum()
}

async fn indices(mut frames: FrameStream) -> Result<String> {
    let mut indices = Vec::new();
    while let Some(frame) = frames.next().await {
        let VideoFrame { index, pixels, .. } = frame?;
        ensure!(pixels.dimensions() == (480, 320), "The frame has another size.");
        indices.push(index);
    }
    Ok(format!("{indices:?}"))
}

#[editor_agent]
async fn all(video: VideoFrames) -> Result<String> {
    let frames = video.frame_count();
    Ok(format!("{frames} {}", indices(video.all()?).await?))
}

#[editor_agent]
async fn every(Frame(step): Frame, video: VideoFrames) -> Result<String> {
    indices(video.every(step)?).await
}

#[editor_agent]
async fn list(Frame(frame): Frame, video: VideoFrames) -> Result<String> {
    indices(video.list([frame, 0, frame])?).await
}

#[editor_agent]
async fn range(Frame(frame): Frame, video: VideoFrames) -> Result<String> {
    indices(video.range(frame..frame + 3)?).await
}

/// Compares the frame of the call with the same frame of the video.
#[editor_agent]
async fn same(Frame(frame): Frame, pixels: FramePixels, asset: Asset, video: VideoFrames) -> Result<String> {
    let mut frames = video.list([frame, 0])?;
    let (one, first) = (frames.next().await.or_complain("none")??, frames.next().await.or_complain("none")??);
    ensure!(one.pixels == *pixels && frames.next().await.is_none(), "Frame {frame} is another one.");
    ensure!(frame == 0 || first.pixels != *pixels, "Frame {frame} is the first one.");
    Ok(format!("{} {}", asset.suffix(), sum(&pixels)))
}

type Given = Arc<Mutex<Vec<PathBuf>>>;

/// Takes the first frames of the video only.
#[editor_agent]
async fn few(asset: Asset, video: VideoFrames, files: State<Given>) -> Result<String> {
    files.lock().unwrap().push(asset.path().to_owned());
    let mut frames = video.all()?;
    frames.next().await.or_complain("none")??;
    Ok("one".to_owned())
}

#[editor_agent]
async fn pixels(frame: FramePixels) -> String {
    sum(&frame).to_string()
}

fn status_and_message(response: &TestResponse) -> (u16, String) {
    (response.status().as_u16(), response.message().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn returns_the_selected_frames() {
    let world = World::start().await;
    let client = world.client(agents![all, every, list, range]);
    let call = async |path: &str, frame| status_and_message(&client.call(path, &clip(frame)).await);
    let numbers = (0..48).map(|frame| frame.to_string()).collect::<Vec<_>>().join(", ");
    assert_eq!(call("/all", 0).await, (200, format!("48 [{numbers}]")));
    assert_eq!(call("/every", 20).await, (200, "[0, 20, 40]".to_owned()));
    assert_eq!(call("/list", 47).await, (200, "[47, 0, 47]".to_owned()));
    assert_eq!(call("/range", 45).await, (200, "[45, 46, 47]".to_owned()));
    let missing =
        |frame| (404, format!("There is no frame {frame}: the video table.mp4 has 48 frames, counted from 0."));
    assert_eq!(call("/list", 48).await, missing(48));
    assert_eq!(call("/range", 46).await, missing(48));
    let (status, sentence) = status_and_message(&client.call("/all", &image(0)).await);
    assert_eq!((status, &*sentence), (400, "all needs a video; image.jpg is an image."));
    assert_eq!(status_and_message(&client.call("/all", &sound()).await).0, 400);
}

#[tokio::test]
async fn frame_and_video_share_one_download() {
    let world = World::start().await;
    let client = TestClient::new(world.server(agents![same]).lookup_cache(0).file_cache(0)).unwrap();
    for frame in [0, 17, 47] {
        world.forget_calls();
        let (status, sentence) = status_and_message(&client.call("/same", &clip(frame)).await);
        assert!(status == 200 && sentence.starts_with(".mp4 "), "{frame}: {sentence}");
        assert_eq!(world.calls(), ["list", "storage item", "download"]);
    }
    assert_eq!(status_and_message(&client.call("/same", &clip(48)).await).0, 404);
}

#[tokio::test]
async fn unread_frames_are_not_decoded_and_file_is_removed() {
    let world = World::start().await;
    let files = Given::default();
    let client = TestClient::new(world.server(agents![few]).state(Arc::clone(&files))).unwrap();
    assert_eq!(status_and_message(&client.call("/few", &clip(0)).await), (200, "one".to_owned()));
    let file = files.lock().unwrap().pop().unwrap();
    // The decoding thread notices when it sends its next frame.
    let began = Instant::now();
    while file.exists() {
        assert!(began.elapsed() < Duration::from_secs(10), "{} still exists", file.display());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A file that counts its reads.
struct Counted {
    file: File,
    reads: Arc<AtomicUsize>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.file.read(buffer)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Returns the number of reads, once the decoding thread waits for the agent.
async fn settled(reads: &AtomicUsize) -> usize {
    let mut before = reads.load(Ordering::SeqCst);
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = reads.load(Ordering::SeqCst);
        if now == before {
            return now;
        }
        before = now;
    }
}

#[tokio::test]
async fn decoding_waits_for_the_agent() {
    let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../agent-studio/sample/data/table.mp4")).unwrap();
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Counted { file, reads: Arc::clone(&reads) };
    let video = Video::from_reader(counted, VideoLimits::default()).unwrap();
    let opening = reads.load(Ordering::SeqCst);

    let mut frames = VideoFrames::new(video).all().unwrap();
    frames.next().await.unwrap().unwrap();
    let first = settled(&reads).await - opening;
    for _ in 1..24 {
        frames.next().await.unwrap().unwrap();
    }
    let half = settled(&reads).await - opening;
    while let Some(frame) = frames.next().await {
        frame.unwrap();
    }
    let all = settled(&reads).await - opening;
    assert!(first * 4 < all, "{first} of {all} reads for the first frame");
    assert!(half * 4 < all * 3 && half > first, "{half} of {all} reads for half of the frames");
    drop(frames);
    assert_eq!(Arc::strong_count(&reads), 1, "the file is still open");
}

#[tokio::test]
async fn rejects_video_above_the_pixel_limit() {
    let world = World::start().await;
    let mut limits = VideoLimits::default();
    limits.pixels = 480 * 320 - 1;
    let client = TestClient::new(world.server(agents![pixels, all]).state(limits)).unwrap();
    for path in ["/pixels", "/all"] {
        let (status, sentence) = status_and_message(&client.call(path, &clip(0)).await);
        assert!(status == 413 && sentence.starts_with("table.mp4 cannot be read: "), "{path}: {sentence}");
    }
}
