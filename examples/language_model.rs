//! A language model that sees: asked about an image with a schema for its answer, through an endpoint like `OpenAI`'s or
//! Anthropic's that the environment names.

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

use api::{Api, Said};

/// Questions that wait for an answer at once, of all calls together; more wait for their turn.
const AT_ONCE: usize = 4;
/// How long one question may take with everything that is tried, unless `LLM_TIMEOUT` says otherwise.
const SECONDS: u64 = 60;
/// An answer may have so many bytes.
const LARGEST: usize = 1 << 20;
/// The longest side of an image, in pixels: models see no more of larger ones, and nothing in much smaller ones.
const SIDES: (u32, u32) = (200, 1568);
/// An endpoint that asks to wait is asked again after this at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// What an endpoint or a model says is told up to so many characters.
const TOLD: usize = 300;

const ADVICE: &str = "LLM_BASE_URL is where an endpoint like OpenAI's or Anthropic's is, LLM_API_KEY its key and LLM_MODEL the \
                      model's name";

/// The model. A parameter of agents: the one that the server has as state, or else the one that the environment names.
#[derive(Clone)]
pub(crate) struct LanguageModel {
    http: Client,
    api: Api,
    url: Url,
    /// With the key, marked as a secret.
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
    /// The model that these variables name.
    pub(crate) fn configured(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let given = |name| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let needed = ["LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"];
        let missing: Vec<&str> = needed.into_iter().filter(|name| given(name).is_none()).collect();
        let [Some(base), Some(key), Some(name)] = needed.map(given) else {
            bail!("Set {} and start again: {ADVICE}.", missing.join(" and "));
        };
        let base = Url::parse(&base).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.or_complain("LLM_BASE_URL is not an address such as https://api.openai.com/v1.")?;
        let api = Api::of(given("LLM_API").as_deref(), &base)?;
        let seconds = given("LLM_TIMEOUT").map_or(Some(SECONDS), |text| text.parse().ok().filter(|of| *of > 0));
        let time = Duration::from_secs(seconds.or_complain("LLM_TIMEOUT is not a number of seconds.")?);
        // What encrypts connections is the program's choice; it is made once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The key goes to no other address than the one that was named.
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let (url, headers) = (api.endpoint(&base), api.headers(&key)?);
        Ok(Self { http, api, url, headers, name, time, turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Asks about an image, which is made once it is this question's turn. An answer that the schema does not allow is given
    /// back with what is wrong, once.
    ///
    /// # Errors
    /// 502: a refusal, two answers that cannot be used, or an endpoint that does not take the question; 503: one that cannot be
    /// reached or has too much to do; 504: out of time.
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
                Said::Refused(why) => return Err(refused(&why)),
                Said::CutOff(answer) => (answer, "it was cut off: answer more briefly".to_owned()),
                Said::Answer(answer) => match schema.parse(&answer) {
                    Ok(answers) => return Ok(answers),
                    Err(error) => (answer, error.to_string()),
                },
            };
            tracing::warn!(problem, answers = messages.len() / 2 + 1, "an answer of the language model cannot be used");
            if messages.len() > 1 {
                let message = format!("The language model gave no answer that can be used: {}.", cut(&problem));
                return Err(AgentError::new(ErrorStatus::BadGateway, message));
            }
            let answer = if answer.trim().is_empty() { "(nothing)" } else { answer.trim() };
            let again = format!("This answer cannot be used: {problem}. Answer anew, completely, as the schema says.");
            messages.push(json!({ "role": "assistant", "content": answer }));
            messages.push(json!({ "role": "user", "content": again }));
        }
    }

    /// Sends the conversation; once more where the endpoint has too much to do, or cannot be reached.
    async fn send(&self, messages: &[Value], schema: &str) -> Result<Said> {
        let body = self.api.body(&self.name, messages, schema)?;
        let first = match self.post(body.clone()).await {
            Err(error) if error.status() == ErrorStatus::ServiceUnavailable => error,
            answered => return self.api.read(&answered?),
        };
        tokio::time::sleep(first.retry_after().unwrap_or(Duration::from_secs(1)).min(LONGEST_PAUSE)).await;
        self.api.read(&self.post(body).await?)
    }

    async fn post(&self, body: Vec<u8>) -> Result<Vec<u8>> {
        let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let mut response = request.send().await.map_err(lost)?;
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            answer.extend_from_slice(&chunk);
            if answer.len() > LARGEST {
                let message = format!("The language model's answer has more than {} KiB.", LARGEST >> 10);
                return Err(AgentError::new(ErrorStatus::BadGateway, message));
            }
        }
        if response.status().is_success() { Ok(answer) } else { Err(self.failure(&response, &answer)) }
    }

    /// What a status other than success means to the annotator.
    fn failure(&self, response: &Response, body: &[u8]) -> AgentError {
        let status = response.status();
        let endpoint = "The language model's endpoint";
        let pause = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let pause = Duration::from_secs(pause.unwrap_or(1));
        let later = |message: String| AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(pause);
        let never = |message: String| AgentError::new(ErrorStatus::BadGateway, message);
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                never(format!("{endpoint} does not take the key ({status}): see LLM_API_KEY."))
            }
            StatusCode::NOT_FOUND => {
                never(format!("{endpoint} knows no model `{}`: see LLM_MODEL and LLM_BASE_URL.", self.name))
            }
            StatusCode::TOO_MANY_REQUESTS => {
                later("The language model is asked too often: try again in a while.".to_owned())
            }
            _ if status.is_server_error() => later(format!("{endpoint} fails ({status}): try again in a while.")),
            _ => {
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                // Some endpoints repeat the key.
                let why = body["error"]["message"].as_str().unwrap_or_default();
                let why = if self.key_is_in(why) { "" } else { why };
                never(format!("{endpoint} does not take the question ({status}). {}", cut(why)).trim_end().to_owned())
            }
        }
    }

    /// Whether a text has the key in it.
    fn key_is_in(&self, text: &str) -> bool {
        let secrets = self.headers.values().filter(|value| value.is_sensitive());
        secrets.filter_map(|value| value.to_str().ok()?.split(' ').next_back()).any(|key| text.contains(key))
    }
}

fn refused(why: &str) -> AgentError {
    let why = if why.trim().is_empty() { ".".to_owned() } else { format!(": “{}”", cut(why.trim())) };
    AgentError::new(ErrorStatus::BadGateway, format!("The language model refuses to answer{why}"))
}

fn lost(error: reqwest::Error) -> AgentError {
    let message = "The language model's endpoint cannot be reached, or broke off: see LLM_BASE_URL.";
    // An address can have a secret in it.
    AgentError::new(ErrorStatus::ServiceUnavailable, message).with_cause(error.without_url())
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(TOLD).map_or(text, |(end, _)| &text[..end])
}

/// The image as models take it. Takes long: for a thread of its own.
fn encoded(image: &RgbImage) -> Result<EncodedImage> {
    let (width, height) = image.dimensions();
    let longest = width.max(height).max(1);
    let wanted = longest.clamp(SIDES.0, SIDES.1);
    let side = |length: u32| (u64::from(length) * u64::from(wanted) / u64::from(longest)).max(1);
    let fitted = resize(image, u32::try_from(side(width))?, u32::try_from(side(height))?)?;
    Ok(encode(&fitted.image, Encoding::jpeg(85))?)
}

/// Answers in words: `Scene: Outdoors; Time of day: Dusk`.
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
