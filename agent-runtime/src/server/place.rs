//! Where a server runs, as far as that changes what it does.

/// The variable that AWS Lambda sets: where its Runtime API listens.
pub(super) const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// The variable that Cloud Run sets, and Knative, whose interface that is.
const KNATIVE_SERVICE: &str = "K_SERVICE";

/// What becomes of work after the answer, and what to do about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct BackgroundEnd {
    pub(super) what: &'static str,
    pub(super) instead: &'static str,
}

/// Where a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A program that listens on an address, and goes on between calls.
    Listening,
    /// Google Cloud Run, or its functions: the same, but for the time between calls, unless it is paid for.
    CloudRun,
    /// AWS Lambda: calls are fetched from it, one at a time.
    Lambda,
}

impl Place {
    /// Returns the place where this process runs.
    pub(super) fn here() -> Self {
        // Also a value that is not UTF-8 shows where the process runs: what uses the value refuses it.
        Self::of(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Where a process runs for which `variable` gives the environment. Blank counts as unset.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.trim().is_empty());
        match () {
            () if is_set(LAMBDA_RUNTIME_API) => Self::Lambda,
            () if is_set(KNATIVE_SERVICE) => Self::CloudRun,
            () => Self::Listening,
        }
    }

    /// Why work after the answer comes to nothing there, and what to do; `None` where it goes on. `cpu_always`: the
    /// deployment says that it does.
    pub(super) fn ends_background_work(self, cpu_always: bool) -> Option<BackgroundEnd> {
        match self {
            Self::Listening => None,
            Self::CloudRun if cpu_always => None,
            Self::CloudRun => Some(BackgroundEnd {
                what: "Cloud Run gives a program next to no processor time after it has answered",
                instead: "Deploy it with `--no-cpu-throttling`, and say so to the program with AGENT_CPU_ALWAYS=true",
            }),
            Self::Lambda => Some(BackgroundEnd {
                what: "AWS Lambda stops a program as soon as it has answered, until the next call or for ever",
                instead: "Serve it where programs go on, such as in a container (examples/deploy has recipes), and here the \
                          others alone: `.agents(agents![...])`",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(pairs: &[(&str, &str)]) -> Place {
        Place::of(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    #[test]
    fn lambda_is_told_by_its_runtime_api() {
        assert_eq!(place(&[(LAMBDA_RUNTIME_API, "127.0.0.1:9001")]), Place::Lambda);
        assert_eq!(place(&[("AWS_LAMBDA_FUNCTION_NAME", "agents")]), Place::Listening);
        assert_eq!(place(&[(LAMBDA_RUNTIME_API, " ")]), Place::Listening);
        assert_eq!(place(&[]), Place::Listening);
    }

    #[test]
    fn cloud_run_is_told_by_the_name_of_its_service_and_lambda_comes_first() {
        assert_eq!(place(&[("K_SERVICE", "agents")]), Place::CloudRun);
        assert_eq!(place(&[("K_SERVICE", "agents"), (LAMBDA_RUNTIME_API, "127.0.0.1:9001")]), Place::Lambda);
    }

    #[test]
    fn work_after_the_answer_goes_on_where_the_processor_does() {
        assert!(Place::Listening.ends_background_work(false).is_none());
        assert!(Place::CloudRun.ends_background_work(true).is_none());
        assert!(Place::CloudRun.ends_background_work(false).unwrap().instead.contains("AGENT_CPU_ALWAYS=true"));
        assert!(Place::Lambda.ends_background_work(true).is_some(), "nothing that is said changes what Lambda does");
    }
}
