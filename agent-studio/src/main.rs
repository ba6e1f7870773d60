//! `agent-studio`: a local platform with a label editor, and tools for editor agents.

fn main() -> std::process::ExitCode {
    agent_studio::cli::main()
}
