//! Detection of the hosting platform, where it changes what the server does.

/// The variable that AWS Lambda sets: the address of its Runtime API.
pub(super) const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// The variable that Cloud Run sets. It is part of Knative's interface.
const KNATIVE_SERVICE: &str = "K_SERVICE";

/// The reason why background work is lost on a hosting platform, and the remedy.
#[derive(Debug, Clone, Copy)]
pub(super) struct BackgroundLoss {
    pub(super) reason: &'static str,
    pub(super) remedy: &'static str,
}

/// The hosting platform of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hosting {
    /// A process that listens on an address and keeps running between calls.
    Standalone,
    /// Google Cloud Run or Cloud Run functions: a listening process, without processor time between calls unless the service has
    /// `--no-cpu-throttling`.
    CloudRun,
    /// AWS Lambda: the server fetches one event after the other from the Runtime API.
    Lambda,
}

impl Hosting {
    /// Detects the hosting platform of this process.
    pub(super) fn detect() -> Self {
        // A value that is not UTF-8 also counts: the code that uses the value rejects it.
        Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Detects the hosting platform by environment variables. A blank variable counts as unset.
    pub(super) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.trim().is_empty());
        match () {
            () if is_set(LAMBDA_RUNTIME_API) => Self::Lambda,
            () if is_set(KNATIVE_SERVICE) => Self::CloudRun,
            () => Self::Standalone,
        }
    }

    /// Returns why background work is lost here. `None` if it runs to completion. `cpu_always` is `AGENT_CPU_ALWAYS`.
    pub(super) fn background_loss(self, cpu_always: bool) -> Option<BackgroundLoss> {
        match self {
            Self::Standalone => None,
            Self::CloudRun if cpu_always => None,
            Self::CloudRun => Some(BackgroundLoss {
                reason: "Cloud Run gives a program next to no processor time after it has answered",
                remedy: "Deploy it with `--no-cpu-throttling`, and say so to the program with AGENT_CPU_ALWAYS=true",
            }),
            Self::Lambda => Some(BackgroundLoss {
                reason: "AWS Lambda stops a program as soon as it has answered, until the next call or for ever",
                remedy: "Serve it where programs go on, such as in a container (examples/deploy has recipes), and here the \
                         others alone: `.agents(agents![...])`",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosting(pairs: &[(&str, &str)]) -> Hosting {
        Hosting::from_variables(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    #[test]
    fn runtime_api_variable_means_lambda() {
        assert_eq!(hosting(&[(LAMBDA_RUNTIME_API, "127.0.0.1:9001")]), Hosting::Lambda);
        assert_eq!(hosting(&[("AWS_LAMBDA_FUNCTION_NAME", "agents")]), Hosting::Standalone);
        assert_eq!(hosting(&[(LAMBDA_RUNTIME_API, " ")]), Hosting::Standalone);
        assert_eq!(hosting(&[]), Hosting::Standalone);
    }

    #[test]
    fn service_variable_means_cloud_run_unless_in_lambda() {
        assert_eq!(hosting(&[("K_SERVICE", "agents")]), Hosting::CloudRun);
        assert_eq!(hosting(&[("K_SERVICE", "agents"), (LAMBDA_RUNTIME_API, "127.0.0.1:9001")]), Hosting::Lambda);
    }

    #[test]
    fn background_work_needs_processor_time_between_calls() {
        assert!(Hosting::Standalone.background_loss(false).is_none());
        assert!(Hosting::CloudRun.background_loss(true).is_none());
        assert!(Hosting::CloudRun.background_loss(false).unwrap().remedy.contains("AGENT_CPU_ALWAYS=true"));
        assert!(Hosting::Lambda.background_loss(true).is_some(), "AGENT_CPU_ALWAYS does not apply to Lambda");
    }
}
