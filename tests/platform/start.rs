//! What is found wrong before the first call.

use agent_runtime::PlatformCheck;
use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformClient};
use agent_runtime::prelude::*;

use crate::platform::world::{World, no_retry, unknown_credentials, video};

#[editor_agent]
async fn read(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

type Row = LabelRow;

/// The macro cannot see that this is a label row.
#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn a_part_to_change(_row: &mut Row) {}

#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn a_part_to_save(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<String> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    call.save(&mut row).await?;
    Ok("saved".to_owned())
}

#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn a_part(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[tokio::test]
async fn a_part_of_a_row_is_read_and_never_saved() {
    let world = World::start().await;
    let client = world.client(agents![a_part, a_part_to_save]);
    assert_eq!(client.call("/a-part", &video(0)).await.message(), Some("1 objects"));
    assert_eq!(client.call("/a-part-to-save", &video(0)).await.status().as_u16(), 500);
    assert_eq!(world.count("save"), 0);
    let error = world.server(agents![a_part_to_change]).start().await.err().unwrap().to_string();
    assert!(error.contains("`a_part_to_change`") && error.contains("only_objects"), "{error}");
}

#[tokio::test]
async fn start_check_tells_key_region_and_network_errors_apart() {
    let world = World::start().await;
    let elsewhere = World::start().await;
    let check = async |platform: PlatformClient| {
        let server =
            Server::new().port(0).agents(agents![read]).platform(platform).platform_check(PlatformCheck::AtStart);
        match server.start().await {
            Ok(running) => {
                running.stop().await;
                String::new()
            }
            Err(error) => error.to_string(),
        }
    };
    let of = |world: &World, credentials: Credentials| world.builder().credentials(credentials);
    assert_eq!(check(world.builder().build().unwrap()).await, "");
    let wrong_key = check(of(&world, unknown_credentials()).build().unwrap()).await;
    assert!(wrong_key.contains("does not know the key"), "{wrong_key}");
    let region = of(&world, elsewhere.credentials()).regions([elsewhere.domain()]).build().unwrap();
    let wrong_region = check(region).await;
    assert!(wrong_region.contains(&format!("ENCORD_DOMAIN={}", elsewhere.domain())), "{wrong_region}");
    let nowhere = PlatformClient::builder()
        .credentials(unknown_credentials())
        .domain(Domain::parse("http://127.0.0.1:1").unwrap());
    let no_network = check(nowhere.retry(no_retry()).build().unwrap()).await;
    assert!(no_network.contains("cannot be reached"), "{no_network}");
}

#[tokio::test]
async fn start_check_is_opt_in_and_skips_agents_without_platform() {
    #[editor_agent]
    async fn alone(frame: Frame) -> String {
        format!("Frame {frame}")
    }
    let world = World::start().await;
    world.server(agents![read]).port(0).start().await.unwrap().stop().await;
    world.server(agents![alone]).port(0).platform_check(PlatformCheck::AtStart).start().await.unwrap().stop().await;
    assert_eq!(world.calls(), Vec::<&str>::new());
}
