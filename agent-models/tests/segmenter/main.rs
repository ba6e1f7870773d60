//! Tests of the segmenter. The weights of `MobileSAM` are the file in `SAM_MODEL`: see `fetch-weights.sh`.
#![cfg(feature = "sam")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints what it measures"
)]

mod prompts;
mod quality;
mod sample;
mod scenes;
mod server;
mod similar;
mod track;
mod weights;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use agent_models::sam::{Embedding, Segmenter};

/// Returns the path of the weights.
fn weights_path() -> PathBuf {
    std::env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see agent-models/fetch-weights.sh").into()
}

static SEGMENTER: LazyLock<Arc<Segmenter>> = LazyLock::new(|| Arc::new(Segmenter::load(&weights_path()).unwrap()));
static ROCKET: LazyLock<Embedding> = LazyLock::new(|| SEGMENTER.encode(&sample::photograph("rocket.jpg")).unwrap());
