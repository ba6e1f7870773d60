//! `agent-studio undo`: takes back the changes of a run.

use std::path::PathBuf;

use agent_batch::{CallMode, OpenRun, RecoveredUnits, Undo as BatchUndo, UndoEffect, Undone};
use clap::Args;

use super::failure::{Failure, sentence};
use super::platform;
use super::table::Table;
use super::terminal::{NOTE, print_stderr, print_stdout, styled};

const EXIT_CODES: &str = "\
Exit codes: 0 every label row is as before the run, 1 failure, 2 invalid command line, 3 a label row was left as it is.

The platform cannot compare and save in one step: an edit that is saved between the two, within milliseconds, is lost.";

/// Exit code if a label row was left as it is.
const EXIT_LEFT: u8 = 3;

/// Take back the changes of a run: put back each label row that the run changed and nobody changed since.
///
/// A label row that the run created is emptied, because label rows cannot be deleted. Tasks that moved stay where they are. The
/// command can be repeated.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Undo {
    /// The journal of the run.
    journal: PathBuf,
    /// Save nothing, and show the label rows that would be left as they are.
    #[arg(long)]
    dry_run: bool,
    /// Also put back label rows whose call was interrupted. Somebody else may have made their changes.
    #[arg(long)]
    recovered: bool,
}

/// Number of label rows by result.
#[derive(Debug, Default)]
struct Counts {
    put_back: usize,
    already: usize,
    left: usize,
}

impl Undo {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let header = OpenRun::header_of(&self.journal)?;
        if header.mode == CallMode::DryRun {
            return Err(Failure::new(format!("{} is of a dry run, which changed nothing.", self.journal.display())));
        }
        let platform = platform::client(platform::domain(&header.platform)?)?;
        let effect = if self.dry_run { UndoEffect::DryRun } else { UndoEffect::Save };
        let recovered = if self.recovered { RecoveredUnits::PutBack } else { RecoveredUnits::Keep };
        let undo = BatchUndo::open(self.journal, platform, effect, recovered).await?;
        let mut counts = Counts::default();
        undo.run(|title, undone| counts.add(title, undone)).await?;
        print_stdout(counts.table(effect));
        Ok(if counts.left == 0 { 0 } else { EXIT_LEFT })
    }
}

impl Counts {
    fn add(&mut self, title: &str, undone: &Undone) {
        let reason = match undone {
            Undone::PutBack => {
                self.put_back += 1;
                return;
            }
            Undone::Already => {
                self.already += 1;
                return;
            }
            Undone::ChangedSince => "changed since the run".to_owned(),
            Undone::Interrupted => "the call was interrupted; put it back with --recovered".to_owned(),
            Undone::Failed(reason) => sentence(reason),
        };
        self.left += 1;
        print_stderr(format!("{} {title}: {reason}", styled(NOTE, "left:")));
    }

    fn table(&self, effect: UndoEffect) -> Table {
        let mut table = Table::default();
        table.section("Label rows");
        let put_back = if effect == UndoEffect::Save { "put back" } else { "would be put back" };
        table.row(put_back, self.put_back.to_string());
        table.row("as before already", self.already.to_string());
        table.row("left as they are", self.left.to_string());
        table
    }
}
