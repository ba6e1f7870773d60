//! The start of a server: from its builder to accepted calls.

use std::net::SocketAddr;
use std::sync::Arc;

use agent_platform::memory::ByteBudget;
use axum::Router;

use super::hosting::Hosting;
#[cfg(feature = "lambda")]
use super::lambda;
use super::listen::ListenOn;
use super::signals::Signals;
use super::start_report::report;
use super::{RunningServer, Server, listen, stages, start_checks};
use crate::app::App;
use crate::body_buffer::BodyBuffer;
use crate::call_limits::CallLimits;
use crate::http::{Routes, TransportLayer, router};
use crate::lifecycle::Lifecycle;
use crate::metrics::Metrics;
use crate::otel;
use crate::served_stage::StageWakes;
use crate::settings::{PlatformCheck, Settings, ranges};
use crate::start_error::StartError;
use agent_core::agent::{Agent, AgentSet};
use agent_core::background::Pool;
use agent_core::notification::NotificationHandler;
use agent_core::platform::{CheckedProjects, FileCacheSize, LookupCacheSize, OntologyAge};

impl Server {
    /// Converts the server into an axum router, for programs that have a server already. Address, TLS, connection limits, header
    /// limits and shutdown are then up to that server.
    ///
    /// # Errors
    /// An invalid setting, or agents that cannot be served.
    pub fn into_router(self) -> Result<Router, StartError> {
        let (app, router) = self.build()?;
        Ok(router.layer(TransportLayer(app)))
    }

    /// Starts the server in the background. It always listens on its address. In AWS Lambda, where that address cannot be
    /// reached, use [`serve`](Self::serve).
    ///
    /// # Errors
    /// An invalid setting, agents that cannot be served, or an address that cannot be bound.
    pub async fn start(mut self) -> Result<RunningServer, StartError> {
        let listen_on = match self.listener.take() {
            Some(listener) => ListenOn::Socket(listener),
            None => ListenOn::Address(SocketAddr::new(self.settings.host, self.settings.port)),
        };
        let has_layers = !self.layers.is_empty();
        let (app, router) = self.build_and_check().await?;
        let routes = if has_layers { Routes::with_layers(router) } else { Routes::new(&app, router) };
        listen::start(app, routes, listen_on).await
    }

    /// Builds the server and, if requested, checks the platform.
    pub(super) async fn build_and_check(self) -> Result<(Arc<App>, Router), StartError> {
        let (app, router) = self.build()?;
        if app.settings.platform_check == PlatformCheck::AtStart
            && let Some(platform) = app.platform
        {
            platform.check(&app.states).await.map_err(|source| StartError::PlatformCheck { source })?;
        }
        if let Some(worker) = app.stage_worker {
            (worker.check)(&app).await?;
        }
        Ok((app, router))
    }

    /// Starts the server, prints its agents, and serves until SIGTERM or ctrl-c. Then it accepts no more
    /// connections, finishes running calls within the grace time, and returns. If agents that compute without an `.await` keep it
    /// from that, the process ends 1.5 s after the grace time with exit code 143 (SIGTERM) or 130 (ctrl-c). A second signal
    /// ends the process at once.
    ///
    /// In AWS Lambda (where `AWS_LAMBDA_RUNTIME_API` is set) it does not listen: with the feature `lambda` it responds to the events
    /// of a function URL or an API Gateway as to requests over a connection. A call times out before the function does.
    /// Notification handlers, and agents that take [`Background`](crate::Background), are rejected: Lambda stops a program once it
    /// has responded.
    ///
    /// # Errors
    /// The errors of [`start`](Self::start), or a server that cannot accept connections any more.
    #[must_use = "the server reports here why it did not start or why it ended: write `.await?`, or return the result from `main`"]
    pub async fn serve(self) -> Result<(), StartError> {
        let hosting = Hosting::detect();
        match self.serve_on(hosting).await {
            Ok(()) => Ok(()),
            Err(error) => Err(report(hosting, error).await),
        }
    }

    #[cfg_attr(not(feature = "batch"), expect(unused_mut, reason = "only a run over a project is taken out"))]
    async fn serve_on(mut self, hosting: Hosting) -> Result<(), StartError> {
        let signals = Signals::listen(self.settings.shutdown_grace);
        if let Some(agents) = &self.agents {
            start_checks::warn_of_unlisted_agents(agents);
        }
        #[cfg(feature = "batch")]
        if let Some(run) = self.run.take() {
            // Nobody works on the data units of a run afterwards.
            self.after_call.clear();
            return super::batch::run_from_arguments(self, &run, signals).await;
        }
        if self.settings.stage.drain {
            return self.drain_until(signals).await;
        }
        match hosting {
            Hosting::Standalone | Hosting::CloudRun => {
                let running = self.start().await?;
                running.announce();
                running.until(signals).await
            }
            #[cfg(feature = "lambda")]
            Hosting::Lambda => {
                let (app, router) = self.build_and_check().await?;
                lambda::serve(app, router, signals).await
            }
            #[cfg(not(feature = "lambda"))]
            Hosting::Lambda => Err(StartError::MissingFeature { hosting: "AWS Lambda", feature: "lambda" }),
        }
    }

    /// Returns the chosen notification handlers. Default: every annotated one, unless agents were chosen.
    fn served_handlers(&self) -> Vec<&'static NotificationHandler> {
        match self.handlers.is_empty() && self.agents.is_none() {
            true => NotificationHandler::collected(),
            false => self.handlers.clone(),
        }
    }

    pub(crate) fn build(mut self) -> Result<(Arc<App>, Router), StartError> {
        if !self.argument_errors.is_empty() {
            return Err(self.argument_errors.swap_remove(0));
        }
        ranges::check(&self.settings)?;
        let handlers = self.served_handlers();
        let agents = stages::with_stage_agents(&self.agents.unwrap_or_else(AgentSet::collected), &self.stages);
        let stage_worker = stages::worker(&agents, self.stage_worker);
        let mut handlers = handlers;
        // Without a secret nobody can send notifications: the tasks are polled.
        handlers.extend(stage_worker.filter(|_| !self.settings.secrets.is_empty()).map(|worker| worker.handler));
        let platform = start_checks::check(&agents, &handlers, &self.states, self.settings.findings)?;
        let platform = platform.or_else(|| start_checks::platform_of_stages(&agents, stage_worker));
        let stage_wakes = Arc::new(StageWakes::default());
        self.states.insert(Arc::clone(&stage_wakes));
        let classes = start_checks::classes(&agents, &handlers, self.settings.findings);
        let projects = self.settings.checked_projects.clone();
        self.states.insert(CheckedProjects { projects, classes });
        let background = Arc::new(Pool::new(self.settings.background, otel::join));
        match Hosting::detect().background_loss(self.settings.cpu_always) {
            Some(loss) => {
                start_checks::background_work(&agents, &handlers, loss)?;
                start_checks::stages(&agents, &self.stages, self.settings.stage.drain, loss)?;
            }
            None => self.states.insert(Arc::clone(&background)),
        }
        if Hosting::detect().background_loss(self.settings.cpu_always).is_some() {
            self.after_call.clear();
        }
        self.states.insert(self.settings.memory_budget.map_or_else(ByteBudget::global, ByteBudget::new));
        let metrics = Metrics::new();
        let served = start_checks::agents(&agents, &self.settings.secrets, &metrics, self.settings.findings)?;
        let handlers = start_checks::handlers(&handlers, &self.settings.secrets)?;
        self.states.insert(OntologyAge(self.settings.ontology_age));
        self.states.insert(FileCacheSize(self.settings.file_cache));
        self.states.insert(LookupCacheSize(self.settings.lookup_cache));
        self.states.insert(self.settings.save_verification);
        self.states.insert(self.settings.findings);
        start_checks::warn_of_shared_secrets(&served, &handlers);
        if let Some((function, platform)) = platform {
            let connected = platform.set_up(&mut self.states);
            let (agent, location) = (function.name, function.location);
            connected.map_err(|source| StartError::Platform { agent, location, source })?;
        }
        let stages = stages::served_stages(&served, self.stages)?;
        let calls = CallLimits::new(self.settings.concurrency, reserve(&self.settings, &agents));
        // A body within the size limit always fits.
        let bodies = BodyBuffer::new(self.settings.body_buffer.max(self.settings.body_limit));
        let paths = served.iter().map(|served| served.agent.definition.path);
        let app = App {
            agents_by_path: paths.zip(0..).collect(),
            agents: served,
            handlers,
            background,
            states: Arc::new(self.states),
            readiness: self.readiness,
            metric_sources: self.metric_sources,
            after_call: self.after_call,
            settings: self.settings,
            platform: platform.map(|(_, platform)| platform),
            calls,
            bodies,
            lifecycle: Lifecycle::new(),
            metrics,
            stages,
            stage_worker,
            stage_wakes,
        };
        let app = Arc::new(app);
        let router = router(&app, self.beside);
        let router = self.layers.into_iter().fold(router, |router, layer| layer(router));
        Ok((app, router))
    }
}

/// Returns the number of permits that are reserved for agents without the platform: none if all agents need it, or no agent does.
fn reserve(settings: &Settings, agents: &AgentSet) -> usize {
    let needs = |agent: &Agent| agent.requirements_for(settings.findings).shared_service().is_some();
    let need = agents.iter().filter(|agent| needs(agent)).count();
    match need == 0 || need == agents.iter().count() {
        true => 0,
        false => settings.reserve.unwrap_or(settings.concurrency / 8),
    }
}
