use std::rc::Rc;

use agent_runtime::prelude::*;

#[derive(Clone)]
struct Model {
    _weights: Rc<[f32]>,
}

#[editor_agent]
async fn detect(_model: State<Model>) {} //~ [State<Model>] `Model` cannot be application state

fn main() {}
