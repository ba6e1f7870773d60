use agent_runtime::prelude::*;

#[editor_agent]
async fn greet<T>(_asked: T) //~ [T] an editor agent has no generic parameters or lifetimes
where
    T: FromCall,
{
}

fn main() {}
