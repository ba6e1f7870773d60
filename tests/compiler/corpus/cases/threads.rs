//! Types that cannot move between threads, and borrows across `.await`.

//# rc_parameter
use std::rc::Rc;
#[editor_agent]
async fn count(count: Rc<u8>) {} //~ [Rc<u8>]

//# shared_reference_to_refcell
use std::cell::RefCell;
struct Model(RefCell<u8>);
impl FromCall for Model { async fn from_call(_: &EditorCall) -> Result<Self> { Ok(Model(RefCell::new(1))) } }
#[editor_agent]
async fn count(model: &Model) {} //~ [Model]

//# shared_reference_to_cell_beside_row
use std::cell::Cell;
struct Model(Cell<u8>);
impl FromCall for Model { async fn from_call(_: &EditorCall) -> Result<Self> { Ok(Model(Cell::new(1))) } }
#[editor_agent]
async fn count(model: &Model, row: &mut LabelRow) -> Result<()> { Ok(()) } //~ [Model]

//# state_with_rc
use std::rc::Rc;
#[derive(Clone)]
struct Model(Rc<u8>);
#[editor_agent]
async fn count(State(model): State<Model>) {} //~ [State<Model>]

//# state_with_refcell
use std::cell::RefCell;
#[derive(Clone)]
struct Model(RefCell<u8>);
#[editor_agent]
async fn count(model: &State<Model>) {} //~ [State<Model>]

//# state_of_refcell_in_arc
use std::cell::RefCell;
use std::sync::Arc;
#[editor_agent]
async fn count(model: State<Arc<RefCell<u8>>>) {} //~ [State<Arc<RefCell<u8>>>]

//# rc_across_await
use std::rc::Rc;
async fn wait() {}
#[editor_agent]
async fn count(frame: Frame) { //~ [count] rust
    let shared = Rc::new(frame);
    wait().await;
    drop(shared);
}

//# rc_across_await_beside_row
use std::rc::Rc;
async fn wait() {}
#[editor_agent]
async fn count(row: &mut LabelRow) { //~ [count] rust
    let shared = Rc::new(1);
    wait().await;
    drop(shared);
}

//# guard_across_await
use std::sync::{Arc, Mutex};
async fn wait() {}
#[editor_agent]
async fn count(State(counter): State<Arc<Mutex<u8>>>) { //~ [count] rust
    let mut counter = counter.lock().unwrap();
    wait().await;
    *counter += 1;
}

//# guard_across_await_of_borrowed_state
use std::sync::{Arc, Mutex};
async fn wait() {}
#[editor_agent]
async fn count(counter: &State<Arc<Mutex<u8>>>, row: &mut LabelRow) { //~ [count] rust
    let mut counter = counter.lock().unwrap();
    wait().await;
    *counter += 1;
}

//# guard_across_await_of_extractor
use std::sync::{Arc, Mutex};
#[editor_agent]
async fn count(call: EditorCall, counter: State<Arc<Mutex<u8>>>) -> Result<()> { //~ [count] rust
    let mut counter = counter.lock().unwrap();
    let frame: Frame = call.extract().await?;
    *counter += 1;
    Ok(())
}

//# spawned_borrow
#[editor_agent]
async fn count(row: &mut LabelRow) {
    tokio::spawn(async move { row.objects().count() }); //~ [tokio::spawn(async move { row.objects().count() })] rust
}

//# thread_with_borrow
#[editor_agent]
async fn count(payload: &AgentPayload) {
    std::thread::spawn(move || payload.frame); //~ [std::thread::spawn(move || payload.frame)] rust
}

//# extractor_that_cannot_be_sent
use std::rc::Rc;
struct Model(Rc<u8>);
impl FromCall for Model { async fn from_call(_: &EditorCall) -> Result<Self> { Ok(Model(Rc::new(1))) } } //~ [Model] rust

//# background_with_borrow
#[editor_agent]
async fn count(background: Background, payload: &AgentPayload) -> Result<()> {
    background.run(async move { drop(payload); Ok(()) }); //~ [background.run(async move { drop(payload); Ok(()) })] rust
    Ok(())
}
