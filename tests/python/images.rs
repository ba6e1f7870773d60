//! Images made and read by Pillow and OpenCV, read here.

#![allow(clippy::cast_precision_loss, reason = "small numbers")]

use std::fs;
use std::path::Path;
use std::process::Command;

use agent_platform::media::{Limits, RgbImage, decode};
use serde_json::Value;

fn make(folder: &Path) -> Value {
    let python =
        std::env::var_os("AGENT_PYTHON").expect("AGENT_PYTHON must name an interpreter with Pillow and OpenCV");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/scripts/images.py");
    let output = Command::new(python)
        .args([script.as_os_str(), folder.as_os_str()])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the interpreter named by AGENT_PYTHON starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&fs::read_to_string(folder.join("images.json")).unwrap()).unwrap()
}

/// The largest difference of two shades, and their mean.
fn difference(one: &[u8], other: &[u8]) -> (u8, f64) {
    let differences = one.iter().zip(other).map(|(one, other)| one.abs_diff(*other));
    let (most, sum) = differences.fold((0, 0), |(most, sum), off| (off.max(most), sum + u64::from(off)));
    (most, sum as f64 / one.len() as f64)
}

/// What is wrong with the image as it was read here.
fn problem(image: &RgbImage, expected: &[u8], listed: &Value) -> Result<(u8, f64), String> {
    let size = (image.width(), image.height());
    if (Some(u64::from(size.0)), Some(u64::from(size.1))) != (listed["width"].as_u64(), listed["height"].as_u64()) {
        return Err(format!("is {size:?}, not {} by {}", listed["width"], listed["height"]));
    }
    let (most, mean) = difference(image.as_raw(), expected);
    if u64::from(most) > listed["most"].as_u64().unwrap() || mean > listed["mean"].as_f64().unwrap() {
        return Err(format!("is off by {most} at most and {mean:.2} on average"));
    }
    Ok((most, mean))
}

#[test]
fn every_image_has_the_pixels_that_others_read() {
    let folder = std::env::temp_dir().join(format!("media-python-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let made = make(&folder);
    let images = made["images"].as_array().unwrap();
    assert!(images.len() > 60);
    let mut wrong = Vec::new();
    for listed in images {
        let name = listed["name"].as_str().unwrap();
        let read = decode(&fs::read(folder.join(name)).unwrap(), &Limits::default());
        let judged = match (read, listed["error"].as_str()) {
            (Ok(image), None) => problem(&image, &fs::read(folder.join(format!("{name}.rgb"))).unwrap(), listed)
                .map(|(most, mean)| println!("{name:24} at most {most:2}, mean {mean:.3}")),
            (Err(error), Some(kind)) if format!("{error:?}").starts_with(kind) => {
                println!("{name:24} {error}");
                Ok(())
            }
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), Some(kind)) => Err(format!("is read, and should be {kind}")),
        };
        wrong.extend(judged.err().map(|problem| format!("{name}: {problem}")));
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
