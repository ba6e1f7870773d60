//! `agent-studio agents`: what agents a server has.

use clap::Args;

use super::failure::Failure;
use super::http::{Http, address};
use super::listing::{Listing, SignatureRule};
use super::table::Table;
use super::terminal::say;

/// List the agents of a server, with what to paste where the platform registers them: name, description, URL, decisions.
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
        let address_of = |path: &str| url.join(path).map_or_else(|_| path.to_owned(), Into::into);
        let mut table = Table::default();
        for agent in &listing.agents {
            table.section(&agent.name);
            table.row("url", address_of(&agent.path));
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
            let signed = match agent.signature {
                SignatureRule::Required => "signed calls only: not those of a label editor in a browser",
                SignatureRule::WhenPresent => "signed calls, and those without signature",
                SignatureRule::Off | SignatureRule::Unknown => continue,
            };
            table.row("takes", signed);
        }
        for handler in &listing.notification_handlers {
            table.section(&handler.name);
            table.row("url", address_of(&handler.path));
            table.row("takes", "notifications: register it where agent stages and workflows send them");
        }
        if listing.agents.is_empty() && listing.notification_handlers.is_empty() {
            say("The server has no agents.");
        } else {
            say(table);
        }
        Ok(0)
    }
}
