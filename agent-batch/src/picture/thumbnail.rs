//! Thumbnails of images.

use agent_platform::client::{DownloadTo, PlatformClient, SignedUrl};
use agent_platform::media::{Encoding, Limits, decode, encode, resize};

use crate::plan::Unit;

/// Maximum size of a file, in bytes. Larger files have no thumbnail.
const MAX_FILE_BYTES: usize = 64 << 20;

/// Width of a thumbnail in pixels.
const WIDTH: u32 = 160;

/// Quality of the JPEG, from 1 to 100.
const QUALITY: u8 = 70;

/// Returns a thumbnail as a data URL; `None` if the data unit is not an image, or cannot be downloaded or decoded.
pub(super) async fn data_url(platform: &PlatformClient, unit: &Unit) -> Option<String> {
    if !unit.is_image {
        return None;
    }
    let item = platform.storage_item(unit.item?, SignedUrl::Wanted).await.ok()?;
    let to = DownloadTo { in_memory: MAX_FILE_BYTES, suffix: "" };
    let file = platform.download_file(item.signed_url.as_deref()?, to).await.ok()?;
    let bytes = file.in_memory()?.clone();
    tokio::task::spawn_blocking(move || thumbnail(&bytes)).await.ok()?
}

fn thumbnail(bytes: &[u8]) -> Option<String> {
    let image = decode(bytes, &Limits::default()).ok()?;
    let height = u64::from(WIDTH) * u64::from(image.height()) / u64::from(image.width().max(1));
    let height = u32::try_from(height.clamp(1, 4 * u64::from(WIDTH))).ok()?;
    let small = resize(&image, WIDTH, height).ok()?;
    Some(encode(&small.image, Encoding::jpeg(QUALITY)).ok()?.data_url())
}
