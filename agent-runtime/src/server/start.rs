//! From a server that was put together to one that answers calls.

use std::net::SocketAddr;
use std::sync::Arc;

use agent_platform::memory::ByteBudget;
use axum::Router;

#[cfg(feature = "lambda")]
use super::lambda;
use super::listen::ListenOn;
use super::place::Place;
use super::report::reported;
use super::signals::Signals;
use super::{RunningServer, Server, check, listen};
use crate::app::App;
use crate::body_buffer::BodyBuffer;
use crate::call_limits::CallLimits;
use crate::http::{TransportLayer, router};
use crate::lifecycle::Lifecycle;
use crate::metrics::Metrics;
use crate::settings::{Settings, ranges};
use crate::start_error::StartError;
use agent_core::agent::AgentSet;
use agent_core::background::Pool;
use agent_core::notification::{NotificationHandler, RegisteredHandler};
use agent_core::platform::OntologyAge;

impl Server {
    /// The server as a plain axum router, for programs that have a server already. Address, TLS, connection limits, header
    /// limits and shutdown are that server's then.
    ///
    /// # Errors
    /// Everything that keeps a server from starting, except the address.
    pub fn into_router(self) -> Result<Router, StartError> {
        let (app, router) = self.build()?;
        Ok(router.layer(TransportLayer(app)))
    }

    /// Starts the server in the background. It listens, wherever it runs; in AWS Lambda, where nobody can reach it so,
    /// [`serve`](Self::serve) does what is needed.
    ///
    /// # Errors
    /// Everything that keeps a server from starting.
    pub async fn start(mut self) -> Result<RunningServer, StartError> {
        let listen_on = match self.listener.take() {
            Some(listener) => ListenOn::Socket(listener),
            None => ListenOn::Address(SocketAddr::new(self.settings.host, self.settings.port)),
        };
        let (app, router) = self.ready().await?;
        listen::start(app, router, listen_on).await
    }

    /// What answers calls, once the platform is known to be there, if that is asked for.
    async fn ready(self) -> Result<(Arc<App>, Router), StartError> {
        let (app, router) = self.build()?;
        if app.settings.check_platform
            && let Some(platform) = app.platform
        {
            platform.check(&app.states).await.map_err(|source| StartError::PlatformCheck { source })?;
        }
        Ok((app, router))
    }

    /// Starts the server, prints what it serves, and serves until SIGTERM or ctrl-c. Then it accepts no more
    /// connections, finishes what runs within the grace time, and returns. If agents that compute without an `.await` keep it
    /// from that, the process ends 1.5 s after the grace time with exit code 143 (SIGTERM) or 130 (ctrl-c). A second signal
    /// ends the process at once.
    ///
    /// In AWS Lambda (where `AWS_LAMBDA_RUNTIME_API` is set) it does not listen: with the feature `lambda` it answers the events of
    /// a function URL or an API Gateway, each as it would answer the request over a connection. A call ends before the function's
    /// time does. Handlers of notifications, and agents that take [`Background`](crate::Background), are refused: Lambda stops a
    /// program once it has answered.
    ///
    /// # Errors
    /// Everything that keeps a server from starting or from accepting connections.
    pub async fn serve(self) -> Result<(), StartError> {
        let place = Place::here();
        match self.serve_at(place).await {
            Ok(()) => Ok(()),
            Err(error) => Err(reported(place, error).await),
        }
    }

    async fn serve_at(self, place: Place) -> Result<(), StartError> {
        let signals = Signals::listen(self.settings.shutdown_grace);
        match place {
            Place::Listening | Place::CloudRun => {
                let running = self.start().await?;
                running.announce();
                running.until(signals).await
            }
            #[cfg(feature = "lambda")]
            Place::Lambda => {
                let (app, router) = self.ready().await?;
                lambda::serve(app, router, signals).await
            }
            #[cfg(not(feature = "lambda"))]
            Place::Lambda => Err(StartError::MissingFeature { place: "AWS Lambda", feature: "lambda" }),
        }
    }

    /// The handlers of notifications that were named; every annotated one if nothing was.
    fn served_handlers(&self) -> Vec<&'static NotificationHandler> {
        match self.handlers.is_empty() && self.agents.is_none() {
            true => RegisteredHandler::all(),
            false => self.handlers.clone(),
        }
    }

    pub(crate) fn build(mut self) -> Result<(Arc<App>, Router), StartError> {
        if self.blank_secret {
            return Err(StartError::BlankSecret);
        }
        ranges::check(&self.settings)?;
        let handlers = self.served_handlers();
        let agents = self.agents.unwrap_or_else(AgentSet::collected);
        let platform = check::check(&agents, &handlers, &self.states)?;
        let background = Arc::new(Pool::new(self.settings.background));
        match Place::here().ends_background_work(self.settings.cpu_always) {
            Some(end) => check::background_work(&agents, &handlers, end)?,
            None => self.states.insert(Arc::clone(&background)),
        }
        self.states.insert(self.settings.memory_budget.map_or_else(ByteBudget::of_process, ByteBudget::new));
        let metrics = Metrics::new();
        let served = check::agents(&agents, &self.settings.secrets, &metrics)?;
        let handlers = check::handlers(&handlers, &self.settings.secrets)?;
        self.states.insert(OntologyAge(self.settings.ontology_age));
        self.states.insert(self.settings.save_verification);
        check::warn_of_shared_secrets(&served, &handlers);
        if let Some((whose, platform)) = platform {
            let connected = platform.set_up(&mut self.states);
            let (agent, location) = (whose.name, whose.location);
            connected.map_err(|source| StartError::Platform { agent, location, source })?;
        }
        let calls = CallLimits::new(self.settings.concurrency, reserve(&self.settings, &agents));
        // A body that is not too large always fits.
        let bodies = BodyBuffer::new(self.settings.body_buffer.max(self.settings.body_limit));
        let app = App {
            agents: served,
            handlers,
            background,
            states: Arc::new(self.states),
            settings: self.settings,
            platform: platform.map(|(_, platform)| platform),
            calls,
            bodies,
            lifecycle: Lifecycle::new(),
            metrics,
        };
        let app = Arc::new(app);
        let router = router(&app, self.beside);
        let router = self.layers.into_iter().fold(router, |router, layer| layer(router));
        Ok((app, router))
    }
}

/// The number of permits that only agents without the platform get. None is kept where all agents need the platform, or none.
fn reserve(settings: &Settings, agents: &AgentSet) -> usize {
    let need = agents.iter().filter(|agent| agent.needs().shared_service().is_some()).count();
    match need == 0 || need == agents.iter().count() {
        true => 0,
        false => settings.reserve.unwrap_or(settings.concurrency / 8),
    }
}
