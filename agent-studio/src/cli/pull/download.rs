//! Downloads from signed URLs.

use std::path::Path;

use reqwest::{Method, Url};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::cli::failure::Failure;
use crate::cli::http::Http;
use crate::cli::terminal::Progress;
use crate::outgoing::RequestError;

/// Streams a file to disk. `limit` is in bytes. Messages never contain the URL, because it grants access to the file
/// (contract: `docs/contract/endpoints.md#download-media`).
///
/// # Errors
/// The request fails, the file is larger than the limit, or it cannot be written.
pub(super) async fn to_file(http: &Http, url: &str, path: &Path, name: &str, limit: u64) -> Result<(), Failure> {
    let failed = |problem: String| Failure::new(format!("{name} cannot be downloaded: {problem}."));
    let too_large = |size: u64| {
        failed(format!("it is larger than {} MiB ({size} bytes so far); allow it with --largest", limit >> 20))
    };
    let url = Url::parse(url).map_err(|_| failed("the platform returned an invalid URL".to_owned()))?;
    let request = http.request(Method::GET, url).header("accept-encoding", "identity");
    let mut response = request.send().await.map_err(|error| failed(RequestError::from(error).to_string()))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(failed(format!(
            "its storage returned status {}; try again, signed URLs expire",
            response.status()
        )));
    }
    let announced = response.content_length();
    if let Some(size) = announced.filter(|size| *size > limit) {
        return Err(too_large(size));
    }
    let write_error = |error: std::io::Error| Failure::write(path, &error);
    if let Some(parent) = path.parent() {
        tokio::fs::create_dir_all(parent).await.map_err(write_error)?;
    }
    let mut file = File::create_new(path).await.map_err(write_error)?;
    let mut progress = Progress::new(name);
    let mut received: u64 = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(RequestError::from(error).to_string()))? {
        received += chunk.len() as u64;
        if received > limit {
            return Err(too_large(received));
        }
        file.write_all(&chunk).await.map_err(write_error)?;
        progress.update(match announced {
            Some(size) => format!("{} of {} KiB", received >> 10, size >> 10),
            None => format!("{} KiB", received >> 10),
        });
    }
    file.flush().await.map_err(write_error)?;
    file.sync_all().await.map_err(write_error)
}
