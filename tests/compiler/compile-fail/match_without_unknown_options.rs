use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

fn name(metal: &Metal) -> &str {
    match metal { //~ [metal] non-exhaustive patterns
        Metal::Silver => "silver",
        Metal::Bronze => "bronze",
        Metal::NotSure { .. } => "unknown",
    }
}

fn main() {
    let _name = name(&Metal::Silver);
}
