//! Image headers: size and memory before decoding, rejected metadata, and cancellation.

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use agent_platform::media::{
    Cancellation, Encoding, Format, Limits, MediaError, RgbImage, decode, decode_until, encode, inspect,
};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media_files")
}

#[test]
fn reads_size_and_memory_from_headers_of_every_format() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if !Format::from_bytes(&bytes).is_some_and(Format::is_supported) {
            continue;
        }
        let info = inspect(BufReader::new(std::fs::File::open(&path).unwrap()), &Limits::default()).unwrap();
        let image = decode(&bytes, &Limits::default()).unwrap();
        let (width, height) = image.dimensions();
        let sides = [(width, height), (height, width)];
        assert!(sides.contains(&(info.width, info.height)), "{}: {info:?}", path.display());
        assert_eq!(info.decoded_bytes(), image.as_raw().len() as u64);
        assert!(info.memory >= bytes.len() as u64 + info.decoded_bytes(), "{}: {info:?}", path.display());
        seen += 1;
    }
    assert!(seen >= 7, "{seen}");
}

/// A reader that counts the bytes read.
struct Counted<'b> {
    inner: Cursor<&'b [u8]>,
    read: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, position: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(position)
    }
}

#[test]
fn reads_header_without_the_pixels() {
    let noise = RgbImage::from_fn(800, 600, |x, y| {
        let mixed = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761).to_be_bytes();
        agent_platform::media::Rgb([mixed[0], mixed[1], mixed[2]])
    });
    for encoding in [Encoding::Png, Encoding::jpeg(95)] {
        let file = encode(&noise, encoding).unwrap().bytes;
        let mut counted = Counted { inner: Cursor::new(&file), read: 0 };
        let info = inspect(BufReader::with_capacity(1024, &mut counted), &Limits::default()).unwrap();
        assert_eq!((info.width, info.height), (800, 600));
        assert!(counted.read < file.len() as u64 / 4, "{} of {}", counted.read, file.len());
    }
}

/// Returns a PNG with this chunk after its header.
fn png_with(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let file = encode(&RgbImage::new(4, 3), Encoding::Png).unwrap().bytes;
    let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(content);
    let crc = !chunk[4..].iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    chunk.extend(crc.to_be_bytes());
    [&file[..33], &chunk, &file[33..]].concat()
}

#[test]
fn rejects_large_profiles_and_texts() {
    let large = vec![b'x'; (4 << 20) + 1];
    let text = [&b"comment\0"[..], &large].concat();
    let jpeg = encode(&RgbImage::new(4, 3), Encoding::jpeg(90)).unwrap().bytes;
    let segment = [&b"\xff\xe2\xff\xffICC_PROFILE\0"[..], &[b'x'; 65_535 - 14]].concat();
    let jpeg = [&jpeg[..2], &segment.repeat(65), &jpeg[2..]].concat();
    let mut webp = encode(&RgbImage::new(4, 3), Encoding::WebP).unwrap().bytes;
    let length = u32::try_from(large.len()).unwrap().to_le_bytes();
    webp.splice(12..12, [&b"ICCP"[..], &length, &large, &[0]].concat());
    for (file, what) in [
        (png_with(b"iCCP", &large), "a colour profile"),
        (png_with(b"tEXt", &text), "texts"),
        (png_with(b"zTXt", &text), "texts"),
        (png_with(b"iTXt", &text), "texts"),
        (jpeg, "a colour profile"),
        (webp, "a colour profile"),
    ] {
        let error = decode(&file, &Limits::default()).unwrap_err();
        let MediaError::TooMuchMetadata { what: found, bytes, limit, .. } = &error else { panic!("{what}: {error}") };
        assert!(*found == what && bytes > limit && *limit == 4 << 20, "{error}");
        assert!(error.to_string().contains("are not read"), "{error}");
    }
    let comment = png_with(b"tEXt", b"comment\0as cameras write it");
    assert_eq!(decode(&comment, &Limits::default()).unwrap(), RgbImage::new(4, 3));
}

#[test]
fn cancelled_work_ends_with_its_own_error() {
    let file = encode(&RgbImage::new(64, 64), Encoding::Png).unwrap().bytes;
    let cancellation = Cancellation::default();
    assert!(decode_until(&file, &Limits::default(), &cancellation).is_ok());
    cancellation.clone().cancel();
    let ended = decode_until(&file, &Limits::default(), &cancellation);
    assert!(matches!(ended, Err(MediaError::Cancelled)), "{ended:?}");
}
