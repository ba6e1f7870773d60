//! `agent-studio call --save-case`: records a call through the studio that serves the page.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::editor_url::EditorUrl;
use super::failure::{Failure, sentence};
use super::http::Http;
use crate::cases::CaseName;
use crate::models::Position;
use crate::outgoing::{HttpResponse, send};

/// A call that is about to be recorded.
#[derive(Debug)]
pub(super) struct CaseRecorder {
    name: CaseName,
    origin: String,
    project: String,
    data: String,
    /// Version of the label row before the call; `None` if there was none.
    before: Option<String>,
    /// Position of the recorders of model servers before the call.
    models: Option<Position>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
    #[serde(default)]
    models: Option<Position>,
}

#[derive(Deserialize)]
struct Saved {
    folder: String,
    /// Number of recorded responses of model servers.
    #[serde(default)]
    models: usize,
}

impl CaseRecorder {
    /// Reads the version of the label row before the call.
    ///
    /// # Errors
    /// The name is invalid, or the editor is not the page of a running studio.
    pub(super) async fn start(http: &Http, name: &str, editor: &EditorUrl) -> Result<Self, Failure> {
        let name = CaseName::parse(name).map_err(|error| Failure::from_error(&error))?;
        let origin = editor.studio_origin().ok_or_else(|| {
            Failure::new(
                "Only calls on a page of the studio can be saved: give the URL of the page, and pull the project with \
                 `agent-studio pull` first if it is on the platform.",
            )
        })?;
        let (project, data) = (editor.project.to_string(), editor.data.to_string());
        let mut recorder = Self { name, origin: origin.to_owned(), project, data, before: None, models: None };
        let Version { version, models } = recorder.version(http).await?;
        (recorder.before, recorder.models) = (version, models);
        Ok(recorder)
    }

    /// Saves the call, and returns the folder of the case, with the number of recorded responses of model servers if there are any.
    ///
    /// # Errors
    /// The studio rejects the request.
    pub(super) async fn save(
        self,
        http: &Http,
        agent: &Url,
        payload: &str,
        response: &HttpResponse,
    ) -> Result<String, Failure> {
        let Version { version: after, models } = self.version(http).await?;
        let models =
            self.models.as_ref().zip(models).map(|(before, after)| json!({ "before": before, "after": after }));
        let body = json!({
            "name": self.name.as_str(),
            "project": self.project,
            "data": self.data,
            "agent": agent.path(),
            "payload": payload,
            "status": response.status,
            "body": String::from_utf8_lossy(&response.body),
            "before": self.before,
            "after": after,
            "models": models,
        });
        let request = http.request(Method::POST, self.url("cases")?).header("content-type", "application/json");
        let saved: Saved =
            parse(send(request.body(body.to_string())).await.map_err(|error| Failure::from_error(&error))?)?;
        Ok(match saved.models {
            0 => saved.folder,
            1 => format!("{} with 1 response of a model server", saved.folder),
            count => format!("{} with {count} responses of model servers", saved.folder),
        })
    }

    async fn version(&self, http: &Http) -> Result<Version, Failure> {
        let mut url = self.url("version")?;
        url.query_pairs_mut().append_pair("project", &self.project).append_pair("data", &self.data);
        let response = send(http.request(Method::GET, url)).await.map_err(|error| {
            let problem = sentence(&error.to_string());
            Failure::new(format!("The studio at {} does not respond. {problem}", self.origin))
        })?;
        parse(response)
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        Url::parse(&format!("{}/page/api/{path}", self.origin)).map_err(|error| Failure::from_error(&error))
    }
}

/// Parses a response of the page's API.
#[expect(clippy::needless_pass_by_value, reason = "the response is consumed")]
fn parse<T: for<'de> Deserialize<'de>>(response: HttpResponse) -> Result<T, Failure> {
    if !response.is_success() {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let message = body.get("message").and_then(Value::as_str).unwrap_or("it gave no reason");
        return Err(Failure::new(format!("The call was not saved: {}", sentence(message))));
    }
    serde_json::from_slice(&response.body).map_err(|error| Failure::from_error(&error))
}
