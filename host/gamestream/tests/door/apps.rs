//! What can be started besides the desktop.

use std::time::Duration;

use punktfunk_gamestream::App;

use crate::client::rtsp::Wishes;
use crate::client::{Moonlight, PATIENCE};
use crate::house::{OpenDoor, lock};

fn small() -> Wishes {
    Wishes { width: 320, height: 180, refresh_hz: 30, ..Wishes::default() }
}

/// A door with apps, and a client that wants the first of them.
async fn door() -> (OpenDoor, Moonlight) {
    let door = OpenDoor::new();
    let titles = ["Films & <more>", "Broken", "Bare"];
    *lock(&door.house.apps) =
        (70..).zip(titles).map(|(id, title)| App { id, title: title.to_owned() }).collect();
    let mut client = door.friend().await;
    client.app = 70;
    (door, client)
}

fn running(door: &OpenDoor) -> Vec<String> {
    lock(&door.house.runs).clone()
}

async fn game(client: &Moonlight) -> String {
    client.get_tls("serverinfo", "").await.get("currentgame").expect("it is told").to_owned()
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = std::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(std::time::Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_stand_beside_the_desktop_with_their_pictures() {
    let (door, client) = door().await;
    let list = client.get_tls("applist", "").await;
    let wanted = "<App><IsHdrSupported>0</IsHdrSupported><AppTitle>Films &amp; &lt;more&gt;</AppTitle><ID>70</ID></App>";
    assert!(
        list.text.contains("<AppTitle>Desktop</AppTitle><ID>1</ID></App>") && list.text.contains(wanted),
        "{list:?}"
    );
    let url = |id: &str| {
        let host = std::net::SocketAddr::new(door.http.ip(), door.https_port);
        format!("https://{host}/appasset?uniqueid=0&appid={id}&AssetType=2&AssetIdx=0")
    };
    for (id, picture) in [("1", "picture of Desktop"), ("70", "picture of Films & <more>")] {
        let art = client.http_client().get(url(id)).send().await.unwrap();
        assert_eq!(
            (art.status().as_u16(), &art.headers()["content-type"]),
            (200, &"image/png".parse().unwrap())
        );
        assert_eq!(art.text().await.unwrap(), picture);
    }
    for id in ["72", "73", "0", "x", ""] {
        let art = client.http_client().get(url(id)).send().await.unwrap();
        assert_eq!(art.status(), 404, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_runs_from_its_launch_through_a_pause_until_it_is_quit() {
    let (door, client) = door().await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    assert_eq!((running(&door), game(&client).await), (vec!["Films & <more>".to_owned()], "70".to_owned()));
    stream.control.disconnect();
    assert!(stream.control.is_over_within(PATIENCE));
    drop(stream);
    assert_eq!(game(&client).await, "70", "a pause keeps it");
    let stream = client.stream("resume", &small()).await.expect("a stream");
    assert_eq!(running(&door).len(), 1, "it was not started once more");
    client.get_tls("cancel", "").await;
    assert_eq!((running(&door).len(), game(&client).await.as_str()), (0, "0"));
    assert!(stream.control.is_over_within(PATIENCE));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_ends_by_itself_ends_its_stream() {
    let (door, client) = door().await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    door.house.over.send_replace(true);
    assert!(stream.control.is_over_within(PATIENCE));
    eventually("nothing is said to run", async || game(&client).await == "0").await;
    eventually("nothing runs", async || running(&door).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_does_not_start_or_is_not_there_says_why() {
    let (door, mut client) = door().await;
    client.app = 71;
    let refused = client.start("launch", [7; 16]).await.expect_err("it is broken");
    assert!(
        refused.status() == 503 && refused.text.contains("status_message=\"it is broken\""),
        "{refused:?}"
    );
    assert_eq!(game(&client).await, "0");
    client.app = 99;
    let refused = client.start("launch", [7; 16]).await.expect_err("it is not there");
    assert!(refused.status() == 404 && refused.text.contains("the house has no app 99"), "{refused:?}");
    assert_eq!(running(&door).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_app_takes_the_place_of_the_one_that_runs() {
    let (door, mut client) = door().await;
    let first = client.stream("launch", &small()).await.expect("a stream");
    client.app = 72;
    let second = client.stream("launch", &small()).await.expect("a stream");
    assert!(first.control.is_over_within(PATIENCE));
    assert_eq!(running(&door), ["Bare"]);
    client.app = 1;
    let third = client.stream("launch", &small()).await.expect("a stream");
    assert!(second.control.is_over_within(PATIENCE));
    assert_eq!((running(&door).len(), game(&client).await.as_str()), (0, "1"), "the desktop alone");
    drop(third);
}
