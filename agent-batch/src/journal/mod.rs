//! The journal of a run: records, the file that they are appended to, and the rows beside it.
//!
//! `NAME.jsonl` has a record per line. Beside it are `NAME.plan`, the list of data units, and `NAME.rows`, the compressed label
//! rows from before the run. Records are appended and never changed; a torn last line, as after a crash, is ignored and cut off.
//!
//! Sync policy: before an agent is called, the row from before and the record of the start are on disk (`fdatasync`, shared by all
//! workers that wait at that moment). Results are written at once, so that they survive the process, and synced with the next
//! start or at the end. After a power failure, a data unit may be without its result; it is then treated like an interrupted one.

mod append;
mod read;
mod records;
mod stored_rows;
mod tally;

pub(crate) use append::Journal;
pub use read::Failed;
pub(crate) use read::{JournalReader, JournalState, OpenUnit, UnitSet};
pub(crate) use records::{CallDone, FORMAT, Record, RowBefore, Start};
pub use records::{Done, Header, Outcome};
pub use stored_rows::StoredRow;
pub use tally::Tally;
