//! Sends a message about the frame to a chat, through a Slack-compatible incoming webhook.

use std::collections::HashMap;
use std::env;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use serde_json::json;

/// Maximum delivery attempts.
const MAX_ATTEMPTS: u32 = 4;
/// Delay before the first retry. It doubles with each further retry.
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// Interval within which a repeated message is not sent again.
const DEDUPLICATION_INTERVAL: Duration = Duration::from_secs(60);

/// The incoming webhook. Its URL is a secret, because it grants the permission to post.
#[derive(Clone)]
pub(crate) struct Webhook {
    http: Client,
    url: Url,
    required: bool,
    sent: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Webhook {
    /// Creates a webhook from its URL. With `required`, the agent waits for the delivery and fails if the delivery
    /// fails.
    pub(crate) fn new(url: &str, required: bool) -> Result<Self> {
        // The program selects the TLS crypto provider, once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().timeout(Duration::from_secs(10)).redirect(reqwest::redirect::Policy::none());
        let url = Url::parse(url)
            .or_complain("NOTIFY_WEBHOOK is not a valid URL. Set it to the URL of an incoming webhook.")?;
        Ok(Self { http: http.build()?, url, required, sent: Arc::default() })
    }

    /// Creates the webhook from the environment.
    fn from_env() -> Result<Self> {
        let advice =
            "Set NOTIFY_WEBHOOK to the URL of an incoming webhook, for example of Slack, and restart the server.";
        let url = env::var("NOTIFY_WEBHOOK").ok().filter(|url| !url.is_empty()).or_complain(advice)?;
        let required = env::var("NOTIFY_REQUIRED").is_ok_and(|value| matches!(value.as_str(), "1" | "true"));
        Self::new(&url, required)
    }

    /// Records a message, and returns whether it is new.
    fn is_new(&self, text: &str) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, when| when.elapsed() < DEDUPLICATION_INTERVAL);
        sent.insert(text.to_owned(), Instant::now()).is_none()
    }

    /// Removes a message, so that it can be sent again.
    fn forget(&self, text: &str) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).remove(text);
    }

    /// Delivers a message, with retries. After a failure the same message can be sent again.
    async fn deliver(self, text: String) -> Result<()> {
        let body = serde_json::to_vec(&json!({ "text": text }))?;
        let mut pause = RETRY_DELAY;
        for tries_left in (0..MAX_ATTEMPTS).rev() {
            let request = self.http.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
            let (why, again) = match request.body(body.clone()).send().await {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response) => {
                    pause = pause.max(retry_after(&response));
                    let status = response.status();
                    (status.to_string(), status.is_server_error() || matches!(status.as_u16(), 408 | 429))
                }
                Err(error) => (error.without_url().to_string(), true),
            };
            tracing::warn!(why, tries_left, "a notification was not delivered");
            if !again {
                break;
            }
            if tries_left > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
        self.forget(&text);
        Err(AgentError::new(ErrorStatus::BadGateway, "The message could not be delivered."))
    }
}

/// Returns the delay in `Retry-After`, up to 5 s.
fn retry_after(response: &Response) -> Duration {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0).min(5))
}

/// Sends a link to this frame and the selected objects to the team's chat.
///
/// The delivery runs in the background, unless `NOTIFY_REQUIRED` is set or the server supports no background work.
/// `NOTIFY_WEBHOOK` is the URL of the incoming webhook.
#[editor_agent]
async fn notify(
    webhook: Option<State<Webhook>>,
    background: Option<Background>,
    payload: &AgentPayload,
    frame: Frame,
    selected: Selected<AnyShape>,
    info: &LabelRowInfo,
    headers: &HeaderMap,
) -> Result<String> {
    static FROM_ENV: LazyLock<Result<Webhook>> = LazyLock::new(Webhook::from_env);
    let webhook = match webhook {
        Some(State(webhook)) => webhook,
        None => FROM_ENV.clone()?,
    };
    let who = info.assigned_user_email.as_deref().or(info.last_actioned_by_user_email.as_deref());
    let title = info.data_title.as_deref().unwrap_or("data without a title");
    let what = selected.iter().map(|object| format!("{} ({})", object.class(), object.hash())).collect::<Vec<_>>();
    let about = if what.is_empty() { String::new() } else { format!(": {}", what.join(", ")) };
    let said = escaped(&format!("{} points at {title}, frame {frame}{about}.", who.unwrap_or("An annotator")));
    let origin = headers.get("origin").and_then(|origin| origin.to_str().ok());
    let text = format!("{said} <{}|Open in the label editor>", editor_link(origin, payload, frame));
    if !webhook.is_new(&text) {
        return Ok("This message was already sent to the team.".to_owned());
    }
    match background.filter(|_| !webhook.required) {
        Some(background) => {
            background.run(webhook.clone().deliver(text.clone())).inspect_err(|_| webhook.forget(&text))?;
            Ok("Sending the message to the team.".to_owned())
        }
        None => {
            // A separate task, which continues if the client disconnects.
            tokio::spawn(webhook.deliver(text)).await??;
            Ok("The message was sent to the team.".to_owned())
        }
    }
}

/// Returns the URL of the frame in the calling label editor. The page of the local studio has another URL format.
fn editor_link(origin: Option<&str>, payload: &AgentPayload, frame: Frame) -> String {
    let (project, data) = (payload.project_hash, payload.data_hash);
    let origin = origin.and_then(|origin| Url::parse(origin).ok());
    // The caller controls the origin, so links go to known editors only.
    match origin.as_ref().and_then(|origin| Some((origin, origin.scheme(), origin.host_str()?))) {
        Some((page, "http", "127.0.0.1" | "localhost")) => {
            format!("{page}#project={project}&data={data}&frame={frame}")
        }
        Some((editor, "https", host)) if host.ends_with(".encord.com") => {
            format!("{editor}label_editor/{project}/{data}/{frame}")
        }
        _ => format!("https://app.encord.com/label_editor/{project}/{data}/{frame}"),
    }
}

/// Escapes characters that Slack would interpret as a link or a mention.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_runtime::testing::payload;

    #[test]
    fn link_leads_only_to_known_editors() {
        let place = "00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-000000000002/7";
        let link = |origin| editor_link(origin, &payload(), Frame(7));
        assert_eq!(link(Some("https://app.us.encord.com")), format!("https://app.us.encord.com/label_editor/{place}"));
        for stranger in [None, Some("https://encord.com.example.test"), Some("http://app.encord.com"), Some("x")] {
            assert_eq!(link(stranger), format!("https://app.encord.com/label_editor/{place}"), "{stranger:?}");
        }
        assert!(link(Some("http://127.0.0.1:8899")).starts_with("http://127.0.0.1:8899/#project=00000000"));
    }

    #[test]
    fn escapes_mentions_in_title() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
