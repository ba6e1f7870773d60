//! Decoding of every image format, and errors for damaged, large and unsupported images.

use std::path::Path;

use agent_platform::media::{Encoding, Format, Limits, MediaError, Rgb, RgbImage, decode, encode, image};
use image::{DynamicImage, ImageBuffer, ImageEncoder, ImageFormat, LumaA, Rgba};

use crate::quarters::{BLUE, GREEN, RED, WHITE, quarters, written};

fn read(file: &[u8]) -> RgbImage {
    decode(file, &Limits::default()).unwrap()
}

fn committed(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media_files").join(name)).unwrap()
}

/// Returns the colours in the middle of the quarters, row by row.
fn middles(image: &RgbImage) -> [[u8; 3]; 4] {
    let (x, y) = (image.width() / 4, image.height() / 4);
    [(x, y), (3 * x, y), (x, 3 * y), (3 * x, 3 * y)].map(|(x, y)| image.get_pixel(x, y).0)
}

fn near(one: [[u8; 3]; 4], other: [[u8; 3]; 4], tolerance: u8) -> bool {
    one.iter().flatten().zip(other.iter().flatten()).all(|(one, other)| one.abs_diff(*other) <= tolerance)
}

#[test]
fn decodes_lossless_formats_exactly() {
    let image = DynamicImage::ImageRgb8(quarters());
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp] {
        assert_eq!(read(&written(&image, format)), quarters(), "{format:?}");
    }
    // A palette represents these colours exactly.
    assert_eq!(read(&written(&image, ImageFormat::Gif)), quarters());
    for name in ["palette.png", "lzw.tiff"] {
        assert_eq!(read(&committed(name)), quarters(), "{name}");
    }
}

#[test]
fn decodes_all_variants_of_lossy_formats() {
    for name in ["444.jpg", "420.jpg", "progressive.jpg", "cmyk.jpg", "lossy.webp"] {
        let image = read(&committed(name));
        assert_eq!(image.dimensions(), (32, 24), "{name}");
        let colours = middles(&image);
        assert!(near(colours, [RED, GREEN, BLUE, WHITE], 6), "{name}: {colours:?}");
    }
    let grey = middles(&read(&committed("grey.jpg")));
    assert!(near(grey, [[76; 3], [150; 3], [29; 3], WHITE], 2), "{grey:?}");
}

#[test]
fn keeps_upper_byte_of_16_bits_and_drops_alpha() {
    let deep =
        ImageBuffer::from_fn(3, 2, |x, _| Rgb([[0x12ff_u16, 0x8000, 0xffff], [0, 0xff, 0x100], [1, 2, 3]][x as usize]));
    let deep = read(&written(&DynamicImage::ImageRgb16(deep), ImageFormat::Png));
    assert_eq!(deep.get_pixel(0, 1).0, [0x12, 0x80, 0xff]);
    assert_eq!(deep.get_pixel(1, 0).0, [0, 0, 1]);

    let clear = ImageBuffer::from_pixel(3, 2, Rgba([10_u8, 20, 30, 0]));
    assert_eq!(read(&written(&DynamicImage::ImageRgba8(clear), ImageFormat::Png)).get_pixel(2, 1).0, [10, 20, 30]);
    let grey = ImageBuffer::from_pixel(3, 2, LumaA([0xabcd_u16, 7]));
    assert_eq!(read(&written(&DynamicImage::ImageLumaA16(grey), ImageFormat::Png)).get_pixel(0, 0).0, [0xab; 3]);
}

/// Returns EXIF data with only an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let head = [b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1];
    [&head[..], &[0, orientation, 0, 0, 0, 0, 0, 0]].concat()
}

#[test]
fn applies_exif_orientation() {
    let jpeg = encode(&quarters(), Encoding::jpeg(100)).unwrap().bytes;
    let turned = [
        [RED, GREEN, BLUE, WHITE],
        [GREEN, RED, WHITE, BLUE],
        [WHITE, BLUE, GREEN, RED],
        [BLUE, WHITE, RED, GREEN],
        [RED, BLUE, GREEN, WHITE],
        [BLUE, RED, WHITE, GREEN],
        [WHITE, GREEN, BLUE, RED],
        [GREEN, WHITE, RED, BLUE],
    ];
    for (orientation, expected) in (1..=8).zip(turned) {
        let segment = [&b"Exif\0\0"[..], &exif(orientation)].concat();
        let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
        let file = [&jpeg[..2], &[0xff, 0xe1], &length, &segment, &jpeg[2..]].concat();
        let mut png = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
        encoder.set_exif_metadata(exif(orientation)).unwrap();
        encoder.write_image(quarters().as_raw(), 32, 24, image::ExtendedColorType::Rgb8).unwrap();
        let mut webp = Vec::new();
        let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
        encoder.set_exif_metadata(exif(orientation)).unwrap();
        encoder.write_image(quarters().as_raw(), 32, 24, image::ExtendedColorType::Rgb8).unwrap();
        assert_eq!(read(&webp), quarters(), "Chromium does not turn WebP");
        for file in [file, png] {
            let image = read(&file);
            let size = if orientation < 5 { (32, 24) } else { (24, 32) };
            assert_eq!(image.dimensions(), size, "{orientation}");
            assert!(near(middles(&image), expected, 6), "{orientation}: {:?}", middles(&image));
        }
    }
}

#[test]
fn reports_truncated_and_damaged_images_without_panic() {
    let image =
        RgbImage::from_fn(64, 64, |x, y| Rgb([x * 4, y * 4, x * y % 256].map(|c| u8::try_from(c).unwrap_or(255))));
    let image = DynamicImage::ImageRgb8(image);
    for format in
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif]
    {
        let file = written(&image, format);
        for part in [16, file.len() / 4, file.len() / 2, file.len() * 3 / 4] {
            let error = decode(&file[..part], &Limits::default()).unwrap_err();
            let message = error.to_string();
            assert!(
                matches!(error, MediaError::Damaged { .. } | MediaError::Unsupported { .. }),
                "{format:?}, {part}: {message}"
            );
        }
        for at in (12..file.len()).step_by(file.len() / 64 + 1) {
            let mut garbled = file.clone();
            garbled[at] ^= 0x55;
            // A changed colour is no error. The test checks that decoding ends.
            drop(decode(&garbled, &Limits::default()));
        }
    }
    for name in ["progressive.jpg", "cmyk.jpg"] {
        let file = committed(name);
        let error = decode(&file[..file.len() * 3 / 4], &Limits::default()).unwrap_err();
        assert!(matches!(error, MediaError::Damaged { format: Format::Jpeg, .. }), "{name}: {error}");
    }
}

#[test]
fn names_unknown_and_unsupported_formats() {
    let message = |file: &[u8]| decode(file, &Limits::default()).unwrap_err().to_string();
    assert_eq!(message(b""), "the file is empty");
    assert_eq!(message(b"<html>"), "the file is not an image of a known format");
    assert_eq!(message(&[0xff]), "the file is not an image of a known format");
    let avif = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1";
    assert_eq!(message(avif), "AVIF images cannot be read: this build has no decoder for AVIF");
    assert!(message(b"\0\0\0\x20ftypheic\0\0\0\0").starts_with("HEIC images cannot be read"));
    assert_eq!(message(b"\0\0\0\x20ftypisom\0\0\0\0"), "the file is not an image of a known format");
    let floats = DynamicImage::ImageRgb32F(ImageBuffer::from_pixel(2, 2, Rgb([0.5, 0.5, 0.5])));
    let message = message(&written(&floats, ImageFormat::Tiff));
    assert_eq!(message, "this TIFF image uses an unsupported feature: its samples are floating-point numbers");
}
