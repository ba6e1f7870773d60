//! Serves the agents with a local platform and a label editor, for use without an account.

use std::env;
use std::io::{ErrorKind, Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use agent_runtime::DryRuns;
use agent_runtime::prelude::*;
use agent_studio::{
    AgentServer, LocalPlatform, LocalPlatformError, Page, RunningPlatform, SampleCopy, open_in_browser,
};

use crate::validate_labels::validate_labels;

/// Default of `STUDIO_PORT`. If it is in use, a free port is used.
const PORT: u16 = 8899;

/// Stage of the sample project for submitted tasks.
pub(crate) const STAGE: &str = "Check labels";

/// Interval at which the tasks of the stage are listed. The platform itself notifies a server with an address.
const POLL: Duration = Duration::from_secs(1);

/// The options of the program.
pub(crate) struct Options {
    /// Open the label editor in the browser.
    pub(crate) open: bool,
    /// Work on the tasks of the stage.
    pub(crate) stage: bool,
}

/// Serves the agents and, on a second port, their platform with a copy of the sample project and the page.
pub(crate) async fn serve(options: Options) -> Result<()> {
    let sample = SampleCopy::new()?;
    let studio = start(&sample).await?;
    let mut server =
        crate::segment::with_model(Server::from_env()?)?.platform(studio.client()?).allow_origin(&studio.url());
    // The page previews agents with unsigned dry runs.
    if env::var_os("AGENT_DRY_RUN").is_none() {
        server = server.dry_runs(DryRuns::Everyone);
    }
    if options.stage {
        for project in studio.project_hashes() {
            server = server.stage_project(project);
        }
        server = server.stage(STAGE, agents![validate_labels]).stage_poll(POLL);
    }
    let agents = server.start().await?;
    studio.offer_agents(AgentServer::new(&agents.url())?.title("Examples"));
    announce(&studio);
    agents.announce();
    if options.open
        && let Err(error) = open_in_browser(&studio.url())
    {
        say(&format!("Cannot open a browser ({error}). Open the URL above yourself."));
    }
    let ended = agents.until_signal().await;
    studio.stop().await;
    if let Some(kept) = sample.close() {
        let folder = kept.display();
        say(&format!("Your changes to the sample project are in {folder}."));
        say(&format!("Continue with: cargo run -p agent-studio -- serve {folder}"));
    }
    Ok(ended?)
}

async fn start(sample: &SampleCopy) -> Result<RunningPlatform> {
    let wanted = match env::var("STUDIO_PORT") {
        Ok(port) => Some(port.parse().map_err(|_| agent_error!("STUDIO_PORT must be a port number, not `{port}`."))?),
        Err(_) => None,
    };
    let on = |port| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        LocalPlatform::builder().address(address).folder(sample.folder()).page(Page::new()).start()
    };
    match on(wanted.unwrap_or(PORT)).await {
        Err(LocalPlatformError::Listen { source, .. }) if wanted.is_none() && source.kind() == ErrorKind::AddrInUse => {
            Ok(on(0).await?)
        }
        started => Ok(started?),
    }
}

fn announce(studio: &RunningPlatform) {
    say(&format!("Label editor with a sample project on {}/", studio.url()));
    say("Right-click on the image there to trigger an agent.\n");
}

/// Prints a line, and ignores a closed pipe.
fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}
