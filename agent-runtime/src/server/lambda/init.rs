//! The start of a Lambda function: required variables, and the report of a failed start.

use std::time::Duration;

use axum::http::{Method, Uri};
use lambda_runtime::Diagnostic;
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};

use super::super::hosting::LAMBDA_RUNTIME_API;
use crate::start_error::StartError;

/// Variables that the event loop of the Runtime API requires.
const REQUIRED_VARIABLES: [&str; 3] =
    ["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"];

/// Time for the report of a failed start. The Runtime API is on the same machine.
const REPORT_TIMEOUT: Duration = Duration::from_secs(1);

/// Checks the variables that Lambda sets. Only an incomplete emulator leaves any out.
pub(super) fn check(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    if let Some(missing) = REQUIRED_VARIABLES.iter().find(|name| variable(name).is_none_or(|value| value.is_empty())) {
        return Err(format!(
            "the environment variable {missing} is not set, as Lambda sets it beside {LAMBDA_RUNTIME_API}"
        ));
    }
    let memory = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").unwrap_or_default();
    if memory.parse::<i32>().is_err() {
        return Err(format!(
            "the environment variable AWS_LAMBDA_FUNCTION_MEMORY_SIZE is `{memory}`, and not a number"
        ));
    }
    let api = variable(LAMBDA_RUNTIME_API).unwrap_or_default();
    if api.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned()).is_none() {
        return Err(format!("the environment variable {LAMBDA_RUNTIME_API} is `{api}`, and not HOST:PORT"));
    }
    Ok(())
}

/// Reports the error to Lambda, which logs it and shows it to whoever invokes the function.
pub(in super::super) async fn report(error: &StartError) {
    if check(|name| std::env::var(name).ok()).is_err() {
        return;
    }
    let diagnostic = Diagnostic { error_type: "Runtime.StartError".to_owned(), error_message: error.to_string() };
    let Ok(body) = serde_json::to_vec(&diagnostic) else { return };
    let request = build_request()
        .method(Method::POST)
        .uri("/2018-06-01/runtime/init/error")
        .header("Lambda-Runtime-Function-Error-Type", "Runtime.StartError")
        .body(Body::from(body));
    // The program exits with the same error, and prints it to standard error.
    if let Ok(request) = request {
        let _ = tokio::time::timeout(REPORT_TIMEOUT, PooledClient::builder().build().call(request)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_missing_variables() {
        let complete = [
            (LAMBDA_RUNTIME_API, "127.0.0.1:9001"),
            ("AWS_LAMBDA_FUNCTION_NAME", "agents"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ];
        let check_with = |name: &str, value: &str| {
            check(|asked| {
                let set = complete.iter().find(|pair| pair.0 == asked)?.1;
                Some(if asked == name { value } else { set }.to_owned())
            })
        };
        assert_eq!(check_with("nothing", ""), Ok(()));
        for (name, value) in [
            ("AWS_LAMBDA_FUNCTION_NAME", ""),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "much"),
            ("AWS_LAMBDA_FUNCTION_VERSION", ""),
            (LAMBDA_RUNTIME_API, "not an address"),
        ] {
            let error = check_with(name, value).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
