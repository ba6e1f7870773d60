//! A file from its signed URL to the disk.

use std::path::Path;

use reqwest::{Method, Url};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::cli::failure::Failure;
use crate::cli::http::Http;
use crate::cli::terminal::Progress;
use crate::outgoing::Unanswered;

/// Downloads a file piece by piece; it is never in memory as a whole. `limit` is in bytes. No message shows the URL: whoever
/// has it can read the file (contract: `docs/contract/endpoints.md#download-media`).
///
/// # Errors
/// The storage does not give it, it is larger than the limit, or it cannot be written.
pub(super) async fn to_file(http: &Http, url: &str, path: &Path, name: &str, limit: u64) -> Result<(), Failure> {
    let failed = |problem: String| Failure::new(format!("{name} cannot be downloaded: {problem}."));
    let too_large = |size: u64| {
        failed(format!("it is larger than {} MiB ({size} bytes so far); allow it with --largest", limit >> 20))
    };
    let url = Url::parse(url).map_err(|_| failed("the platform gave no address of it".to_owned()))?;
    let request = http.request(Method::GET, url).header("accept-encoding", "identity");
    let mut response = request.send().await.map_err(|error| failed(Unanswered::from(error).to_string()))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(failed(format!("its storage answers {}; try again, signed addresses expire", response.status())));
    }
    let announced = response.content_length();
    if let Some(size) = announced.filter(|size| *size > limit) {
        return Err(too_large(size));
    }
    let unwritten = |error: std::io::Error| Failure::file("written", path, &error);
    if let Some(parent) = path.parent() {
        tokio::fs::create_dir_all(parent).await.map_err(unwritten)?;
    }
    let mut file = File::create_new(path).await.map_err(unwritten)?;
    let mut progress = Progress::of(name);
    let mut done: u64 = 0;
    while let Some(piece) = response.chunk().await.map_err(|error| failed(Unanswered::from(error).to_string()))? {
        done += piece.len() as u64;
        if done > limit {
            return Err(too_large(done));
        }
        file.write_all(&piece).await.map_err(unwritten)?;
        progress.at(match announced {
            Some(size) => format!("{} of {} KiB", done >> 10, size >> 10),
            None => format!("{} KiB", done >> 10),
        });
    }
    file.flush().await.map_err(unwritten)?;
    file.sync_all().await.map_err(unwritten)
}
