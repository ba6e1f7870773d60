//! `GET /openapi.json`: the OpenAPI 3.1 document of the agents.

mod schemas;

use std::collections::{BTreeMap, HashSet};

use agent_core::error::ErrorStatus;
use agent_core::signature_policy::SignatureRule;
use aide::openapi::{
    ApiKeyLocation, Components, Header, HeaderStyle, Info, MediaType, OpenApi, Operation, Parameter, ParameterData,
    ParameterSchemaOrContent, PathItem, Paths, ReferenceOr, RequestBody, Response, Responses, SchemaObject,
    SecurityScheme, StatusCode, Tag,
};
use serde_json::{Value, json};

use super::headers::RequestHeader;
use super::{
    AgentDescription, HandlerDescription, Outcome, REQUEST_HEADERS, SIGNATURE_HEADERS, SIGNATURE_SCHEME,
    agent_outcomes, handler_outcomes,
};
use crate::app::App;

const JSON: &str = "application/json";
const TRACE_HEADER: &str = "X-Cloud-Trace-Context";
const AGENTS_TAG: &str = "agents";
const NOTIFICATIONS_TAG: &str = "notifications";

/// Returns the document of a server as JSON text.
pub(in crate::http) fn document(app: &App) -> Vec<u8> {
    let agents: Vec<_> = app.agents.iter().map(|served| AgentDescription::new(served, app)).collect();
    let handlers: Vec<_> = app.handlers.iter().map(|served| HandlerDescription::new(served)).collect();
    let mut ids = HashSet::new();
    let paths = agents.iter().map(|agent| (agent.path.to_owned(), call(agent, &mut ids))).collect();
    let webhooks = handlers.iter().map(|handler| (webhook_name(handler), notification(handler, &mut ids))).collect();
    let tag =
        |name: &str, text: &str| Tag { name: name.to_owned(), description: Some(text.to_owned()), ..Tag::default() };
    let mut tags = vec![tag(AGENTS_TAG, "Called by the label editor and by the platform.")];
    if !handlers.is_empty() {
        tags.push(tag(NOTIFICATIONS_TAG, "Sent by the platform. The work is done after the response."));
    }
    let document = OpenApi {
        info: Info {
            title: "Editor agents".to_owned(),
            version: app.version(),
            description: Some(format!("Served by agent-runtime {}.", env!("CARGO_PKG_VERSION"))),
            ..Info::default()
        },
        paths: Some(Paths { paths, ..Paths::default() }),
        webhooks,
        components: Some(components(error_components(&agents, &handlers))),
        tags,
        ..OpenApi::default()
    };
    // The types of a document always serialize.
    serde_json::to_vec(&document).unwrap_or_default()
}

/// Returns the path item of an agent.
fn call(agent: &AgentDescription, ids: &mut HashSet<String>) -> ReferenceOr<PathItem> {
    let body = RequestBody {
        description: Some("The payload of a label editor.".to_owned()),
        content: content(schemas::payload(agent), Some(schemas::payload_example(agent))),
        required: !agent.members.is_empty(),
        ..RequestBody::default()
    };
    let errors = agent_outcomes(agent);
    let mut responses = responses(success("The agent has run.", schemas::reply(agent)), &errors);
    responses.default = Some(ReferenceOr::Item(error_response("Another error of the agent.")));
    let operation = Operation {
        tags: vec![AGENTS_TAG.to_owned()],
        summary: Some(agent.name.to_owned()),
        description: Some(with_facts(agent)),
        operation_id: Some(operation_id(agent.path, ids)),
        parameters: REQUEST_HEADERS.iter().map(|header| reference("parameters", header.name)).collect(),
        request_body: Some(ReferenceOr::Item(body)),
        responses: Some(responses),
        security: security(agent.signature),
        ..Operation::default()
    };
    ReferenceOr::Item(PathItem { post: Some(operation), ..PathItem::default() })
}

/// Returns the webhook of a notification handler.
fn notification(handler: &HandlerDescription, ids: &mut HashSet<String>) -> ReferenceOr<PathItem> {
    let body = RequestBody {
        content: content(schemas::notification(handler.event_type), None),
        required: true,
        ..RequestBody::default()
    };
    let reply = json!({"type": ["object", "null"], "properties": {"message": {"type": "string"}}});
    let accepted =
        success("The notification is accepted, or ignored because it is repeated or of another type.", reply);
    let operation = Operation {
        tags: vec![NOTIFICATIONS_TAG.to_owned()],
        summary: Some(handler.name.to_owned()),
        description: Some(paragraphs(&[handler.text, &format!("The platform sends it to `POST {}`.", handler.path)])),
        operation_id: Some(operation_id(handler.path, ids)),
        request_body: Some(ReferenceOr::Item(body)),
        responses: Some(responses(accepted, &handler_outcomes(handler))),
        security: security(handler.signature),
        extensions: [("x-path".to_owned(), handler.path.into())].into_iter().collect(),
        ..Operation::default()
    };
    ReferenceOr::Item(PathItem { post: Some(operation), ..PathItem::default() })
}

/// Returns the name of a webhook: the path, which is unique, without its first slash.
fn webhook_name(handler: &HandlerDescription) -> String {
    handler.path.trim_start_matches('/').to_owned()
}

/// Returns a unique name made of a path: `/v2/simplify-polygons` becomes `v2_simplify_polygons`.
fn operation_id(path: &str, ids: &mut HashSet<String>) -> String {
    let name: String = path.chars().skip(1).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    let id = std::iter::once(name.clone()).chain(numbered).find(|id| !ids.contains(id)).unwrap_or(name.clone());
    ids.insert(id.clone());
    id
}

/// Returns the description of an agent with its limits.
fn with_facts(agent: &AgentDescription) -> String {
    let needs = (!agent.needs.is_empty()).then(|| format!("Needs: {}.", agent.needs.join(", ")));
    let timeout = agent.timeout.map(|timeout| format!("Timeout: {} s.", timeout.as_secs_f64()));
    let calls = agent.concurrency.map(|calls| format!("Maximum concurrent calls: {calls}."));
    let facts: Vec<String> = [needs, timeout, calls].into_iter().flatten().collect();
    paragraphs(&[agent.text, &facts.join(" ")])
}

fn paragraphs(texts: &[&str]) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("\n\n")
}

/// Returns the responses of an operation. Errors are references to [`error_components`].
fn responses(success: Response, errors: &[Outcome]) -> Responses {
    let code = |outcome: &Outcome| StatusCode::Code(outcome.status.code().as_u16());
    let errors = errors.iter().map(|outcome| (code(outcome), reference("responses", outcome.name)));
    let responses = std::iter::once((StatusCode::Code(200), ReferenceOr::Item(success))).chain(errors).collect();
    Responses { responses, ..Responses::default() }
}

/// Returns the error responses of all operations, by name.
fn error_components(agents: &[AgentDescription], handlers: &[HandlerDescription]) -> BTreeMap<&'static str, Response> {
    let outcomes = agents.iter().flat_map(agent_outcomes).chain(handlers.iter().flat_map(handler_outcomes));
    let component = |outcome: Outcome| {
        let mut response = error_response(outcome.reason);
        if outcome.status == ErrorStatus::ServiceUnavailable {
            let schema = json!({"type": "integer", "minimum": 1});
            let seconds = header("Time after which to try again, in seconds.", schema, false);
            response.headers.insert("Retry-After".to_owned(), seconds);
        }
        (outcome.name, response)
    };
    outcomes.map(component).collect()
}

fn success(text: &str, schema: Value) -> Response {
    Response {
        description: text.to_owned(),
        headers: trace_headers(),
        content: content(schema, None),
        ..Response::default()
    }
}

fn error_response(reason: &str) -> Response {
    let schema = json!({"$ref": "#/components/schemas/Error"});
    Response {
        description: reason.to_owned(),
        headers: trace_headers(),
        content: content(schema, None),
        ..Response::default()
    }
}

/// Creates the headers that every response has.
fn trace_headers<M: FromIterator<(String, ReferenceOr<Header>)>>() -> M {
    std::iter::once((TRACE_HEADER.to_owned(), reference("headers", TRACE_HEADER))).collect()
}

/// Creates JSON content.
fn content<M: FromIterator<(String, MediaType)>>(schema: Value, example: Option<Value>) -> M {
    let mut schema = schema;
    if let Some(example) = example {
        schema["examples"] = json!([example]);
    }
    std::iter::once((JSON.to_owned(), MediaType { schema: Some(schema_object(schema)), ..MediaType::default() }))
        .collect()
}

fn schema_object(schema: Value) -> SchemaObject {
    // A schema is an object or a Boolean; those here are objects.
    SchemaObject { json_schema: schema.try_into().unwrap_or_default(), external_docs: None, example: None }
}

fn reference<T>(kind: &str, name: &str) -> ReferenceOr<T> {
    ReferenceOr::ref_(&format!("#/components/{kind}/{name}"))
}

fn header(text: &str, schema: Value, required: bool) -> ReferenceOr<Header> {
    ReferenceOr::Item(Header {
        description: Some(text.to_owned()),
        style: HeaderStyle::Simple,
        required,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema_object(schema)),
        example: None,
        examples: std::iter::empty().collect(),
        extensions: std::iter::empty().collect(),
    })
}

fn parameter(header: &RequestHeader) -> ReferenceOr<Parameter> {
    let schema = json!({"type": "string", "pattern": header.pattern});
    let parameter_data = ParameterData {
        name: header.name.to_owned(),
        description: Some(header.text.to_owned()),
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema_object(schema)),
        example: None,
        examples: std::iter::empty().collect(),
        explode: None,
        extensions: std::iter::empty().collect(),
    };
    ReferenceOr::Item(Parameter::Header { parameter_data, style: HeaderStyle::Simple })
}

fn components(errors: BTreeMap<&'static str, Response>) -> Components {
    let schemes = SIGNATURE_HEADERS.iter().map(|(name, text)| {
        let scheme = SecurityScheme::ApiKey {
            location: ApiKeyLocation::Header,
            name: (*name).to_owned(),
            description: Some(format!("{text} {SIGNATURE_SCHEME}")),
            extensions: std::iter::empty().collect(),
        };
        ((*name).to_owned(), ReferenceOr::Item(scheme))
    });
    let trace = header("The trace of the call.", json!({"type": "string"}), true);
    Components {
        security_schemes: schemes.collect(),
        responses: errors.into_iter().map(|(name, error)| (name.to_owned(), ReferenceOr::Item(error))).collect(),
        parameters: REQUEST_HEADERS.iter().map(|header| (header.name.to_owned(), parameter(header))).collect(),
        headers: std::iter::once((TRACE_HEADER.to_owned(), trace)).collect(),
        schemas: schemas::shared().into_iter().map(|(name, schema)| (name, schema_object(schema))).collect(),
        ..Components::default()
    }
}

/// Returns the security requirements: both signature headers, or nothing as well if unsigned calls are accepted.
fn security<M: FromIterator<(String, Vec<String>)>>(rule: SignatureRule) -> Vec<M> {
    let signed = || SIGNATURE_HEADERS.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())).collect();
    let unsigned = || std::iter::empty().collect();
    match rule {
        SignatureRule::Required => vec![signed()],
        SignatureRule::WhenPresent => vec![signed(), unsigned()],
        SignatureRule::Off => Vec::new(),
    }
}
