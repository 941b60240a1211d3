//! Large berichten: kept byte for byte, one judged at a time, and nobody waits for who sends one slowly.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{GEMEENTE, WMO301, World};

/// The bericht of the stories under another name, with megabytes of nothing behind it.
fn large(name: &str) -> String {
    WMO301.replace("TOEW-1", name) + &"<!-- niets -->\n".repeat(200_000)
}

#[tokio::test]
async fn a_large_bericht_is_kept_byte_for_byte() {
    let world = World::both_local().await;
    let bericht = large("GROOT");
    let answer = world.post(GEMEENTE, bericht.clone()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let id = answer.body["id"].as_str().expect("an id");
    let kept = world.get(GEMEENTE, &format!("/v1/berichten/{id}/xml")).await;
    assert!(kept.text == bericht, "{} bytes, not {}", kept.text.len(), bericht.len());
    world.stop().await;
}

#[tokio::test]
async fn who_sends_a_large_bericht_slowly_keeps_nobody_waiting() {
    let world = World::both_local().await;
    let slow = large("TRAAG");
    let (half, rest) = slow.split_at(slow.len() / 2);
    let mut stream = TcpStream::connect(world.running.address).await.expect("a connection");
    let head = format!(
        "POST /v1/berichten HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {GEMEENTE}\r\nConnection: close\r\n\
         Content-Type: application/xml\r\nContent-Length: {}\r\n\r\n{half}",
        slow.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    for name in ["ANDER-1", "ANDER-2"] {
        let answer = world.post(GEMEENTE, large(name)).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    stream.write_all(rest.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    world.stop().await;
}
