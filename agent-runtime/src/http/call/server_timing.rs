//! The response header `Server-Timing`: the durations of the parts of a call.

use std::fmt::Write as _;
use std::time::Duration;

use agent_core::timings::Timings;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const EXPOSED: HeaderValue = HeaderValue::from_static("Server-Timing");

/// Writes the header, and lets pages of allowed origins read it.
pub(super) fn write(headers: &mut HeaderMap, timings: &Timings, total: Duration) {
    // The text is visible ASCII.
    if let Ok(value) = HeaderValue::try_from(text(timings, total)) {
        headers.insert(SERVER_TIMING, value);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

fn text(timings: &Timings, total: Duration) -> String {
    let mut text = String::new();
    entry(&mut text, "total", None, total);
    for (name, watch) in
        [("extractors", timings.extractors()), ("agent", timings.function()), ("save", timings.saves())]
    {
        if watch.count() > 0 {
            entry(&mut text, name, None, watch.elapsed());
        }
    }
    let requests = timings.platform().count();
    if requests > 0 {
        let description = format!("{requests} request{}", if requests == 1 { "" } else { "s" });
        entry(&mut text, "platform", Some(&description), timings.platform().elapsed());
    }
    for (parameter, took) in timings.parameters() {
        entry(&mut text, "extractor", Some(&parameter), took);
    }
    text
}

/// Adds an entry. The duration is in milliseconds.
fn entry(text: &mut String, name: &str, description: Option<&str>, took: Duration) {
    if !text.is_empty() {
        text.push_str(", ");
    }
    text.push_str(name);
    if let Some(description) = description {
        let is_safe = |letter: char| (letter.is_ascii_graphic() || letter == ' ') && letter != '"' && letter != '\\';
        let safe = |letter| if is_safe(letter) { letter } else { '?' };
        // Writing to a string cannot fail.
        let _ = write!(text, ";desc=\"{}\"", description.chars().map(safe).collect::<String>());
    }
    let _ = write!(text, ";dur={:.1}", took.as_secs_f64() * 1000.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_did_not_run_are_left_out() {
        let timings = Timings::default();
        assert_eq!(text(&timings, Duration::from_micros(1540)), "total;dur=1.5");
        drop(timings.function().start());
        drop(timings.platform().start());
        let text = text(&timings, Duration::from_secs(2));
        assert!(text.starts_with("total;dur=2000.0, agent;dur=0."), "{text}");
        assert!(text.contains(", platform;desc=\"1 request\";dur=0."), "{text}");
    }

    #[test]
    fn description_cannot_end_its_quotes() {
        let mut text = String::new();
        entry(&mut text, "extractor", Some("Größe<\"a\\b\">"), Duration::ZERO);
        assert_eq!(text, "extractor;desc=\"Gr??e<?a?b?>\";dur=0.0");
    }
}
