//! One engine for the comparison, as a process that reads commands from its standard input: `engines NAME FOLDER`.
//!
//! The folder has `mobile_sam.pt`, `encoder.onnx` and `decoder.onnx`. Each command is a line, and so is its response:
//!
//! - `image PATH WIDTH HEIGHT`: reads raw pixels whose longer side is 1024.
//! - `encode`: encodes the image. Responds with the elapsed and the processor time in seconds.
//! - `predict X Y` or `predict LEFT TOP RIGHT BOTTOM`, relative to the image: predicts the mask of a point or a box, with
//!   the same response.
//! - `mask PATH`: writes the logits of the last mask, 256×256 numbers of 4 bytes.
//! - `memory`: responds with the peak of the resident memory in kilobytes.

#[cfg(feature = "candle")]
mod candle;
mod engine;
mod ours;
mod rten;
#[cfg(feature = "tract")]
mod tract;

use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use rustix::time::{ClockId, clock_gettime};

use crate::engine::{Engine, Picture, Prompt};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else { bail!("usage: engines ours|rten|tract|candle FOLDER") };
    let folder = Path::new(folder);
    let mut engine: Box<dyn Engine> = match name.as_str() {
        "ours" => Box::new(ours::Ours::load(folder)?),
        "rten" => Box::new(rten::Rten::load(folder)?),
        #[cfg(feature = "tract")]
        "tract" => Box::new(tract::Tract::load(folder)?),
        #[cfg(feature = "candle")]
        "candle" => Box::new(candle::Candle::load(folder)?),
        other => bail!("unknown engine {other}: build tract and candle with the feature of this name"),
    };
    respond("ready")?;
    let mut mask = Vec::new();
    for line in stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["image", path, width, height] => {
                let picture = Picture { pixels: fs::read(path)?, width: width.parse()?, height: height.parse()? };
                engine.set_image(picture)?;
                respond("ready")?;
            }
            ["encode"] => respond(&measured(|| engine.encode())?.1)?,
            ["predict", numbers @ ..] => {
                let prompt = Prompt::parse(numbers)?;
                let (predicted, times) = measured(|| engine.predict(&prompt))?;
                mask = predicted;
                respond(&times)?;
            }
            ["mask", path] => {
                fs::write(path, mask.iter().flat_map(|logit| logit.to_le_bytes()).collect::<Vec<u8>>())?;
                respond("ready")?;
            }
            ["memory"] => respond(&peak_memory()?)?,
            _ => bail!("unknown command: {line}"),
        }
    }
    Ok(())
}

fn respond(line: &str) -> Result<()> {
    println!("{line}");
    Ok(stdout().flush()?)
}

/// Returns the result of some work, and its elapsed and processor time as text.
fn measured<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, String)> {
    let (start, processor_start) = (Instant::now(), processor_time()?);
    let result = work()?;
    let (elapsed, processor) = (start.elapsed(), processor_time()?.saturating_sub(processor_start));
    Ok((result, format!("{} {}", elapsed.as_secs_f64(), processor.as_secs_f64())))
}

/// Returns the processor time of all threads.
fn processor_time() -> Result<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
}

fn peak_memory() -> Result<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the system tells no peak memory")?;
    Ok(peak.trim().trim_end_matches(" kB").to_owned())
}
