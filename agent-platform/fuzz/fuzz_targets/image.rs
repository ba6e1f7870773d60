//! Any bytes as an image: an error or an image of a size within the limits, no panic, and little memory.
//!
//! `fuzz/run`, or `cargo fuzz run --sanitizer none image` in `agent-platform`.
#![no_main]

use agent_platform::media::{Format, Limits, MediaError, decode};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits::new().with_pixels(1 << 20).with_bytes(32 << 20);

fuzz_target!(|bytes: &[u8]| {
    let format = Format::from_bytes(bytes);
    match decode(bytes, &LIMITS) {
        Ok(image) => {
            let pixels = u64::from(image.width()) * u64::from(image.height());
            assert!(format.is_some_and(Format::is_supported) && (1..=LIMITS.pixels).contains(&pixels));
            assert_eq!(image.as_raw().len() as u64, pixels * 3);
        }
        Err(MediaError::Empty) => assert!(bytes.is_empty()),
        Err(MediaError::UnknownFormat) => assert!(format.is_none()),
        Err(error) => assert!(error.to_string().contains(&format.expect("a format").to_string()), "{error}"),
    }
});
