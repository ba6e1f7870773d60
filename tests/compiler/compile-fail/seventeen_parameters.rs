use agent_runtime::prelude::*;

#[editor_agent]
#[allow(clippy::too_many_arguments)]
async fn greet(
    _1: Frame,
    _2: Frame,
    _3: Frame,
    _4: Frame,
    _5: Frame,
    _6: Frame,
    _7: Frame,
    _8: Frame,
    _9: Frame,
    _10: Frame,
    _11: Frame,
    _12: Frame,
    _13: Frame,
    _14: Frame,
    _15: Frame,
    _16: Frame,
    _17: Frame, //~ [_17: Frame] an editor agent has at most 16 parameters, this one has 17
) {
}

fn main() {}
