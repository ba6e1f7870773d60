//! Rephrases a caption with a language model: what the recaptioning of videos of the Python documentation is in Rust.

use std::env;
use std::sync::LazyLock;

use agent_runtime::agent_platform::labels::Ranges;
use agent_runtime::agent_platform::ontology::{AttributeType, ClassificationClass};
use agent_runtime::media::{Encoding, RgbImage, encode};
use agent_runtime::prelude::*;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Value, json};

const TASK: &str = "You rephrase the caption of a video. You get the caption and an image of the scene. Where the caption has \
    tags such as <cup_0>, say what they stand for, in words that fit the scene. Mention nothing that cannot be seen.";

/// What the model is asked for, by the names of the answer's fields.
const REPHRASINGS: [(&str, &str); 3] = [
    ("varied", "the caption with other adjectives, relations and positions of the objects"),
    ("natural", "the caption as somebody would say it who sees the scene"),
    ("short", "the caption in one short sentence"),
];

/// Has a language model rephrase the caption, in three ways.
///
/// The first text classification of the ontology is the caption, which a person writes; the next three take the
/// rephrasings, for the frames of the caption. Those that the ontology has no place for are in the message.
#[editor_agent(timeout = "3m")]
async fn recaption_video(
    model: Option<State<LanguageModel>>,
    frame: Frame,
    pixels: FramePixels,
    ontology: &Ontology,
    row: &mut LabelRow,
) -> Result<String> {
    let mut classes = ontology.classifications().filter(|class| is_text(class));
    let human = classes.next().or_complain("The ontology has no text classification for a caption.")?;
    let (caption, frames) = caption(row, human, frame).or_complain(format!("Write the {} first.", human.name()))?;
    static FROM_ENV: LazyLock<Result<LanguageModel>> = LazyLock::new(LanguageModel::from_env);
    let model = match model {
        Some(State(model)) => model,
        None => FROM_ENV.clone()?,
    };
    let rephrased = rephrase(&model, &caption, &pixels).await?;
    let mut said = Vec::new();
    for text in rephrased {
        match classes.next() {
            Some(class) => replace(row, class, &frames, text)?,
            None => said.push(format!("“{text}”")),
        }
    }
    let written = REPHRASINGS.len() - said.len();
    Ok(match said.is_empty() {
        true => format!("Wrote {written} rephrasings."),
        false if written == 0 => format!("No text classification is there to write these to: {}", said.join(" ")),
        false => format!("Wrote {written} rephrasings; no text classification is there for {}", said.join(" ")),
    })
}

fn is_text(class: &ClassificationClass) -> bool {
    class.attribute().is_some_and(|attribute| *attribute.attribute_type() == AttributeType::Text)
}

/// The caption of this frame, or else the first of the video, with the frames it is about.
fn caption(row: &LabelRow, class: &ClassificationClass, frame: Frame) -> Option<(String, Ranges)> {
    let here = row.frame(frame).classifications().find(|found| found.feature_hash() == class.feature_hash());
    let first = || row.classifications_of_class(class.feature_hash()).min_by_key(|found| found.ranges().first());
    let found = here.or_else(first)?;
    let text = found.value()?.as_text()?.to_owned();
    // A caption of the whole file says no frames.
    let frames = Some(found.ranges()).filter(|frames| !frames.is_empty()).unwrap_or(Ranges::from(frame.0));
    (!text.trim().is_empty()).then_some((text, frames))
}

/// Writes a rephrasing in place of those that are there.
fn replace(row: &mut LabelRow, class: &ClassificationClass, frames: &Ranges, text: String) -> Result<()> {
    let there: Vec<_> = row.classifications_of_class(class.feature_hash()).map(|old| old.hash().to_owned()).collect();
    for old in there {
        let old = row.edit_classification(&old)?;
        if class.is_global() { old.delete() } else { old.remove_from(frames.clone())? }
    }
    let new = row.classify(class.feature_hash(), text).automatic();
    if class.is_global() {
        new.on_all()?
    } else {
        new.on(frames.clone())?
    };
    Ok(())
}

/// Asks the model for the three rephrasings.
async fn rephrase(model: &LanguageModel, caption: &str, image: &RgbImage) -> Result<Vec<String>> {
    let fields = REPHRASINGS.map(|(name, what)| (name.to_owned(), json!({"type": "string", "description": what})));
    let schema = json!({
        "type": "object", "properties": serde_json::Map::from_iter(fields), "additionalProperties": false,
        "required": REPHRASINGS.map(|(name, _)| name),
    });
    let content = json!([
        {"type": "text", "text": format!("The caption: {caption}")},
        encode(image, Encoding::jpeg(85))?.openai_part(),
    ]);
    let answer =
        model.ask(json!([{"role": "system", "content": TASK}, {"role": "user", "content": content}]), schema).await?;
    let texts = REPHRASINGS.iter().map(|(name, _)| answer[name].as_str().map(|text| text.trim().to_owned()));
    let texts: Option<Vec<_>> = texts.map(|text| text.filter(|text| !text.is_empty())).collect();
    texts
        .ok_or_else(|| AgentError::new(ErrorStatus::BadGateway, "The language model did not answer what it was asked."))
}

/// A language model behind an address that takes chat completions, as most servers of models do. The key is a secret.
#[derive(Clone)]
pub(crate) struct LanguageModel {
    http: reqwest::Client,
    url: String,
    key: Option<String>,
    model: String,
}

impl LanguageModel {
    /// The model of this name, behind this address: `https://api.openai.com/v1`, say.
    pub(crate) fn new(url: &str, key: Option<String>, model: &str) -> Result<Self> {
        // What encrypts connections is the program's choice; it is made once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let url = format!("{}/chat/completions", url.trim_end_matches('/'));
        Ok(Self { http, url, key, model: model.to_owned() })
    }

    /// The one that the environment names.
    fn from_env() -> Result<Self> {
        let setting = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let advice = "Set LLM_MODEL to the name of a language model, LLM_API_KEY to a key for it, LLM_BASE_URL to its address if \
                      that is not OpenAI's, and start again.";
        let url = setting("LLM_BASE_URL").unwrap_or_else(|| "https://api.openai.com/v1".to_owned());
        Self::new(&url, setting("LLM_API_KEY"), &setting("LLM_MODEL").or_complain(advice)?)
    }

    /// Asks for JSON of this schema.
    async fn ask(&self, messages: Value, schema: Value) -> Result<Value> {
        #[derive(Deserialize)]
        struct Completion {
            choices: Vec<Choice>,
        }
        #[derive(Deserialize)]
        struct Choice {
            message: Message,
        }
        #[derive(Deserialize)]
        struct Message {
            content: String,
        }
        let failed = |said: &'static str| AgentError::new(ErrorStatus::BadGateway, said);
        let format =
            json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}});
        let body = json!({"model": self.model, "messages": messages, "response_format": format});
        let mut request = self.http.post(&self.url).header(CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        let answer =
            request.body(serde_json::to_vec(&body)?).send().await.and_then(reqwest::Response::error_for_status);
        let answer = answer.map_err(|error| failed("The language model cannot be reached.").with_cause(error))?;
        let bytes = answer.bytes().await.map_err(|error| failed("The language model broke off.").with_cause(error))?;
        let nonsense = |error| failed("The language model did not answer what it was asked.").with_cause(error);
        let completion: Completion = serde_json::from_slice(&bytes).map_err(nonsense)?;
        let said = completion.choices.first().map(|choice| choice.message.content.as_str()).unwrap_or_default();
        serde_json::from_str(said).map_err(nonsense)
    }
}
