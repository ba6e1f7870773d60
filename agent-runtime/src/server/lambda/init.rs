//! The start of a function: what Lambda has to tell, and telling it why there is none.

use std::time::Duration;

use axum::http::{Method, Uri};
use lambda_runtime::Diagnostic;
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};

use super::super::place::LAMBDA_RUNTIME_API;
use crate::start_error::StartError;

/// What the Runtime API's loop cannot do without.
const TOLD: [&str; 3] = ["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"];

/// Lambda is next to this process: what takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the environment says all that Lambda says. Only something that plays Lambda leaves anything out.
pub(super) fn check(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    if let Some(missing) = TOLD.iter().find(|name| variable(name).is_none_or(|value| value.is_empty())) {
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

/// Tells Lambda why the server does not start: it shows that to whoever invokes the function, and in its log.
pub(in super::super) async fn report(error: &StartError) {
    if check(|name| std::env::var(name).ok()).is_err() {
        return;
    }
    let told = Diagnostic { error_type: "Runtime.StartError".to_owned(), error_message: error.to_string() };
    let Ok(body) = serde_json::to_vec(&told) else { return };
    let request = build_request()
        .method(Method::POST)
        .uri("/2018-06-01/runtime/init/error")
        .header("Lambda-Runtime-Function-Error-Type", "Runtime.StartError")
        .body(Body::from(body));
    // The program ends with the same error, and says it on standard error.
    if let Ok(request) = request {
        let _ = tokio::time::timeout(PATIENCE, PooledClient::builder().build().call(request)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lambda_leaves_out_is_named() {
        let told = [
            (LAMBDA_RUNTIME_API, "127.0.0.1:9001"),
            ("AWS_LAMBDA_FUNCTION_NAME", "agents"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ];
        let said = |name: &str, value: &str| {
            check(|asked| {
                let told = told.iter().find(|told| told.0 == asked)?.1;
                Some(if asked == name { value } else { told }.to_owned())
            })
        };
        assert_eq!(said("nothing", ""), Ok(()));
        for (name, value) in [
            ("AWS_LAMBDA_FUNCTION_NAME", ""),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "much"),
            ("AWS_LAMBDA_FUNCTION_VERSION", ""),
            (LAMBDA_RUNTIME_API, "not an address"),
        ] {
            let said = said(name, value).unwrap_err();
            assert!(said.contains(name), "{said}");
        }
    }
}
