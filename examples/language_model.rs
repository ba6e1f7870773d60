//! A client of vision language models, which asks about an image with a JSON schema for the answer. It supports
//! endpoints that are compatible with `OpenAI` or Anthropic, and is configured from the environment.

mod api;

use std::env;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use agent_runtime::agent_platform::answer_schema::{AnswerSchema, AttributeAnswers};
use agent_runtime::agent_platform::labels::AnswerInput;
use agent_runtime::media::{EncodedImage, Encoding, RgbImage, encode, resize};
use agent_runtime::prelude::*;
use reqwest::header::{HeaderMap as Headers, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use api::{Api, Output};

/// Maximum concurrent requests over all calls. Further requests wait.
const MAX_CONCURRENT_REQUESTS: usize = 4;
/// Default of `LLM_TIMEOUT`, in seconds: the timeout of one question, including retries.
const DEFAULT_TIMEOUT_SECS: u64 = 60;
/// Maximum response body, in bytes.
const MAX_RESPONSE_BYTES: usize = 1 << 20;
/// Minimum and maximum of the longer side of an image, in pixels. Models downscale larger images, and recognize little
/// in smaller ones.
const IMAGE_SIDES: (u32, u32) = (200, 1568);
/// Maximum delay before a retry, whatever `Retry-After` says.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(5);
/// Maximum characters of an endpoint's or a model's text in error messages.
const MAX_QUOTED_CHARS: usize = 300;

const ADVICE: &str = "LLM_BASE_URL is the base URL of an endpoint compatible with OpenAI or Anthropic, LLM_API_KEY its key and \
                      LLM_MODEL the name of the model";

/// A language model. As a parameter of an agent, it is the server's state, or the model configured in the environment.
#[derive(Clone)]
pub(crate) struct LanguageModel {
    http: Client,
    api: Api,
    url: Url,
    /// Request headers, with the API key marked as sensitive.
    headers: Headers,
    name: String,
    time: Duration,
    turns: Arc<Semaphore>,
}

impl FromCall for LanguageModel {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        static FROM_ENV: LazyLock<Result<LanguageModel>> =
            LazyLock::new(|| LanguageModel::configured(|name| env::var(name).ok()));
        match call.extract::<Option<State<Self>>>().await? {
            Some(State(model)) => Ok(model),
            None => FROM_ENV.clone(),
        }
    }

    fn declare(needs: &mut Requirements) {
        needs.item("language model");
    }
}

impl LanguageModel {
    /// Creates a client from environment variables.
    pub(crate) fn configured(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let given = |name| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let needed = ["LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"];
        let missing: Vec<&str> = needed.into_iter().filter(|name| given(name).is_none()).collect();
        let [Some(base), Some(key), Some(name)] = needed.map(given) else {
            bail!("Set {} and restart the server: {ADVICE}.", missing.join(" and "));
        };
        let base = Url::parse(&base).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.or_complain("LLM_BASE_URL is not a URL such as https://api.openai.com/v1.")?;
        let api = Api::select(given("LLM_API").as_deref(), &base)?;
        let seconds =
            given("LLM_TIMEOUT").map_or(Some(DEFAULT_TIMEOUT_SECS), |text| text.parse().ok().filter(|of| *of > 0));
        let time = Duration::from_secs(seconds.or_complain("LLM_TIMEOUT is not a number of seconds.")?);
        // The program selects the TLS crypto provider, once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // No redirects, so that the key is only sent to the configured endpoint.
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let (url, headers) = (api.endpoint(&base), api.headers(&key)?);
        Ok(Self { http, api, url, headers, name, time, turns: Arc::new(Semaphore::new(MAX_CONCURRENT_REQUESTS)) })
    }

    /// Asks a question about an image. `image` is called when the request's turn comes. If the answer does not match
    /// the schema, the model gets the problem and one more attempt.
    ///
    /// # Errors
    /// 502: the model refuses, gives two invalid answers, or the endpoint rejects the request. 503: the endpoint is
    /// unreachable or overloaded. 504: timeout.
    pub(crate) async fn ask<S: AnswerSchema>(
        &self,
        question: &str,
        image: impl FnOnce() -> Result<RgbImage> + Send + 'static,
        schema: &S,
    ) -> Result<S::Answers> {
        let _turn = self.turns.acquire().await?;
        let image = tokio::task::spawn_blocking(move || encoded(&image()?)).await??;
        let seconds = self.time.as_secs();
        tokio::time::timeout(self.time, self.converse(question, &image, schema)).await.unwrap_or_else(|_| {
            let message = format!("The language model did not answer within {seconds} s.");
            Err(AgentError::new(ErrorStatus::GatewayTimeout, message))
        })
    }

    async fn converse<S: AnswerSchema>(&self, question: &str, image: &EncodedImage, schema: &S) -> Result<S::Answers> {
        let text = schema.schema();
        let parts = json!([self.api.image(image), { "type": "text", "text": question }]);
        let mut messages = vec![json!({ "role": "user", "content": parts })];
        loop {
            let (answer, problem) = match self.send(&messages, &text).await? {
                Output::Refused(why) => return Err(refused(&why)),
                Output::Truncated(answer) => (answer, "the answer was truncated: answer more briefly".to_owned()),
                Output::Answer(answer) => match schema.parse(&answer) {
                    Ok(answers) => return Ok(answers),
                    Err(error) => (answer, error.to_string()),
                },
            };
            tracing::warn!(problem, answers = messages.len() / 2 + 1, "invalid answer of the language model");
            if messages.len() > 1 {
                let message = format!("The language model gave an invalid answer: {}.", shortened(&problem));
                return Err(AgentError::new(ErrorStatus::BadGateway, message));
            }
            let answer = if answer.trim().is_empty() { "(nothing)" } else { answer.trim() };
            let again =
                format!("This answer is invalid: {problem}. Answer again, completely, according to the schema.");
            messages.push(json!({ "role": "assistant", "content": answer }));
            messages.push(json!({ "role": "user", "content": again }));
        }
    }

    /// Sends the conversation, and retries once if the endpoint is overloaded or unreachable.
    async fn send(&self, messages: &[Value], schema: &str) -> Result<Output> {
        let body = self.api.body(&self.name, messages, schema)?;
        let first = match self.post(body.clone()).await {
            Err(error) if error.status() == ErrorStatus::ServiceUnavailable => error,
            answered => return self.api.read(&answered?),
        };
        tokio::time::sleep(first.retry_after().unwrap_or(Duration::from_secs(1)).min(MAX_RETRY_DELAY)).await;
        self.api.read(&self.post(body).await?)
    }

    async fn post(&self, body: Vec<u8>) -> Result<Vec<u8>> {
        let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let mut response = request.send().await.map_err(unreachable)?;
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            answer.extend_from_slice(&chunk);
            if answer.len() > MAX_RESPONSE_BYTES {
                let message = format!("The language model's response exceeds {} KiB.", MAX_RESPONSE_BYTES >> 10);
                return Err(AgentError::new(ErrorStatus::BadGateway, message));
            }
        }
        if response.status().is_success() { Ok(answer) } else { Err(self.failure(&response, &answer)) }
    }

    /// Converts an error status to a message for the annotator.
    fn failure(&self, response: &Response, body: &[u8]) -> AgentError {
        let status = response.status();
        let endpoint = "The language model's endpoint";
        let pause = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let pause = Duration::from_secs(pause.unwrap_or(1));
        let later = |message: String| AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(pause);
        let never = |message: String| AgentError::new(ErrorStatus::BadGateway, message);
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                never(format!("{endpoint} rejected the API key ({status}): check LLM_API_KEY."))
            }
            StatusCode::NOT_FOUND => {
                never(format!("{endpoint} has no model `{}`: check LLM_MODEL and LLM_BASE_URL.", self.name))
            }
            StatusCode::TOO_MANY_REQUESTS => later("The language model is rate-limited. Try again later.".to_owned()),
            _ if status.is_server_error() => later(format!("{endpoint} failed ({status}). Try again later.")),
            _ => {
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                // Some endpoints repeat the key in their error messages.
                let why = body["error"]["message"].as_str().unwrap_or_default();
                let why = if self.key_is_in(why) { "" } else { why };
                never(format!("{endpoint} rejected the request ({status}). {}", shortened(why)).trim_end().to_owned())
            }
        }
    }

    /// Returns whether a text contains the API key.
    fn key_is_in(&self, text: &str) -> bool {
        let secrets = self.headers.values().filter(|value| value.is_sensitive());
        secrets.filter_map(|value| value.to_str().ok()?.split(' ').next_back()).any(|key| text.contains(key))
    }
}

fn refused(why: &str) -> AgentError {
    let why = if why.trim().is_empty() { ".".to_owned() } else { format!(": “{}”", shortened(why.trim())) };
    AgentError::new(ErrorStatus::BadGateway, format!("The language model refused to answer{why}"))
}

fn unreachable(error: reqwest::Error) -> AgentError {
    let message = "The language model's endpoint cannot be reached, or the connection broke: check LLM_BASE_URL.";
    // The URL may contain a secret.
    AgentError::new(ErrorStatus::ServiceUnavailable, message).with_cause(error.without_url())
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(MAX_QUOTED_CHARS).map_or(text, |(end, _)| &text[..end])
}

/// Resizes and encodes the image for the model. Blocks.
fn encoded(image: &RgbImage) -> Result<EncodedImage> {
    let (width, height) = image.dimensions();
    let longest = width.max(height).max(1);
    let wanted = longest.clamp(IMAGE_SIDES.0, IMAGE_SIDES.1);
    let side = |length: u32| (u64::from(length) * u64::from(wanted) / u64::from(longest)).max(1);
    let fitted = resize(image, u32::try_from(side(width))?, u32::try_from(side(height))?)?;
    Ok(encode(&fitted.image, Encoding::jpeg(85))?)
}

/// Formats answers as text: `Scene: Outdoors; Time of day: Dusk`.
pub(crate) fn in_words(answers: &AttributeAnswers, ontology: &Ontology) -> String {
    let label = |hash: &String| ontology.option(hash).map_or_else(|| hash.clone(), |option| option.label().to_owned());
    let words = answers.iter().map(|answer| {
        let value = match &answer.answer {
            AnswerInput::Text(text) => text.clone(),
            AnswerInput::Integer(number) => number.to_string(),
            AnswerInput::Number(number) => number.to_string(),
            AnswerInput::Options(options) if options.is_empty() => "none".to_owned(),
            AnswerInput::Options(options) => options.iter().map(label).collect::<Vec<_>>().join(", "),
            _ => "answered".to_owned(),
        };
        format!("{}: {value}", answer.name)
    });
    words.collect::<Vec<_>>().join("; ")
}
