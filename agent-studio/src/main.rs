//! `agent-studio`: a platform and a label editor on this machine, and tools for editor agents.

fn main() -> std::process::ExitCode {
    agent_studio::cli::main()
}
