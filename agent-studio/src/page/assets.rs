//! Static files of the page: compiled in, or read from a folder during development of the page.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::get;

use super::history::version_of;
use super::problem::Problem;
use super::settings::AgentServer;
use super::{Editor, guard};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../page/", $name)))),*]
    };
}

/// Files of the page, by path below `/page/`.
const FILES: &[(&str, &str)] = files![
    "index.html",
    "modules/address.js",
    "modules/adjusted-picture.js",
    "modules/agent-call.js",
    "modules/agent-menu.js",
    "modules/agents.js",
    "modules/announcement.js",
    "modules/answer-pictures.js",
    "modules/api.js",
    "modules/attribute-control.js",
    "modules/attributes.js",
    "modules/attribution.js",
    "modules/bar.js",
    "modules/bitmask.js",
    "modules/bounds.js",
    "modules/call-log.js",
    "modules/changes.js",
    "modules/classifications.js",
    "modules/clipboard.js",
    "modules/copy-paste.js",
    "modules/curl.js",
    "modules/cursor.js",
    "modules/data-list.js",
    "modules/decision.js",
    "modules/dev-status.js",
    "modules/dialog.js",
    "modules/difference.js",
    "modules/dom.js",
    "modules/drawing.js",
    "modules/drawn-shapes.js",
    "modules/dynamic-ranges.js",
    "modules/edit-payload.js",
    "modules/edits.js",
    "modules/empty-states.js",
    "modules/finding-pins.js",
    "modules/findings-panel.js",
    "modules/findings.js",
    "modules/frames.js",
    "modules/freshness.js",
    "modules/gesture.js",
    "modules/handles.js",
    "modules/help.js",
    "modules/hit-test.js",
    "modules/icons.js",
    "modules/kept.js",
    "modules/keyframe-actions.js",
    "modules/keyframes.js",
    "modules/keys.js",
    "modules/labels-panel.js",
    "modules/labels.js",
    "modules/main.js",
    "modules/mask-pixels.js",
    "modules/mask-tool.js",
    "modules/media.js",
    "modules/menu-position.js",
    "modules/message.js",
    "modules/nudge.js",
    "modules/object-filter.js",
    "modules/object-links.js",
    "modules/object-list.js",
    "modules/ontology.js",
    "modules/open.js",
    "modules/outcome.js",
    "modules/overlay.js",
    "modules/painting.js",
    "modules/panels.js",
    "modules/plain-text.js",
    "modules/play-loop.js",
    "modules/pointer.js",
    "modules/preview.js",
    "modules/progress.js",
    "modules/prompt-agent.js",
    "modules/prompt-classes.js",
    "modules/prompt-options.js",
    "modules/prompt-overlay.js",
    "modules/prompts.js",
    "modules/ranged-media.js",
    "modules/ranges.js",
    "modules/reach.js",
    "modules/recent-agents.js",
    "modules/remembered-classes.js",
    "modules/reshape.js",
    "modules/row.js",
    "modules/rust-path.js",
    "modules/save-case.js",
    "modules/selected.js",
    "modules/selection.js",
    "modules/server-timing.js",
    "modules/shape-layer.js",
    "modules/shape.js",
    "modules/shown-objects.js",
    "modules/skeleton-points.js",
    "modules/spatial-cuboid.js",
    "modules/spatial-index.js",
    "modules/stage.js",
    "modules/state.js",
    "modules/targets.js",
    "modules/tasks.js",
    "modules/timeline.js",
    "modules/toast-corner.js",
    "modules/toasts.js",
    "modules/tool-bar.js",
    "modules/tools.js",
    "modules/undo.js",
    "modules/unsaved.js",
    "modules/vertices.js",
    "modules/view-options.js",
    "modules/viewport.js",
    "modules/workflow.js",
    "style/editor.css",
    "style/panels.css",
    "style/theme.css",
];

/// Static files of the page.
#[derive(Debug)]
pub(super) struct Assets {
    folder: Option<PathBuf>,
}

impl Assets {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Returns the content of a file, if the page has a file of this name.
    fn text(&self, name: &str) -> Option<Cow<'static, str>> {
        let (_, compiled) = FILES.iter().find(|(known, _)| *known == name)?;
        let read = self.folder.as_ref().and_then(|folder| std::fs::read_to_string(folder.join(name)).ok());
        Some(read.map_or(Cow::Borrowed(*compiled), Cow::Owned))
    }
}

/// Returns the content security policy of the page: only files of this server, and connections only to this server and
/// to the agent servers.
fn policy(servers: &[AgentServer]) -> HeaderValue {
    let mut connect = "connect-src 'self'".to_owned();
    for server in servers {
        connect = format!("{connect} {}", server.origin);
    }
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
         {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

pub(super) fn routes(editor: &Arc<Editor>) -> Router {
    Router::new().route("/", get(asset)).route("/page/{*path}", get(asset)).with_state(Arc::clone(editor))
}

async fn asset(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    // Another page may link here, so only the host is checked.
    let host = request.headers().iter().filter(|(name, _)| *name == header::HOST);
    let host = host.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Err(problem) = guard::check(request.method(), &host, &editor.hosts) {
        return problem.response();
    }
    let name = request.uri().path().strip_prefix("/page/").unwrap_or("index.html");
    let Some(text) = editor.assets.text(name) else {
        return Problem::not_found(format!("The page has no file `{name}`.")).response();
    };
    let tag = format!("\"{}\"", version_of(&text));
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| *known == *tag);
    let mut response = Response::new(if known { Body::empty() } else { Body::from(text.into_owned()) });
    *response.status_mut() = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(&editor.servers.all()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn content_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "text/html; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path, below: &str, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{below}{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                names(&entry.path(), &format!("{name}/"), into);
            } else if !name.ends_with(".md") {
                into.push(name);
            }
        }
    }

    #[test]
    fn serves_every_file_of_page() {
        let mut existing = Vec::new();
        names(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/page")), "", &mut existing);
        existing.sort();
        let mut served: Vec<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        served.sort();
        assert_eq!(existing, served);
    }
}
