//! `agent-studio agents`: what agents a server has.

use clap::Args;

use super::failure::Failure;
use super::http::{Http, address};
use super::listing::Listing;
use super::table::Table;
use super::terminal::say;

/// List the agents of a server: their paths, what they need, and what they can decide.
#[derive(Debug, Args)]
pub(super) struct Agents {
    /// The server's address, such as `http://127.0.0.1:8080`.
    url: String,
    /// Write the listing as JSON.
    #[arg(long)]
    json: bool,
}

impl Agents {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let url = address(&self.url)?;
        let listing = Listing::of(&Http::new()?, &url).await?;
        if self.json {
            say(serde_json::to_string_pretty(&listing).unwrap_or_default());
            return Ok(0);
        }
        let mut table = Table::default();
        for agent in &listing.agents {
            table.section(&agent.name);
            table.row("url", url.join(&agent.path).map_or_else(|_| agent.path.clone(), Into::into));
            // The first paragraph says what it does.
            if let Some(what) = agent.description.split("\n\n").next().filter(|what| !what.is_empty()) {
                table.row("does", what.replace('\n', " "));
            }
            let needs = agent.needs.join(", ");
            table.row("needs", if needs.is_empty() { "nothing" } else { &needs });
            if !agent.decisions.is_empty() {
                table.row("decides", agent.decisions.join(", "));
            }
            if let Some(timeout) = agent.timeout {
                table.row("time-out", format!("{timeout} s"));
            }
        }
        if listing.agents.is_empty() {
            say("The server has no agents.");
        } else {
            say(table);
        }
        Ok(0)
    }
}
