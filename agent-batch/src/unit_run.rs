//! The run of one data unit.

use agent_platform::labels::LabelDifference;

use super::agent_caller::{AgentCaller, AgentReply, CallClock, FailedCall};
use super::agreement::{Agreement, Labelling, compare};
use super::call_mode::CallMode;
use super::change_counts::ChangeCounts;
use super::error::BatchError;
use super::journal::{CallDone, Done, Journal, OpenUnit, Outcome, Record, RowBefore, Start};
use super::label_rows::{CurrentRow, LabelRows};
use super::labels_digest::labels_digest;
use super::picture::PictureMaker;
use super::plan::Unit;
use super::selection::{CallTarget, Selection};

/// State shared by all data units of a run.
#[derive(Debug)]
pub(crate) struct RunContext {
    pub(crate) caller: AgentCaller,
    pub(crate) rows: LabelRows,
    pub(crate) journal: Journal,
    pub(crate) selection: Selection,
    /// In dry runs only.
    pub(crate) comparison: Option<Comparison>,
    pub(crate) pictures: Option<PictureMaker>,
}

/// The comparison of the agent's label changes.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) against: Against,
    /// Minimum intersection over union of a pair of objects.
    pub(crate) least_iou: f64,
}

/// The second side of a comparison.
#[derive(Debug)]
pub(crate) enum Against {
    /// Another agent.
    Agent(Box<AgentCaller>),
    /// The labels that are there.
    Labels,
}

/// The state of a data unit during its run.
struct UnitRun<'c> {
    context: &'c RunContext,
    number: usize,
    unit: Unit,
    /// JSON of the row before the first call, if it was read.
    before: Option<String>,
    clock: CallClock,
    reply: Option<AgentReply>,
    failure: Option<FailedCall>,
    differences: Vec<LabelDifference>,
    /// Label changes of the other agent.
    other_differences: Vec<LabelDifference>,
    /// Frames of the calls.
    frames: Vec<u64>,
    /// The run stopped during a call whose effect is unknown.
    is_recovered: bool,
}

impl RunContext {
    /// Calls the agent for a data unit, and writes the result to the journal.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub(super) async fn run(&self, number: usize, unit: Unit) -> Result<Done, BatchError> {
        let done = Box::pin(UnitRun::new(self, number, unit).run()).await?;
        self.journal.append(&Record::Done(done.clone()));
        Ok(done)
    }

    /// Continues a data unit that was started, and writes the result to the journal.
    ///
    /// # Errors
    /// The journal cannot be written or read, or the platform cannot be read: the data unit then stays open.
    pub(super) async fn resume(&self, open: OpenUnit) -> Result<Done, BatchError> {
        let run = UnitRun::new(self, open.start.number, open.start.unit.clone());
        let done = Box::pin(run.resume(open)).await?;
        self.journal.append(&Record::Done(done.clone()));
        Ok(done)
    }
}

impl<'c> UnitRun<'c> {
    fn new(context: &'c RunContext, number: usize, unit: Unit) -> Self {
        Self {
            context,
            number,
            unit,
            before: None,
            clock: CallClock::new(),
            reply: None,
            failure: None,
            differences: Vec::new(),
            other_differences: Vec::new(),
            frames: Vec::new(),
            is_recovered: false,
        }
    }

    fn is_saving(&self) -> bool {
        self.context.caller.mode == CallMode::Save
    }

    fn needs_labels(&self) -> bool {
        let against = self.context.comparison.as_ref().map(|comparison| &comparison.against);
        self.context.selection.needs_labels() || matches!(against, Some(Against::Labels))
    }

    async fn run(mut self) -> Result<Done, BatchError> {
        let before = if self.is_saving() || self.needs_labels() {
            match self.context.rows.of_unit(&self.unit).await {
                Ok(row) => row,
                Err(error) => return Ok(self.unreadable(&error.to_string())),
            }
        } else {
            None
        };
        let targets = match self.targets(before.as_ref().map(|row| &*row.text)) {
            Ok(targets) => targets,
            Err(error) => return Ok(self.unreadable(&error)),
        };
        if targets.is_empty() {
            return Ok(self.done(Outcome::Skipped, ChangeCounts::default(), None));
        }
        if self.is_saving() {
            self.append_start(before.as_ref()).await?;
        }
        self.before = before.map(|row| row.text.into());
        self.call_all(&targets).await;
        Ok(self.finish().await)
    }

    async fn resume(mut self, open: OpenUnit) -> Result<Done, BatchError> {
        let rows = Journal::rows_path(self.context.journal.path());
        if let Some(before) = &open.start.before {
            self.before = Some(before.stored.read(&rows).map_err(BatchError::read(&rows))?);
        }
        let current = self.context.rows.of_unit(&self.unit).await?;
        let targets = match self.targets(self.before.as_deref()) {
            Ok(targets) => targets,
            Err(error) => return Ok(self.unreadable(&error)),
        };
        let mut left: Vec<_> = targets.into_iter().filter(|target| !open.frames.contains(&target.frame)).collect();
        // An interrupted agent may have created the label row without saving it.
        let no_labels = || labels_digest("{}");
        let now = current.map_or_else(no_labels, |row| row.digest());
        if now != open.digest.unwrap_or_else(no_labels) && !left.is_empty() {
            self.is_recovered = true;
            left.remove(0);
        }
        self.call_all(&left).await;
        Ok(self.finish().await)
    }

    /// Writes the row from before and the start to disk.
    async fn append_start(&self, before: Option<&CurrentRow>) -> Result<(), BatchError> {
        let journal = &self.context.journal;
        let before = before.map(|row| RowBefore {
            label: row.label.clone(),
            digest: row.digest(),
            stored: journal.store(&row.text),
        });
        let start = Start { number: self.number, unit: self.unit.clone(), before };
        journal.append_synced(&Record::Start(start)).await
    }

    fn targets(&self, row: Option<&str>) -> Result<Vec<CallTarget>, String> {
        let selection = &self.context.selection;
        let row = row.filter(|_| selection.needs_labels()).map(|text| self.context.rows.parse(text)).transpose();
        let row = row.map_err(|error| format!("The label row cannot be parsed: {error}."))?;
        Ok(selection.targets(&self.unit, row.as_ref()))
    }

    /// Calls the agent for each target, up to the first failure.
    async fn call_all(&mut self, targets: &[CallTarget]) {
        for (position, target) in targets.iter().enumerate() {
            let call = self.context.caller.call(&self.unit, target);
            match self.clock.measure(call).await {
                Ok(mut reply) => {
                    self.differences.append(&mut reply.differences);
                    self.reply = Some(reply);
                }
                Err(failure) => {
                    self.failure = Some(failure);
                    return;
                }
            }
            self.frames.push(target.frame);
            if let Err(failure) = self.call_other(target).await {
                self.failure = Some(failure);
                return;
            }
            if self.is_saving() && position + 1 < targets.len() {
                self.append_call(target.frame).await;
            }
        }
    }

    /// Calls the agent to compare with.
    async fn call_other(&mut self, target: &CallTarget) -> Result<(), FailedCall> {
        let Some(Comparison { against: Against::Agent(other), .. }) = &self.context.comparison else { return Ok(()) };
        let mut reply = other
            .call(&self.unit, target)
            .await
            .map_err(|failure| FailedCall { message: format!("The other agent: {}", failure.message), ..failure })?;
        self.other_differences.append(&mut reply.differences);
        Ok(())
    }

    /// Compares the label changes with the other side.
    fn agreement(&self) -> Option<Agreement> {
        let comparison = self.context.comparison.as_ref().filter(|_| self.failure.is_none())?;
        let first = Labelling::from_differences(&self.differences);
        let second = match &comparison.against {
            Against::Agent(_) => Labelling::from_differences(&self.other_differences),
            Against::Labels => {
                let row = self.before.as_deref().and_then(|text| self.context.rows.parse(text).ok());
                row.map(|row| Labelling::from_row(&row, &self.frames)).unwrap_or_default()
            }
        };
        Some(compare(&first, &second, comparison.least_iou, self.unit.size))
    }

    /// Records a call, so that it is not repeated.
    async fn append_call(&self, frame: u64) {
        // Without the digest, an interrupted next call counts as done.
        let row = self.context.rows.of_unit(&self.unit).await.ok().flatten();
        let digest = row.map(|row| row.digest());
        self.context.journal.append(&Record::Call(CallDone { number: self.number, frame, digest }));
    }

    async fn finish(mut self) -> Done {
        let agreement = self.agreement();
        let mut current = None;
        if self.is_saving() {
            match self.context.rows.of_unit(&self.unit).await {
                Ok(row) => current = row,
                Err(error) => return self.unreadable(&error.to_string()),
            }
            self.differences = self.saved_changes(current.as_ref()).into_iter().collect();
        }
        let counts = ChangeCounts::of_differences(&self.differences);
        let outcome = match (&self.failure, self.is_recovered, counts.is_zero()) {
            (Some(_), _, _) => Outcome::Failed,
            (None, true, _) => Outcome::Recovered,
            (None, false, true) => Outcome::Unchanged,
            (None, false, false) => Outcome::Changed,
        };
        let picture = match &self.context.pictures {
            Some(pictures) => pictures.picture(&self.unit, &self.differences).await,
            None => None,
        };
        let picture = picture.map(|picture| self.context.journal.store(&picture));
        let done = self.done(outcome, counts, current);
        Done { agreement, picture, ..done }
    }

    /// Returns the changes since the row from before. `None` if nothing changed, or a row cannot be parsed.
    fn saved_changes(&self, current: Option<&CurrentRow>) -> Option<LabelDifference> {
        let (before, after) = (self.before.as_deref(), current.map(|row| &*row.text));
        if before == after {
            return None;
        }
        LabelDifference::from_documents(before, after, self.context.rows.ontology()).ok()
    }

    fn unreadable(mut self, error: &str) -> Done {
        if self.failure.is_none() {
            self.failure = Some(FailedCall { status: None, message: error.to_owned() });
        }
        self.done(Outcome::Failed, ChangeCounts::default(), None)
    }

    fn done(self, outcome: Outcome, changes: ChangeCounts, row: Option<CurrentRow>) -> Done {
        let status = self.reply.as_ref().map(|reply| reply.status);
        let message = self.reply.as_ref().and_then(|reply| reply.message.clone());
        let (status, message) = match self.failure {
            Some(failure) => (failure.status, Some(failure.message)),
            None => (status, message),
        };
        Done {
            number: self.number,
            data: self.unit.data,
            title: self.unit.title,
            outcome,
            calls: self.clock.calls,
            status,
            message,
            decision: self.reply.and_then(|reply| reply.decision),
            changes,
            digest: row.as_ref().map(CurrentRow::digest),
            label: row.map(|row| row.label),
            milliseconds: self.clock.milliseconds(),
            agreement: None,
            picture: None,
        }
    }
}
