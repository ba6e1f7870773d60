//! HTTP requests as Lambda events, as AWS documents them for function URLs
//! (<https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>) and for both types of API Gateway
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

/// The service that sends the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    FunctionUrl,
    /// An HTTP API in API Gateway, format 2.0, stage `prod`.
    HttpApi,
    /// A REST API in API Gateway, format 1.0, stage `prod`.
    RestApi,
}

pub const SENDERS: [Sender; 3] = [Sender::FunctionUrl, Sender::HttpApi, Sender::RestApi];

/// A request as a gateway receives it.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub method: String,
    /// The path, with the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn new(method: &str, path: &str) -> Self {
        let headers = vec![("Host".to_owned(), "agent.test".to_owned())];
        Self { method: method.to_owned(), path: path.to_owned(), headers, body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn json(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.header("Content-Type", "application/json")
    }

    pub fn event(&self, sender: Sender) -> Value {
        match sender {
            Sender::FunctionUrl => self.format_2("$default", "", "abcdefg.lambda-url.eu-west-1.on.aws"),
            Sender::HttpApi => self.format_2("prod", "/prod", "api-id.execute-api.eu-west-1.amazonaws.com"),
            Sender::RestApi => self.format_1(),
        }
    }

    /// Returns the event with its body in base64, as gateways send binary bodies.
    pub fn event_in_base64(&self, sender: Sender) -> Value {
        let mut event = self.event(sender);
        event["body"] = BASE64.encode(&self.body).into();
        event["isBase64Encoded"] = true.into();
        event
    }

    fn path_and_query(&self) -> (&str, &str) {
        self.path.split_once('?').unwrap_or((&self.path, ""))
    }

    /// Returns every header with all of its values.
    fn values(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &self.headers {
            values.entry(name).or_default().push(value);
        }
        values
    }

    /// Returns the body as text, or as base64 if it is not text.
    fn body(&self) -> (Value, bool) {
        match std::str::from_utf8(&self.body) {
            Ok("") => (Value::Null, false),
            Ok(text) => (text.into(), false),
            Err(_) => (BASE64.encode(&self.body).into(), true),
        }
    }

    fn format_2(&self, stage: &str, prefix: &str, domain: &str) -> Value {
        let (path, query) = self.path_and_query();
        let path = format!("{prefix}{path}");
        let joined =
            self.values().into_iter().map(|(name, values)| (name.to_ascii_lowercase(), values.join(",").into()));
        let (body, in_base64) = self.body();
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": joined.collect::<Map<String, Value>>(),
            "requestContext": {
                "accountId": "123456789012", "apiId": "api-id", "domainName": domain, "domainPrefix": "api-id",
                "http": {"method": self.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "agent"},
                "requestId": "id", "routeKey": "$default", "stage": stage,
                "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_u64
            },
            "isBase64Encoded": in_base64
        });
        if !body.is_null() {
            event["body"] = body;
        }
        event
    }

    fn format_1(&self) -> Value {
        let (path, query) = self.path_and_query();
        let values = self.values();
        let lasts = values.iter().map(|(name, values)| ((*name).to_owned(), values[values.len() - 1].into()));
        let lists = values.iter().map(|(name, values)| ((*name).to_owned(), json!(values)));
        let mut queries: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            queries.entry(decoded(name)).or_default().push(decoded(value));
        }
        let last_query = queries.iter().map(|(name, values)| (name.clone(), values[values.len() - 1].clone().into()));
        let last_query: Map<String, Value> = last_query.collect();
        let (body, in_base64) = self.body();
        json!({
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": self.method,
            "headers": lasts.collect::<Map<String, Value>>(),
            "multiValueHeaders": lists.collect::<Map<String, Value>>(),
            "queryStringParameters": if queries.is_empty() { Value::Null } else { last_query.into() },
            "multiValueQueryStringParameters": if queries.is_empty() { Value::Null } else { json!(queries) },
            "pathParameters": {"proxy": path.trim_start_matches('/')},
            "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012", "apiId": "id", "authorizer": null, "resourcePath": "/{proxy+}",
                "domainName": "id.execute-api.eu-west-1.amazonaws.com", "domainPrefix": "id", "extendedRequestId": "request-id",
                "httpMethod": self.method, "identity": {"sourceIp": "192.0.2.1", "userAgent": "agent"},
                "path": format!("/prod{path}"), "protocol": "HTTP/1.1", "requestId": "id=", "resourceId": "abc123", "stage": "prod",
                "requestTime": "04/Mar/2020:19:15:17 +0000", "requestTimeEpoch": 1_583_349_317_135_u64
            },
            "body": body,
            "isBase64Encoded": in_base64
        })
    }
}

/// Decodes a name or a value of a query, as a REST API does.
fn decoded(text: &str) -> String {
    let (mut decoded, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let code = after.get(..2).filter(|_| byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(code) => {
                decoded.push(code);
                rest = &after[2..];
            }
            None => decoded.push(if byte == b'+' { b' ' } else { byte }),
        }
    }
    String::from_utf8(decoded).unwrap()
}
