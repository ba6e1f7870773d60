//! The variables `OTEL_*`. The exporter and the SDK read most of them; here they are checked, so that a server with an invalid one
//! does not start.

use std::time::Duration;

use agent_platform::environment::variable;
use axum::http::Uri;
use opentelemetry_otlp::RetryPolicy;

use crate::start_error::StartError;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const TRACES_PROTOCOL: &str = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
const TIMEOUT: &str = "OTEL_EXPORTER_OTLP_TIMEOUT";
const TRACES_TIMEOUT: &str = "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

/// Default timeout of an export.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Samplers of the SDK.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Returns `true` if traces are exported: an endpoint is set, or the exporter is chosen by name.
pub(super) fn is_enabled() -> bool {
    let value = |name| std::env::var(name).map(|value| value.trim().to_ascii_lowercase()).unwrap_or_default();
    if value("OTEL_SDK_DISABLED") == "true" {
        return false;
    }
    let exporters = value("OTEL_TRACES_EXPORTER");
    match exporters.as_str() {
        "" => !value(TRACES_ENDPOINT).is_empty() || !value(ENDPOINT).is_empty(),
        exporters => exporters.split(',').any(|exporter| exporter.trim() == "otlp"),
    }
}

/// Checks the variables, if traces are exported.
///
/// # Errors
/// A variable is blank, not UTF-8 or invalid.
pub(crate) fn check() -> Result<(), StartError> {
    if is_enabled() { check_with(|name| Ok(variable(name)?.map(|value| value.to_string()))) } else { Ok(()) }
}

fn check_with(variable: impl Fn(&'static str) -> Result<Option<String>, StartError>) -> Result<(), StartError> {
    let require = |name, expects: &str, is_valid: &dyn Fn(&str) -> bool| match variable(name)? {
        Some(value) if !is_valid(value.trim()) => {
            Err(StartError::Setting { name, value: value.trim().to_owned(), expects: expects.to_owned() })
        }
        _ => Ok(()),
    };
    for name in [ENDPOINT, TRACES_ENDPOINT] {
        let expects = "the address of a collector, such as http://localhost:4318";
        require(name, expects, &|value| {
            value.parse::<Uri>().is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        })?;
    }
    for name in [PROTOCOL, TRACES_PROTOCOL] {
        require(name, "http/protobuf, the only protocol of this program", &|value| value == "http/protobuf")?;
    }
    for name in [TIMEOUT, TRACES_TIMEOUT] {
        require(name, "a time in milliseconds", &|value| value.parse::<u64>().is_ok())?;
    }
    require(SAMPLER, &SAMPLERS.join(", "), &|value| SAMPLERS.contains(&value))?;
    require(SAMPLER_ARGUMENT, "a share from 0 to 1", &|value| {
        value.parse::<f64>().is_ok_and(|share| (0.0..=1.0).contains(&share))
    })
}

/// Returns the endpoint of traces, for the choice of the HTTP client.
pub(super) fn endpoint() -> String {
    [TRACES_ENDPOINT, ENDPOINT].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// Returns the timeout of an export.
pub(super) fn timeout() -> Result<Duration, StartError> {
    for name in [TRACES_TIMEOUT, TIMEOUT] {
        if let Some(millis) = variable(name)?.and_then(|value| value.trim().parse().ok()) {
            return Ok(Duration::from_millis(millis));
        }
    }
    Ok(DEFAULT_TIMEOUT)
}

/// Returns the retry policy. In AWS Lambda a response waits for the export, so nothing is retried there.
pub(super) fn retry_policy() -> RetryPolicy {
    match std::env::var_os("AWS_LAMBDA_RUNTIME_API") {
        Some(_) => RetryPolicy::disabled(),
        None => RetryPolicy::recommended(),
    }
}

/// Returns the name of the program, unless the environment names the service.
pub(super) fn default_service_name() -> Option<String> {
    let is_named = std::env::var("OTEL_SERVICE_NAME").is_ok_and(|name| !name.is_empty())
        || std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|attributes| attributes.contains("service.name="));
    if is_named {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    program.file_stem().map(|stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &'static str, value: &str) -> Option<String> {
        let checked = check_with(|asked| Ok((asked == name).then(|| value.to_owned())));
        checked.err().map(|error| error.to_string())
    }

    #[test]
    fn invalid_variable_is_reported_with_its_value() {
        for (name, value) in [
            (ENDPOINT, "collector:4318"),
            (TRACES_ENDPOINT, "ftp://collector"),
            (PROTOCOL, "grpc"),
            (TRACES_PROTOCOL, "http/json"),
            (TIMEOUT, "10s"),
            (SAMPLER, "sometimes"),
            (SAMPLER_ARGUMENT, "10%"),
            (SAMPLER_ARGUMENT, "1.5"),
        ] {
            let error = error(name, value).unwrap();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn valid_variable_is_accepted() {
        for (name, value) in [
            (ENDPOINT, "https://collector.example/otlp"),
            (PROTOCOL, "http/protobuf"),
            (TRACES_TIMEOUT, "2500"),
            (SAMPLER, "parentbased_traceidratio"),
            (SAMPLER_ARGUMENT, "0.25"),
        ] {
            assert_eq!(error(name, value), None);
        }
    }
}
