//! A function: a program started like AWS Lambda does.

use std::ops::{Deref, DerefMut};
use std::process::{Command, Stdio};

use super::runtime_api::RuntimeApi;
use crate::logged_process::LoggedProcess;

/// A running function. Its log contains standard output and standard error, as in Lambda.
pub struct Function(LoggedProcess);

impl Function {
    /// Starts the program with the environment of every function, and these variables.
    pub fn start(program: &str, api: &RuntimeApi, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        // Settings and keys of the user who runs the test do not apply.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["AGENT_", "ENCORD_", "AWS_", "OTEL_", "RUST_LOG"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "agents")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("NO_PROXY", "*")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let process = LoggedProcess::of(process);
        process.collect(output);
        Self(process)
    }
}

impl Deref for Function {
    type Target = LoggedProcess;

    fn deref(&self) -> &LoggedProcess {
        &self.0
    }
}

impl DerefMut for Function {
    fn deref_mut(&mut self) -> &mut LoggedProcess {
        &mut self.0
    }
}
