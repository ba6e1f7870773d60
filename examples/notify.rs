//! Tells a chat about the frame: a message to a webhook, as Slack and those that are compatible take it.

use std::collections::HashMap;
use std::env;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use serde_json::json;

/// How often delivery is tried, and how long after the first failure again; twice as long after each further one.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);
/// The same message is not sent twice within this time.
const QUIET: Duration = Duration::from_secs(60);

/// Where messages go. Its address is a secret: whoever has it can write there.
#[derive(Clone)]
pub(crate) struct Webhook {
    http: Client,
    url: Url,
    required: bool,
    told: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Webhook {
    /// The webhook at this address. `required`: an annotator waits for the delivery, and is told if it fails.
    pub(crate) fn new(url: &str, required: bool) -> Result<Self> {
        // What encrypts connections is the program's choice; it is made once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().timeout(Duration::from_secs(10)).redirect(reqwest::redirect::Policy::none());
        let url = Url::parse(url).or_complain("NOTIFY_WEBHOOK is not an address.")?;
        Ok(Self { http: http.build()?, url, required, told: Arc::default() })
    }

    /// The one that the environment names.
    fn from_env() -> Result<Self> {
        let advice = "Set NOTIFY_WEBHOOK to the address of an incoming webhook, of Slack for example, and start again.";
        let url = env::var("NOTIFY_WEBHOOK").ok().filter(|url| !url.is_empty()).or_complain(advice)?;
        let required = env::var("NOTIFY_REQUIRED").is_ok_and(|value| matches!(value.as_str(), "1" | "true"));
        Self::new(&url, required)
    }

    /// Remembers a message. Whether it is new.
    fn is_new(&self, text: &str) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, when| when.elapsed() < QUIET);
        told.insert(text.to_owned(), Instant::now()).is_none()
    }

    /// Lets a message be sent again.
    fn forget(&self, text: &str) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).remove(text);
    }

    /// Sends a message until it arrives, a few times at most. One that did not arrive may be sent again.
    async fn deliver(self, text: String) -> Result<()> {
        let body = serde_json::to_vec(&json!({ "text": text }))?;
        let mut pause = PAUSE;
        for tries_left in (0..TRIES).rev() {
            let request = self.http.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
            let (why, again) = match request.body(body.clone()).send().await {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response) => {
                    pause = pause.max(asked_pause(&response));
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

/// How long the webhook asks us to wait: what it says in seconds, 5 at most.
fn asked_pause(response: &Response) -> Duration {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0).min(5))
}

/// Tells the team's chat about this frame and what is selected on it.
///
/// The annotator does not wait for it, unless `NOTIFY_REQUIRED` says so, or nothing goes on after an answer here. `NOTIFY_WEBHOOK` says where to.
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
        return Ok("The team has just been told.".to_owned());
    }
    match background.filter(|_| !webhook.required) {
        Some(background) => {
            background.run(webhook.clone().deliver(text.clone())).inspect_err(|_| webhook.forget(&text))?;
            Ok("The team is being told.".to_owned())
        }
        None => {
            // A task of its own: it goes on when the annotator leaves.
            tokio::spawn(webhook.deliver(text)).await??;
            Ok("The team has been told.".to_owned())
        }
    }
}

/// The frame in the label editor that called. The page of the local studio has addresses of its own.
fn editor_link(origin: Option<&str>, payload: &AgentPayload, frame: Frame) -> String {
    let (project, data) = (payload.project_hash, payload.data_hash);
    let origin = origin.and_then(|origin| Url::parse(origin).ok());
    // Whoever calls says the origin: no link leads to a page that is not known.
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

/// Text without what Slack would take for a link or a mention.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_runtime::testing::payload;

    #[test]
    fn the_link_leads_to_the_editor_that_called_and_nowhere_else() {
        let place = "00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-000000000002/7";
        let link = |origin| editor_link(origin, &payload(), Frame(7));
        assert_eq!(link(Some("https://app.us.encord.com")), format!("https://app.us.encord.com/label_editor/{place}"));
        for stranger in [None, Some("https://encord.com.example.test"), Some("http://app.encord.com"), Some("x")] {
            assert_eq!(link(stranger), format!("https://app.encord.com/label_editor/{place}"), "{stranger:?}");
        }
        assert!(link(Some("http://127.0.0.1:8899")).starts_with("http://127.0.0.1:8899/#project=00000000"));
    }

    #[test]
    fn a_title_mentions_nobody() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
