//! `agent-studio agents`: lists the agents of a server.

use clap::Args;

use super::failure::Failure;
use super::http::{Http, parse_url};
use super::listing::{Listing, SignaturePolicy};
use super::table::Table;
use super::terminal::print_stdout;

/// List the agents of a server with the values to register on the platform: name, description, URL and decisions.
#[derive(Debug, Args)]
pub(super) struct Agents {
    /// The server's URL, such as `http://127.0.0.1:8080`.
    url: String,
    /// Print the listing as JSON.
    #[arg(long)]
    json: bool,
}

impl Agents {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let url = parse_url(&self.url)?;
        let listing = Listing::fetch(&Http::new()?, &url).await?;
        if self.json {
            print_stdout(serde_json::to_string_pretty(&listing).unwrap_or_default());
            return Ok(0);
        }
        let address_of = |path: &str| url.join(path).map_or_else(|_| path.to_owned(), Into::into);
        let mut table = Table::default();
        for agent in &listing.agents {
            table.section(&agent.name);
            table.row("url", address_of(&agent.path));
            // The first paragraph is the summary.
            if let Some(summary) = agent.description.split("\n\n").next().filter(|summary| !summary.is_empty()) {
                table.row("summary", summary.replace('\n', " "));
            }
            let needs = agent.needs.join(", ");
            table.row("needs", if needs.is_empty() { "nothing" } else { &needs });
            if !agent.decisions.is_empty() {
                table.row("decisions", agent.decisions.join(", "));
            }
            if let Some(timeout) = agent.timeout {
                table.row("timeout", format!("{timeout} s"));
            }
            let signed = match agent.signature {
                SignaturePolicy::Required => "signed calls only (a label editor in a browser does not sign)",
                SignaturePolicy::WhenPresent => "signed and unsigned calls",
                SignaturePolicy::Off | SignaturePolicy::Unknown => continue,
            };
            table.row("accepts", signed);
        }
        for handler in &listing.notification_handlers {
            table.section(&handler.name);
            table.row("url", address_of(&handler.path));
            table.row("accepts", "notifications: register it where agent stages and workflows send them");
        }
        if listing.agents.is_empty() && listing.notification_handlers.is_empty() {
            print_stdout("The server has no agents.");
        } else {
            print_stdout(table);
        }
        Ok(0)
    }
}
