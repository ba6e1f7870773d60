use agent_runtime::prelude::*;

ontology!("ontologies/missing_feature_hash.json"); //~ ["ontologies/missing_feature_hash.json"] `featureNodeHash` is missing

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
