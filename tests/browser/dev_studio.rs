//! `agent-studio`, for tests of the page under `agent-studio dev`.

fn main() -> std::process::ExitCode {
    agent_studio::cli::main()
}
