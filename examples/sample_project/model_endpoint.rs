//! Mock of a language model's endpoint, for both APIs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_runtime::axum::Router;
use agent_runtime::axum::body::Body;
use agent_runtime::axum::extract::Request;
use agent_runtime::axum::http::{HeaderMap, Response, StatusCode};
use agent_runtime::media::{Limits, RgbImage, decode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::language_model::LanguageModel;

/// Valid API key.
pub(super) const KEY: &str = "sk-none-of-your-business";
const MODEL: &str = "seer-1";
/// Response time of the model.
const THINKING: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Vendor {
    OpenAi,
    Anthropic,
}

pub(super) const VENDORS: [Vendor; 2] = [Vendor::OpenAi, Vendor::Anthropic];

/// Reply of the endpoint.
pub(super) enum Reply {
    /// A complete answer.
    Answer(Value),
    /// An answer truncated at the token limit.
    CutOff(&'static str),
    /// A complete answer that is not JSON.
    Broken(&'static str),
    Refusal(&'static str),
    /// An error status with this `error.message`.
    Status(u16, String),
    /// An endless body, byte by byte.
    Dribble,
    /// A body of this many bytes.
    Bytes(usize),
}

/// A recorded request.
#[derive(Clone)]
pub(super) struct Asked {
    vendor: Vendor,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Asked {
    /// Returns the schema of the answer, and asserts that it is where the vendor expects it.
    pub(super) fn schema(&self) -> &Value {
        if self.vendor == Vendor::OpenAi {
            let format = &self.body["response_format"];
            assert_eq!((&format["type"], &format["json_schema"]["strict"]), (&json!("json_schema"), &json!(true)));
            return &format["json_schema"]["schema"];
        }
        assert_eq!(self.body["tool_choice"], json!({"type": "tool", "name": self.body["tools"][0]["name"]}));
        assert!(self.body["max_tokens"].as_u64().unwrap() > 1000);
        &self.body["tools"][0]["input_schema"]
    }

    /// Returns the conversation without the system message.
    pub(super) fn messages(&self) -> Vec<&Value> {
        let all = self.body["messages"].as_array().unwrap();
        all.iter().filter(|message| message["role"] != "system").collect()
    }

    /// Returns the text of the question.
    pub(super) fn question(&self) -> &str {
        self.messages()[0]["content"][1]["text"].as_str().unwrap()
    }

    /// Decodes the image.
    pub(super) fn image(&self) -> RgbImage {
        let part = &self.messages()[0]["content"][0];
        let text = match self.vendor {
            Vendor::OpenAi => {
                part["image_url"]["url"].as_str().unwrap().strip_prefix("data:image/jpeg;base64,").unwrap()
            }
            Vendor::Anthropic => {
                assert_eq!(part["source"]["media_type"], "image/jpeg");
                part["source"]["data"].as_str().unwrap()
            }
        };
        decode(&STANDARD.decode(text).unwrap(), &Limits::default()).unwrap()
    }

    /// Asserts that the key is in the vendor's header only.
    pub(super) fn assert_signed(&self) {
        let header = |name| self.headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(self.body["model"], MODEL);
        match self.vendor {
            Vendor::OpenAi => {
                assert_eq!(self.path, "/v1/chat/completions");
                assert_eq!(header("authorization"), Some(format!("Bearer {KEY}").as_str()));
                assert_eq!(header("x-api-key"), None);
            }
            Vendor::Anthropic => {
                assert_eq!(self.path, "/v1/messages");
                assert_eq!((header("x-api-key"), header("authorization")), (Some(KEY), None));
                assert_eq!(header("anthropic-version"), Some("2023-06-01"));
            }
        }
    }
}

pub(super) struct Endpoint {
    vendor: Vendor,
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Maximum of concurrent requests.
    pub(super) most_at_once: Arc<AtomicUsize>,
}

impl Endpoint {
    /// Starts an endpoint. `reply` gets the number of previous requests.
    pub(super) async fn start(
        vendor: Vendor,
        reply: impl Fn(usize, &Asked) -> Reply + Clone + Send + Sync + 'static,
    ) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (seen, most_at_once) = (Arc::clone(&asked), Arc::<AtomicUsize>::default());
        let (waiting, most) = (Arc::<AtomicUsize>::default(), Arc::clone(&most_at_once));
        let answer = move |request: Request| {
            let (seen, reply) = (Arc::clone(&seen), reply.clone());
            let (waiting, most) = (Arc::clone(&waiting), Arc::clone(&most));
            async move {
                most.fetch_max(waiting.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(THINKING).await;
                waiting.fetch_sub(1, Ordering::SeqCst);
                let (head, body) = request.into_parts();
                let body = agent_runtime::axum::body::to_bytes(body, 1 << 24).await.unwrap();
                let body = serde_json::from_slice(&body).unwrap();
                let new = Asked { vendor, path: head.uri.path().to_owned(), headers: head.headers, body };
                let mut seen = seen.lock().unwrap();
                let reply = reply(seen.len(), &new);
                seen.push(new);
                response(vendor, reply)
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(agent_runtime::axum::serve(listener, Router::new().fallback(answer)).into_future());
        Self { vendor, url, asked, most_at_once }
    }

    /// Starts an endpoint with these replies.
    pub(super) async fn replying<const N: usize>(vendor: Vendor, replies: [fn() -> Reply; N]) -> Self {
        let at = move |count: usize| replies.get(count).copied();
        Self::start(vendor, move |count, _: &Asked| at(count).expect("no further question was expected")()).await
    }

    /// Returns a client with a timeout in seconds.
    pub(super) fn model(&self, seconds: u32) -> LanguageModel {
        let configured = LanguageModel::configured(|name| match name {
            "LLM_BASE_URL" => Some(self.url.clone()),
            "LLM_API_KEY" => Some(KEY.to_owned()),
            "LLM_MODEL" => Some(MODEL.to_owned()),
            "LLM_API" => (self.vendor == Vendor::Anthropic).then(|| "anthropic".to_owned()),
            "LLM_TIMEOUT" => Some(seconds.to_string()),
            other => panic!("{other}"),
        });
        configured.unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn response(vendor: Vendor, reply: Reply) -> Response<Body> {
    let said = |openai: Value, anthropic: Value| {
        Response::new(Body::from(if vendor == Vendor::OpenAi { openai } else { anthropic }.to_string()))
    };
    let chat = |content: Value, refusal: Value, finish_reason: &str| {
        let message = json!({"role": "assistant", "content": content, "refusal": refusal});
        json!({"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}], "usage": {}})
    };
    let message = |part: Value, stop_reason: &str| json!({"id": "1", "type": "message", "role": "assistant", "content": [part], "stop_reason": stop_reason});
    let tool = |input: &Value| json!({"type": "tool_use", "id": "t1", "name": "answer", "input": input});
    let text = |text: &str| json!({"type": "text", "text": text});
    match reply {
        Reply::Answer(answer) => {
            said(chat(json!(answer.to_string()), Value::Null, "stop"), message(tool(&answer), "tool_use"))
        }
        Reply::CutOff(start) => said(chat(json!(start), Value::Null, "length"), message(text(start), "max_tokens")),
        Reply::Broken(answer) => said(chat(json!(answer), Value::Null, "stop"), message(text(answer), "end_turn")),
        // A content filter gives no reason.
        Reply::Refusal("") => said(chat(Value::Null, Value::Null, "content_filter"), message(text(""), "refusal")),
        Reply::Refusal(why) => said(chat(Value::Null, json!(why), "stop"), message(text(why), "refusal")),
        Reply::Status(status, why) => {
            let body = json!({"type": "error", "error": {"type": "some_error", "message": why}});
            let mut response = Response::new(Body::from(body.to_string()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response.headers_mut().insert("retry-after", "0".parse().unwrap());
            response
        }
        Reply::Dribble => Response::new(Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::io::Error>(" "), ()))
        }))),
        Reply::Bytes(count) => Response::new(Body::from(vec![b' '; count])),
    }
}
