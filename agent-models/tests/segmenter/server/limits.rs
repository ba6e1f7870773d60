//! Images of unusual sizes.

use agent_platform::media::Limits;
use agent_runtime::AgentPayload;
use agent_runtime::prelude::*;
use agent_studio::DataSource;
use miniz_oxide::deflate::compress_to_vec_zlib;
use uuid::Uuid;

use super::world::{Data, World, encode_image, lookups, model, segment};

const HUGE: Uuid = Uuid::from_u128(0x2222_2222_aaaa_4bbb_8ccc_0000_0000_0000);
/// Width and height of the huge image, in pixels. As RGB it has 1.2 GB.
const SIDE: u32 = 20_000;

#[tokio::test]
async fn segments_image_of_one_pixel() {
    let (world, model) = (World::start().await, model(2));
    let agents = world.serve_model(&model).await;
    let payload = world.labelled(Data::Pixel, |row| {
        let marked = row.add("Mark").point(0.5, 0.5).on(0)?.hash().to_string();
        let boxed = row.add("Item").bounding_box(0.0, 0.0, 1.0, 1.0).on(0)?.hash().to_string();
        Ok(vec![marked, boxed])
    });
    assert_eq!(agents.answer("/encode-image", &payload).await, (200, "1x1".to_owned()));
    let (status, areas) = agents.answer("/segment", &payload).await;
    assert_eq!((status, lookups(&model)), (200, (1, 1)), "{areas}");
    assert_eq!(areas, "10000", "the point lies in the box, and the mask is the pixel");
}

#[tokio::test]
async fn refuses_image_of_1_2_gb_within_its_memory() {
    let file = grey_png(SIDE);
    assert!(file.len() < 1 << 20);
    let huge = DataSource::image("huge.png", SIDE.into(), SIDE.into()).bytes(file).data_hash(HUGE.to_string());
    let (world, model) = (World::start_with(Some(huge)).await, model(2));
    let payload = AgentPayload::new(world.payload(Data::Rocket).project_hash, HUGE).on_frame(0);

    let agents = world.serve_model(&model).await;
    let limited = agents.answer("/encode-image", &payload).await;
    let expected = "huge.png cannot be read: the PNG image has 20000 x 20000 pixels; more than 100000000 are not \
                    read.";
    assert_eq!(limited, (413, expected.to_owned()));

    // An operator who accepts such images still has the memory budget.
    let limits = Limits::new().with_pixels(u64::MAX).with_bytes(u64::MAX);
    let state = model.clone();
    let configure = |server: Server| server.state(limits).state(state).memory_budget(512 << 20);
    let agents = world.serve(agents![encode_image, segment], configure).await;
    let peak = peak_memory();
    let refused = agents.answer("/encode-image", &payload).await;
    let expected =
        "This agent cannot read huge.png: it takes 2401 MB of memory, and everything together may take 537 MB.";
    assert_eq!(refused, (413, expected.to_owned()));
    assert!(peak_memory() < peak + (256 << 20), "{} after {peak}", peak_memory());

    // The server still works.
    assert_eq!(agents.answer("/encode-image", &world.payload(Data::Rocket)).await, (200, "640x427".to_owned()));
    assert_eq!(lookups(&model), (0, 1));
}

/// Returns the peak of the memory of this process, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}

/// Returns a black square as a PNG with one bit per pixel.
fn grey_png(side: u32) -> Vec<u8> {
    let rows = vec![0; (1 + side as usize / 8) * side as usize];
    let mut header = [side.to_be_bytes(), side.to_be_bytes()].concat();
    header.extend([1, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", header), (b"IDAT", compress_to_vec_zlib(&rows, 1)), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        let checked = [&kind[..], &content].concat();
        file.extend(&checked);
        file.extend(crc(&checked).to_be_bytes());
    }
    file
}

/// Returns the checksum of a chunk.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
