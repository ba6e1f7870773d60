//! Peak memory of decoding. The peak is that of the process, so this test has a binary of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checksum;
mod quarters;

use agent_platform::media::{Encoding, Format, Limits, MediaError, decode, encode, image};
use image::{DynamicImage, ImageFormat};

use checksum::crc32;
use quarters::{quarters, written};

/// Returns the peak memory of this process, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Returns a PNG that declares this size and has no pixels.
fn announced(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(&DynamicImage::ImageRgb8(quarters()), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[test]
fn rejects_large_images_before_allocating() {
    let mut jpeg = encode(&quarters(), Encoding::jpeg(90)).unwrap().bytes;
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let mut bmp = written(&DynamicImage::ImageRgb8(quarters()), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0x60, 0xea, 0, 0, 0x60, 0xea, 0, 0]);
    let mut gif = written(&DynamicImage::ImageRgb8(quarters()), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let before = peak();
    for file in [announced(60_000, 60_000), announced(u32::MAX / 2, u32::MAX / 2), jpeg, bmp, gif] {
        let format = Format::from_bytes(&file).unwrap();
        let error = decode(&file, &Limits::default()).unwrap_err();
        let rejected = matches!(error, MediaError::TooManyPixels { .. } | MediaError::TooManyBytes { .. });
        assert!(rejected, "{format}: {error}");
    }
    assert!(peak() - before < 200_000, "{} kB were allocated", peak() - before);

    let file = written(&DynamicImage::ImageRgb8(quarters()), ImageFormat::Png);
    let limits = Limits::new().with_pixels(32 * 24);
    assert!(decode(&file, &limits).is_ok());
    let error = decode(&file, &limits.with_pixels(32 * 24 - 1)).unwrap_err();
    assert_eq!(error.to_string(), "the PNG image has 32 x 24 pixels; more than 767 are not read");
    let error = decode(&file, &limits.with_bytes(2_000)).unwrap_err();
    assert!(error.to_string().contains("more than the 2000 bytes"), "{error}");
}
