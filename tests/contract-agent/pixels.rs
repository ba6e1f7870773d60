//! Agents for each media extractor.

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;
use agent_runtime::uuid::Uuid;
use serde::Serialize;

/// Height, width and channels, in the order of arrays.
type Shape = [u32; 3];

fn shape(image: &RgbImage) -> Shape {
    [image.height(), image.width(), 3]
}

#[derive(Serialize)]
struct FrameSummary {
    shape: Shape,
    mean: [f64; 3],
}

/// Returns the size of the frame and its mean color.
#[editor_agent]
async fn single_frame(frame: FramePixels) -> Json<FrameSummary> {
    let count = f64::from(frame.width()) * f64::from(frame.height());
    let mut sums = [0.0; 3];
    for pixel in frame.pixels() {
        sums.iter_mut().zip(pixel.0).for_each(|(sum, shade)| *sum += f64::from(shade));
    }
    Json(FrameSummary { shape: shape(&frame), mean: sums.map(|sum| (sum / count * 100.0).round() / 100.0) })
}

#[derive(Serialize)]
struct FileSummary {
    suffix: String,
    bytes: u64,
}

/// Returns the size of the file.
#[editor_agent]
async fn asset(asset: Asset) -> Json<FileSummary> {
    Json(FileSummary { suffix: asset.suffix().to_owned(), bytes: asset.length() })
}

#[derive(Serialize)]
struct VideoSummary {
    frames: u64,
    last: Option<(u64, Shape)>,
}

/// Reads every frame of the video.
#[editor_agent]
async fn video_iterator(video: VideoFrames) -> Result<Json<VideoSummary>> {
    let (mut frames, mut seen) = (video.all()?, VideoSummary { frames: 0, last: None });
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        seen.frames += 1;
        seen.last = Some((frame.index, shape(&frame.pixels)));
    }
    Ok(Json(seen))
}

#[derive(Serialize)]
struct CropSummary {
    object: String,
    frame: u64,
    shape: Shape,
}

#[derive(Serialize)]
struct CropsSummary {
    crops: Vec<CropSummary>,
}

impl CropsSummary {
    fn of<'c>(crops: impl Iterator<Item = &'c Crop<AnyRegion>>) -> Result<Json<Self>> {
        let summary = |crop: &Crop<AnyRegion>| {
            Ok(CropSummary { object: crop.hash().to_string(), frame: crop.frame(), shape: shape(&crop.image()?) })
        };
        Ok(Json(Self { crops: crops.map(summary).collect::<Result<_>>()? }))
    }
}

/// Returns the sizes of the objects' crops.
#[editor_agent]
async fn object_crops(crops: Crops<AnyRegion>) -> Result<Json<CropsSummary>> {
    CropsSummary::of(crops.iter())
}

/// Returns the sizes of the crops of one class.
#[editor_agent]
async fn object_crops_filtered(crops: Crops<AnyRegion>) -> Result<Json<CropsSummary>> {
    CropsSummary::of(crops.of_class("ob/BOX+1"))
}

#[derive(Serialize)]
struct Summary {
    title: String,
    row: String,
    item: Uuid,
    shape: Shape,
    bytes: u64,
    crops: usize,
    objects: usize,
}

/// Uses every extractor.
#[editor_agent]
#[expect(clippy::too_many_arguments, reason = "everything there is")]
async fn everything(
    _payload: AgentPayload,
    _platform: PlatformClient,
    project: &Project,
    row: &LabelRow,
    item: &StorageItem,
    frame: FramePixels,
    asset: Asset,
    crops: Crops<AnyRegion>,
    objects: Selected<AnyShape>,
) -> Json<Summary> {
    Json(Summary {
        title: project.title.clone(),
        row: row.label_hash().to_string(),
        item: item.uuid,
        shape: shape(&frame),
        bytes: asset.length(),
        crops: crops.len(),
        objects: objects.len(),
    })
}
