//! Downloads from signed URLs: limits, resumption after interruptions, and removal of temporary files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use agent_platform::client::{Domain, DownloadTo, Error, PlatformClient};

use test_support::client;
use test_support::scripted_server::{Reply, Server};

const SECRET: &str = "Signature=s3cret";

fn url(server: &Server) -> String {
    format!("{}/bucket/file?{SECRET}", server.base())
}

fn to(in_memory: usize, suffix: &str) -> DownloadTo<'_> {
    DownloadTo { in_memory, suffix }
}

/// Returns bytes of which neighbours differ.
fn file(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
}

fn whole(body: &[u8]) -> Reply {
    Reply::Answer { status: 200, headers: Vec::new(), body: body.to_vec() }.with_header("Content-Type", "image/jpeg")
}

/// Returns the part of a file that a range requests.
fn rest(body: &[u8], range: &str) -> Reply {
    let first: usize = range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap();
    let range = format!("bytes {first}-{}/{}", body.len() - 1, body.len());
    Reply::Answer { status: 206, headers: Vec::new(), body: body[first..].to_vec() }
        .with_header("Content-Range", &range)
}

/// Returns a response that is interrupted.
fn part(status: u16, announced: usize, body: &[u8]) -> Reply {
    Reply::Part { status, headers: Vec::new(), announced, body: body.to_vec() }
}

/// Returns the temporary files with this suffix.
fn temporary_files(suffix: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(std::env::temp_dir()).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    files
        .filter(|path| path.to_string_lossy().contains("agent-file-") && path.to_string_lossy().ends_with(suffix))
        .collect()
}

#[tokio::test]
async fn keeps_small_files_in_memory_and_large_files_on_disk() {
    let body = file(3_000_000);
    let server = Server::always(whole(&body)).await;
    let platform = client::platform(&server);
    let small = platform.download_file(&url(&server), to(3_000_000, ".small")).await.unwrap();
    assert_eq!(
        (small.in_memory().map(|bytes| &bytes[..]), small.content_type()),
        (Some(&body[..]), Some("image/jpeg"))
    );
    assert!(small.on_disk().is_none() && small.length() == 3_000_000);

    for in_memory in [0, 1_000_000, 2_999_999] {
        let large = platform.download_file(&url(&server), to(in_memory, ".large")).await.unwrap();
        let path = large.on_disk().unwrap().path().to_owned();
        assert_eq!(std::fs::read(&path).unwrap(), body);
        assert_eq!((large.length(), path.extension().unwrap().to_str()), (3_000_000, Some("large")));
        let again = large.clone();
        drop(large);
        assert!(path.exists());
        drop(again);
        assert!(!path.exists());
    }
    let request = &server.requests()[0];
    assert_eq!((request.header("authorization"), request.header("x-cloud-trace-context")), (None, None));
    assert_eq!((request.header("signature"), request.header("accept-encoding")), (None, Some("identity")));
}

#[tokio::test]
async fn resumes_interrupted_download() {
    let body = file(2_500_000);
    for in_memory in [0, 10_000_000] {
        let parts = body.clone();
        let server = Server::start(move |request, number| match number {
            0 => part(200, parts.len(), &parts[..1_200_000]).with_header("ETag", "\"one\""),
            _ => rest(&parts, request.header("range").unwrap()),
        })
        .await;
        let read = client::platform(&server).download_file(&url(&server), to(in_memory, ".broken")).await.unwrap();
        let bytes =
            read.in_memory().map_or_else(|| std::fs::read(read.on_disk().unwrap().path()).unwrap(), |b| b.to_vec());
        assert!(bytes == body, "the parts differ from the file");
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(
            (requests[1].header("range"), requests[1].header("if-range")),
            (Some("bytes=1200000-"), Some("\"one\""))
        );
    }
}

#[tokio::test]
async fn resumes_after_many_breaks_with_progress() {
    let body = file(1000);
    let parts = body.clone();
    let server = Server::start(move |request, _| {
        let Some(range) = request.header("range") else { return part(200, 1000, &parts[..100]) };
        let first: usize = range[6..range.len() - 1].parse().unwrap();
        let range = format!("bytes {first}-999/1000");
        part(206, 1000 - first, &parts[first..first + 100]).with_header("Content-Range", &range)
    })
    .await;
    let read = client::platform(&server).download_file(&url(&server), to(5000, "")).await.unwrap();
    assert_eq!((read.in_memory().unwrap().to_vec(), server.requests().len()), (body, 10));
}

#[tokio::test]
async fn gives_up_after_interruptions_without_progress() {
    let server = Server::always(part(200, 1000, b"")).await;
    let error = client::platform(&server).download_file(&url(&server), to(0, ".breaks")).await.unwrap_err();
    assert!(matches!(error, Error::Interrupted(_)) && error.is_retryable(), "{error:?}");
    assert_eq!(server.requests().len(), 4);
    assert!(temporary_files(".breaks").is_empty());
}

#[tokio::test]
async fn restarts_download_without_ranges_or_after_change() {
    let (body, other) = (file(5000), vec![9; 4000]);
    let moved = || Reply::empty(206).with_header("Content-Range", "bytes 1000-3999/4000");
    for (replies, expected) in [
        // The whole file, although a range was requested.
        (vec![whole(&body)], &body),
        // A range of another file, another range than requested, and 416.
        (vec![moved(), whole(&other)], &other),
        (vec![Reply::empty(416), whole(&other)], &other),
    ] {
        for in_memory in [0, 5000] {
            let mut replies: Vec<Reply> =
                replies.iter().rev().cloned().chain([part(200, 5000, &body[..2000])]).collect();
            let server = Server::start(move |_, _| replies.pop().unwrap()).await;
            let read = client::platform(&server).download_file(&url(&server), to(in_memory, ".again")).await.unwrap();
            let bytes =
                read.in_memory().map_or_else(|| std::fs::read(read.on_disk().unwrap().path()).unwrap(), |b| b.to_vec());
            assert!(bytes == *expected, "{} bytes", bytes.len());
        }
    }
}

#[tokio::test]
async fn rejects_large_files_by_announced_and_actual_length() {
    let server = Server::always(whole(&file(5001))).await;
    let platform = client::builder(&server).max_download_size(5000).build().unwrap();
    let error = platform.download_file(&url(&server), to(0, ".toolarge")).await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge(_)) && !error.is_retryable(), "{error:?}");
    assert!(error.message().contains("larger than the 5000 bytes") && !error.to_string().contains(SECRET), "{error}");
    assert_eq!(server.requests().len(), 1);

    // The length is unknown if the response ends with the connection.
    server.restart(|_, _| Reply::Unannounced { body: file(5001) });
    let error = platform.download_file(&url(&server), to(0, ".toolarge")).await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge(_)), "{error:?}");
    server.restart(|_, _| Reply::Unannounced { body: file(5000) });
    assert_eq!(platform.download_file(&url(&server), to(0, ".toolarge")).await.unwrap().length(), 5000);
    assert!(temporary_files(".toolarge").is_empty());
}

#[tokio::test]
async fn slow_download_times_out_and_leaves_no_file() {
    let server = Server::always(Reply::Drip { body: file(1000), pause: Duration::from_millis(20) }).await;
    let platform = client::builder(&server).download_timeout(Duration::from_millis(300)).build().unwrap();
    let began = Instant::now();
    let error = platform.download_file(&url(&server), to(0, ".drip")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)) && error.message().contains("0.3 s"), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(3) && temporary_files(".drip").is_empty());

    // The caller may also cancel the download.
    let (platform, link) = (client::platform(&server), url(&server));
    let reading = tokio::spawn(async move { platform.download_file(&link, to(0, ".givenup")).await });
    while temporary_files(".givenup").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the download did not start");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    reading.abort();
    assert!(reading.await.unwrap_err().is_cancelled() && temporary_files(".givenup").is_empty());
}

#[tokio::test]
async fn storage_errors_hide_the_signature() {
    for (status, tries) in [(403, 1), (404, 1), (410, 1), (429, 4), (500, 4), (503, 4), (504, 1), (302, 1), (206, 1)] {
        let server = Server::always(Reply::text(status, "application/xml", "<Error/>")).await;
        let error = client::platform(&server).download_file(&url(&server), to(0, ".status")).await.unwrap_err();
        let expected = match status {
            403 => matches!(error, Error::Authorisation(_)),
            404 | 410 => matches!(error, Error::ResourceNotFound(_)),
            429 => matches!(error, Error::RateLimitExceeded(_)),
            _ => matches!(error, Error::Unknown(_)),
        };
        assert!(expected && error.status() == Some(status), "{error:?}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
        assert_eq!(server.requests().len(), tries, "{status}");
    }
    // A failure in between is retried.
    let server = Server::start(|_, number| if number == 0 { Reply::empty(503) } else { whole(b"pixels") }).await;
    assert_eq!(client::platform(&server).download_file(&url(&server), to(9, "")).await.unwrap().length(), 6);
}

#[tokio::test]
async fn rejects_signed_urls_to_private_networks_by_default() {
    let server = Server::always(whole(b"pixels")).await;
    let elsewhere = || client::builder(&server).domain(Domain::parse("http://platform.test").unwrap());
    let by_name = url(&server).replace("127.0.0.1", "localhost");
    let read = async |platform: &PlatformClient, url: &str| platform.download_file(url, to(9, "")).await;
    let platform = elsewhere().build().unwrap();
    for link in [&url(&server), &by_name, "http://169.254.169.254/latest/meta-data/?x", "http://[::1]:9/"] {
        let error = read(&platform, link).await.unwrap_err();
        assert!(matches!(error, Error::Request(_)) && !error.is_retryable(), "{link}: {error:?}");
        assert!(!format!("{error} {error:?}").contains(SECRET));
        assert!(platform.download(link).await.is_err());
    }
    assert_eq!(server.requests().len(), 0);

    let allowed = elsewhere().allow_private_storage().build().unwrap();
    assert!(read(&allowed, &url(&server)).await.is_ok() && read(&allowed, &by_name).await.is_ok());
    // The platform's own host is allowed, by its name.
    let at_home = Domain::parse(&server.base().replace("127.0.0.1", "localhost")).unwrap();
    assert!(read(&client::builder(&server).domain(at_home).build().unwrap(), &by_name).await.is_ok());
}

#[tokio::test]
async fn storage_errors_show_only_the_host() {
    for status in [302, 400, 403, 404, 418, 500] {
        let server = Server::always(Reply::empty(status).with_header("Location", "http://127.0.0.1:9/inner")).await;
        let url = server.base().replace("http://", "http://user-name:pass-word@");
        let url = format!("{url}/secret-bucket/secret-file.mp4?{SECRET}#fragment");
        let platform = client::platform(&server);
        let small = platform.download(&url).await.unwrap_err();
        let large = platform.download_file(&url, to(0, "")).await.unwrap_err();
        for error in [small, large] {
            let texts = format!("{error} {error:?} {}", error.message());
            for part in ["user-name", "pass-word", "secret-bucket", "secret-file", "s3cret", "fragment", "inner"] {
                assert!(!texts.contains(part), "{status}: {texts}");
            }
            assert!(error.message().contains(&status.to_string()) && error.message().contains("127.0.0.1"), "{error}");
        }
    }
}

#[tokio::test]
async fn rejects_http_storage_of_an_https_platform() {
    let server = Server::always(whole(b"pixels")).await;
    let platform = client::builder(&server)
        .domain(Domain::parse("https://127.0.0.1:1").unwrap())
        .allow_private_storage()
        .build()
        .unwrap();
    let small = platform.download(&url(&server)).await.unwrap_err();
    let large = platform.download_file(&url(&server), to(0, "")).await.unwrap_err();
    for error in [small, large] {
        assert!(matches!(error, Error::Request(_)) && !error.is_retryable(), "{error:?}");
        let cause = std::error::Error::source(&error).and_then(std::error::Error::source).map(ToString::to_string);
        let cause = cause.or_else(|| std::error::Error::source(&error).map(ToString::to_string));
        assert!(cause.is_some_and(|cause| cause.contains("plain HTTP")), "{error:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn storage_and_platform_have_separate_retry_budgets() {
    let storage = Server::always(Reply::empty(503)).await;
    let retry = agent_platform::client::RetryPolicy { budget: 3, ..client::quick() };
    // The platform fails once per call.
    let platform_server = Server::start(|_, number| match number % 2 {
        0 => Reply::empty(503),
        _ => Reply::json(200, &serde_json::json!({})),
    })
    .await;
    let platform = client::builder(&platform_server).retry(retry).build().unwrap();
    for _ in 0..4 {
        platform.download(&url(&storage)).await.unwrap_err();
    }
    // Three retries in the first call and none later: the storage's retry budget is used up.
    assert_eq!(storage.requests().len(), 4 + 3);
    platform.ontology("o").await.unwrap();
    assert_eq!(platform_server.requests().len(), 2);
}
