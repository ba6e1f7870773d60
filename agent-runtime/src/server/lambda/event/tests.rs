use super::*;
use serde_json::{Value, json};

fn read(event: &Value) -> Result<Request, NotHttp> {
    let event = RawValue::from_string(event.to_string()).unwrap();
    HttpEvent::read(&event)?.into_request()
}

/// Returns the path and query of an event with these fields.
fn target(mut event: Value) -> String {
    if event["requestContext"]["http"].is_null() && event.get("httpMethod").is_none() {
        event["requestContext"]["http"] = json!({"method": "POST"});
    }
    read(&event).unwrap().uri().to_string()
}

#[test]
fn removes_stage_from_path() {
    let v2 = |path: &str, stage: &str| target(json!({"rawPath": path, "requestContext": {"stage": stage}}));
    assert_eq!(v2("/prod/hello", "prod"), "/hello");
    assert_eq!(v2("/prod", "prod"), "/");
    assert_eq!(v2("/production/hello", "prod"), "/production/hello");
    assert_eq!(v2("/hello", "prod"), "/hello");
    assert_eq!(v2("/$default/hello", "$default"), "/$default/hello");
    let v1 = |path: &str, with_stage: &str| {
        target(json!({"httpMethod": "POST", "path": path, "requestContext": {"stage": "prod", "path": with_stage}}))
    };
    assert_eq!(v1("/hello", "/prod/hello"), "/hello");
    // An agent whose path equals the name of the stage.
    assert_eq!(v1("/prod/hello", "/prod/prod/hello"), "/prod/hello");
    assert_eq!(v1("/prod/hello", "/prod/hello"), "/hello");
    // A REST API with a custom domain, whose base path is `/agents`.
    let own_domain = json!({
        "httpMethod": "POST", "resource": "/{proxy+}", "path": "/agents/hello", "pathParameters": {"proxy": "hello"},
        "requestContext": {"stage": "prod", "path": "/agents/hello"}
    });
    assert_eq!(target(own_domain), "/hello");
}

#[test]
fn escapes_invalid_characters_of_paths() {
    for (path, made) in [
        ("/a b/ü", "/a%20b/%C3%BC"),
        ("/100%25", "/100%25"),
        ("//two", "//two"),
        ("relative", "/relative"),
        ("/what?is#this", "/what%3Fis%23this"),
        ("", "/"),
    ] {
        assert_eq!(target(json!({"rawPath": path})), made);
    }
    assert_eq!(target(json!({})), "/");
}

#[test]
fn reads_query_of_both_formats() {
    assert_eq!(target(json!({"rawPath": "/a", "rawQueryString": "m=%20x&n=[1]"})), "/a?m=%20x&n=[1]");
    assert_eq!(target(json!({"rawPath": "/a", "rawQueryString": ""})), "/a");
    let one = json!({"httpMethod": "GET", "path": "/a", "queryStringParameters": {"m": "x y&z", "n": null}});
    assert_eq!(target(one), "/a?m=x%20y%26z");
    let all = json!({"httpMethod": "GET", "path": "/a", "queryStringParameters": {"m": "2"},
                     "multiValueQueryStringParameters": {"m": ["1", "2"]}});
    assert_eq!(target(all), "/a?m=1&m=2");
}

#[test]
fn reads_all_header_values_and_skips_invalid_ones() {
    let request = read(&json!({
        "httpMethod": "POST", "path": "/",
        "headers": {"X-Both": "b", "X-Single": "s", "No Header": "x", "X-Odd": "line\nbreak", "X-Null": null, "X-Accent": "é"},
        "multiValueHeaders": {"X-Both": ["a", "b"]},
    }))
    .unwrap();
    let all = |name: &str| request.headers().get_all(name).iter().map(|v| v.as_bytes().to_vec()).collect::<Vec<_>>();
    assert_eq!(all("x-both"), [b"a", b"b"]);
    assert_eq!(all("x-single"), [b"s"]);
    assert_eq!(all("x-accent"), ["é".as_bytes()]);
    assert_eq!(request.headers().len(), 4);
    let v2 = json!({"requestContext": {"http": {"method": "GET"}}, "cookies": ["a=1", "b=2"], "headers": {}});
    assert_eq!(read(&v2).unwrap().headers()["cookie"], "a=1; b=2");
}

#[test]
fn decodes_bodies() {
    let body = |fields: Value| {
        let mut event = json!({"requestContext": {"http": {"method": "POST"}}});
        event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let event = RawValue::from_string(event.to_string()).unwrap();
        HttpEvent::read(&event).unwrap().body().map_err(|InvalidBody(reason)| reason)
    };
    assert_eq!(body(json!({})).unwrap(), b"");
    assert_eq!(body(json!({"body": null, "isBase64Encoded": null})).unwrap(), b"");
    assert_eq!(body(json!({"body": "{\"a\":1}"})).unwrap(), b"{\"a\":1}");
    assert_eq!(body(json!({"body": "AP8=", "isBase64Encoded": true})).unwrap(), [0, 255]);
    assert_eq!(body(json!({"body": {"a": 1}})).unwrap(), b"{\"a\":1}");
    assert!(body(json!({"body": "not base64", "isBase64Encoded": true})).unwrap_err().contains("base64"));
    assert!(body(json!({"body": {}, "isBase64Encoded": true})).is_err());
}

#[test]
fn error_of_other_events_shows_a_valid_one() {
    for event in [json!({}), json!({"key1": "value1"}), json!([1]), json!("text"), json!({"Records": []})] {
        let said = read(&event).unwrap_err().to_string();
        assert!(said.contains("answers HTTP requests") && said.contains("\"rawPath\": \"/\""), "{said}");
    }
    assert!(matches!(read(&json!({"httpMethod": "NO METHOD"})), Err(NotHttp::Method(_))));
}
