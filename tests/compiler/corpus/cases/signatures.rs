//! Functions that cannot be agents, half-typed functions, and the attribute in the wrong place.

//# sync_function
#[editor_agent]
fn count(frame: Frame) {} //~ [fn]

//# sync_function_public
/// Counts.
#[editor_agent]
pub fn count(frame: Frame) -> Result<String> { Ok(frame.to_string()) } //~ [fn]

//# sync_function_with_row
#[editor_agent]
fn count(row: &mut LabelRow) {} //~ [fn]

//# sync_returning_future
#[editor_agent]
fn count(frame: Frame) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(async {}) } //~ [fn]

//# const_function
#[editor_agent]
const fn count() {} //~ [const]

//# unsafe_function
#[editor_agent]
async unsafe fn count() {} //~ [unsafe]

//# extern_function
#[editor_agent]
async extern "C" fn count() {} //~ [extern "C"]

//# generic_function
#[editor_agent]
async fn count<T>(state: State<T>) {} //~ [T]

//# generic_with_bound
#[editor_agent]
async fn count<S: Clone + Send + Sync + 'static>(state: State<S>, frame: Frame) {} //~ [S: Clone + Send + Sync + 'static]

//# lifetime_parameter
#[editor_agent]
async fn count<'a>(row: &'a mut LabelRow) {} //~ ['a]

//# lifetime_parameter_used_twice
#[editor_agent]
async fn count<'a>(row: &'a LabelRow, payload: &'a AgentPayload) {} //~ ['a]

//# undeclared_lifetime
#[editor_agent]
async fn count(row: &'a mut LabelRow) {} //~ ['a]

//# const_generic
#[editor_agent]
async fn count<const N: usize>() {} //~ [const N: usize]

//# where_clause
#[editor_agent]
async fn count(frame: Frame) where Frame: Copy {} //~ [where]

//# impl_in_return
#[editor_agent]
async fn count() -> impl std::fmt::Display { "x" } //~ [impl]

//# impl_into_response_of_axum
#[editor_agent]
async fn count() -> impl axum::response::IntoResponse { "x" } //~ [impl]

//# borrowed_return
#[editor_agent]
async fn count(payload: &AgentPayload) -> &str { "x" } //~ [&]

//# borrowed_return_in_result
#[editor_agent]
async fn count(row: &LabelRow) -> Result<&str> { Ok("x") } //~ [&]

//# parameter_without_type
#[editor_agent]
async fn count(frame) {} //~ [)] rust

//# parameter_type_only
#[editor_agent]
async fn count(Frame) {} //~ [)] rust

//# parameter_in_c_order
#[editor_agent]
async fn count(Frame frame) {} //~ [frame] rust

//# parameter_in_go_order
#[editor_agent]
async fn count(frame Frame) {} //~ [Frame] rust

//# parameter_mut_in_type
#[editor_agent]
async fn count(row: mut LabelRow) {} //~ [mut] rust

//# parameter_with_default
#[editor_agent]
async fn count(frame: Frame = Frame(0)) {} //~ [= Frame(0)] rust

//# parameter_with_union_type
#[editor_agent]
async fn count(frame: Frame | None) {} //~ [| None] rust

//# parameter_with_python_depends
#[editor_agent]
async fn count(row: LabelRow = Depends(dep_label_row)) {} //~ [= Depends(dep_label_row)] rust

//# parameter_with_dict_type
#[editor_agent]
async fn count(options: dict[str, str]) {} //~ [)] rust

//# parameter_missing_comma
#[editor_agent]
async fn count(frame: Frame row: &mut LabelRow) {} //~ [row] rust

//# parameter_star_args
#[editor_agent]
async fn count(*args) {} //~ [*] rust

//# return_type_with_colon
#[editor_agent]
async fn count(frame: Frame): String { String::new() } //~ [:] rust

//# return_type_with_fat_arrow
#[editor_agent]
async fn count(frame: Frame) => String { String::new() } //~ [=>] rust

//# python_def
#[editor_agent] //~ [#[editor_agent]] rust
async def count(frame: Frame) {}

//# missing_body
#[editor_agent]
async fn count(frame: Frame); //~ [async fn count(frame: Frame);] rust

//# method_with_self
struct Agents;
impl Agents {
    #[editor_agent]
    async fn count(&self, frame: Frame) {} //~ [&self]
}

//# method_with_mut_self
struct Agents;
impl Agents {
    #[editor_agent]
    async fn count(&mut self, row: &mut LabelRow) -> Result<()> { Ok(()) } //~ [&mut self]
}

//# method_with_own_self
struct Agents;
impl Agents {
    #[editor_agent]
    async fn count(self) {} //~ [self]
}

//# associated_function
struct Agents;
impl Agents {
    #[editor_agent] //~ [#[editor_agent]]
    async fn count(frame: Frame) {}
}

//# trait_method
trait Agents {
    #[editor_agent]
    async fn count(&self, frame: Frame); //~ [&self]
}

//# on_struct
#[editor_agent]
struct Count; //~ [struct]

//# on_enum
#[editor_agent]
enum Count { A } //~ [enum]

//# on_module
#[editor_agent]
mod agents {} //~ [mod]

//# on_impl
struct Agents;
#[editor_agent]
impl Agents {} //~ [impl]

//# on_constant
#[editor_agent]
const COUNT: u32 = 1; //~ [const]

//# on_use
#[editor_agent]
use std::fmt; //~ [use]

//# on_static_closure
#[editor_agent]
static COUNT: fn() = || (); //~ [static]

//# on_type_alias
#[editor_agent]
type Count = u32; //~ [type]

//# on_trait
#[editor_agent]
trait Count {} //~ [trait]

//# on_extern_block
#[editor_agent]
extern "C" {} //~ [extern]

//# attribute_twice
#[editor_agent]
#[editor_agent] //~ [#[editor_agent]]
async fn count(frame: Frame) {}

//# same_name_twice
#[editor_agent]
async fn count(frame: Frame) {}
#[editor_agent]
async fn count(objects: ObjectHashes) {} //~ [async fn count(objects: ObjectHashes)] rust

//# cfg_on_parameter
#[editor_agent]
async fn count(#[cfg(unix)] frame: Frame) {} //~ [#[cfg(unix)]]

//# frame_as_return
#[editor_agent]
async fn count(frame: Frame) -> Frame { frame } //~ [Frame]

//# derive_on_agent
#[derive(Clone)] //~ [#[derive(Clone)]] rust
#[editor_agent]
async fn count(frame: Frame) {}

//# attribute_misspelled
#[editor_agnet] //~ [editor_agnet] rust
async fn count(frame: Frame) {}

//# attribute_of_python
#[app.post("/count")] //~ [.] rust
async fn count(frame: Frame) {}

//# attribute_of_rocket
#[post("/count")] //~ [post] rust
async fn count(frame: Frame) {}

//# attribute_of_dropshot
#[endpoint { method = POST, path = "/count" }] //~ [endpoint] rust
async fn count(frame: Frame) {}

//# attribute_with_at_sign
@editor_agent //~ [@] rust
async fn count(frame: Frame) {}
