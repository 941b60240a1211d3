//! Servers where the network should be, of which none does what it should: each ends in the state that its answer stands for, with
//! the attempts counted, and none takes the gateway down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use iwmo_gateway::store::{OutboxQuery, ParcelView};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{GEMEENTE, WMO301, World, a_moment, within_a_minute};

/// What a server does with each connection. `NUMBER` stands for the referentienummer that it was sent.
enum Does {
    /// Nobody listens.
    NotThere,
    /// Closes before it read anything.
    CloseUnread,
    /// Reads all, and says this.
    Say(&'static [u8]),
    /// Reads all, and says this in HTTP, with this status.
    Answer(&'static str, Vec<u8>),
    /// Reads all, says this, and then nothing any more.
    Stall(&'static [u8]),
    /// Reads all, says the first and then the second over and over.
    Flood(&'static [u8], &'static [u8]),
    /// A byte now and then, for as long as somebody listens.
    Drip,
}

struct Case {
    name: &'static str,
    does: Does,
    /// Where the parcel stands after one attempt.
    state: &'static str,
    /// What stands in its reason.
    told: &'static str,
}

const BV03: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>\
    <Bv03Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens><berichtcode>Bv03</berichtcode>\
    <referentienummer>r</referentienummer><crossRefnummer>NUMBER</crossRefnummer></stuurgegevens></Bv03Bericht>\
    </e:Body></e:Envelope>";

fn fo03(code: &str, plek: &str, cross: &str) -> Vec<u8> {
    let stuurgegevens =
        if cross.is_empty() { String::new() } else { format!("<crossRefnummer>{cross}</crossRefnummer>") };
    format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault><faultcode>e:{plek}</faultcode>\
         <faultstring>f</faultstring><detail><Fo03Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens>\
         {stuurgegevens}</stuurgegevens><body><code>{code}</code><plek>{plek}</plek><omschrijving>o</omschrijving></body>\
         </Fo03Bericht></detail></e:Fault></e:Body></e:Envelope>"
    )
    .into_bytes()
}

/// What a page of a proxy looks like.
fn page() -> Vec<u8> {
    b"<!doctype html><title>Onderhoud</title><p>Zo terug".to_vec()
}

const fn case(name: &'static str, does: Does, state: &'static str, told: &'static str) -> Case {
    Case { name, does, state, told }
}

const SPACES: &[u8] = &[b' '; 65_536];

/// Who does not speak HTTP to its end.
fn cases_of_the_line() -> Vec<Case> {
    vec![
        case("nobody listens", Does::NotThere, "waiting", "Geen verbinding"),
        case("closes before it read", Does::CloseUnread, "unclear", "Geen antwoord na verzenden"),
        case("reads and closes", Does::Say(b""), "unclear", "Geen antwoord na verzenden"),
        case("reads and is silent", Does::Stall(b""), "unclear", "de tijd is om"),
        case("half a head", Does::Stall(b"HTTP/1.1 200 OK\r\ncontent-le"), "unclear", "de tijd is om"),
        case("a byte now and then", Does::Drip, "unclear", "de tijd is om"),
        case(
            "half an answer",
            Does::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n<e:Envelope"),
            "unclear",
            "Geen antwoord",
        ),
        case(
            "half an answer, and waits",
            Does::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n<e:"),
            "unclear",
            "de tijd is om",
        ),
        case(
            "a hundred megabytes",
            Does::Flood(b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n", SPACES),
            "unclear",
            "geen bevestiging",
        ),
        case(
            "heads without end",
            Does::Flood(b"HTTP/1.1 200 OK\r\n", b"x-a: aaaaaaaaaaaaaaaa\r\n"),
            "unclear",
            "Geen antwoord",
        ),
        case("continues without end", Does::Flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "unclear", "Geen antwoord"),
        case("no HTTP", Does::Say(b"SSH-2.0-OpenSSH_9.6\r\n"), "unclear", "Geen antwoord"),
        case("an alert of TLS", Does::Say(b"\x15\x03\x01\x00\x02\x02\x28"), "unclear", "Geen antwoord"),
        case(
            "broken chunks",
            Does::Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nx\r\n"),
            "unclear",
            "Geen antwoord",
        ),
    ]
}

/// Who answers, and not as the network does.
fn cases_of_answers() -> Vec<Case> {
    let utf16 =
        |text: &str| [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let bomb = format!("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>{}", BV03.replace(">r<", ">&c;<"));
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    vec![
        case("a web page", Does::Answer("200 OK", page()), "unclear", "geen bevestiging (HTTP 200)"),
        case(
            "nothing, with 204",
            Does::Say(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
            "unclear",
            "HTTP 204",
        ),
        case(
            "a redirect to itself",
            Does::Say(b"HTTP/1.1 301 M\r\nlocation: /\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
            "waiting",
            "verwijst door",
        ),
        case("401", Does::Answer("401 U", page()), "waiting", "certificaat"),
        case("404", Does::Answer("404 N", page()), "waiting", "ggk.url"),
        case("413", Does::Answer("413 T", page()), "waiting", "zonder foutbericht van StUF"),
        case("429", Does::Answer("429 T", page()), "waiting", "HTTP 429"),
        case(
            "503 for ever",
            Does::Say(b"HTTP/1.1 503 S\r\nretry-after: 99999999999\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
            "waiting",
            "HTTP 503",
        ),
        case("500", Does::Answer("500 I", page()), "unclear", "HTTP 500"),
        case("502", Does::Answer("502 B", page()), "unclear", "HTTP 502"),
        case(
            "another number",
            Does::Answer("200 OK", BV03.replace("NUMBER", "x").into()),
            "unclear",
            "ander referentienummer",
        ),
        case("no number", Does::Answer("200 OK", BV03.replace("NUMBER", "").into()), "unclear", ""),
        case(
            "a fault about another number",
            Does::Answer("500 I", fo03("StUF034", "client", "x")),
            "unclear",
            "ander referentienummer",
        ),
        case("entities", Does::Answer("200 OK", bomb.into_bytes()), "unclear", "geen bevestiging"),
        case("deep", Does::Answer("200 OK", deep.into_bytes()), "unclear", "geen bevestiging"),
        case("a fault without a code", Does::Answer("500 I", SOAP_FAULT.into()), "unclear", ""),
        case("a fault of the receiver", Does::Answer("500 I", fo03("StUF046", "server", "")), "waiting", "StUF046"),
        case("a fault of ours", Does::Answer("500 I", fo03("StUF034", "client", "")), "refused", "StUF034"),
        case("an Fo01", Does::Answer("200 OK", FO01.into()), "refused", "IB014"),
        case("confirmed with 404", Does::Answer("404 N", BV03.into()), "delivered", ""),
        case("confirmed in UTF-16", Does::Answer("200 OK", utf16(BV03)), "delivered", ""),
    ]
}

const SOAP_FAULT: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault>\
    <faultcode>e:Server</faultcode><faultstring>f</faultstring></e:Fault></e:Body></e:Envelope>";

const FO01: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>\
    <Fo01Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens><berichtcode>Fo01</berichtcode>\
    <crossRefnummer>NUMBER</crossRefnummer></stuurgegevens><body><code>IB014</code><plek>client</plek>\
    <omschrijving>o</omschrijving></body></Fo01Bericht></e:Body></e:Envelope>";

/// A server on a port of its own, and how many connections it had.
async fn server(does: Does) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let count = Arc::new(AtomicUsize::new(0));
    if matches!(does, Does::NotThere) {
        return (url, count);
    }
    let (counted, does) = (Arc::clone(&count), Arc::new(does));
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            counted.fetch_add(1, Ordering::Relaxed);
            let does = Arc::clone(&does);
            // Whoever hangs up ends it.
            tokio::spawn(async move { serve(stream, &does).await.unwrap_or_default() });
        }
    });
    (url, count)
}

async fn serve(mut stream: TcpStream, does: &Does) -> std::io::Result<()> {
    if matches!(does, Does::CloseUnread) {
        return Ok(());
    }
    let number = read(&mut stream).await?;
    match does {
        Does::NotThere | Does::CloseUnread => {}
        Does::Say(bytes) => stream.write_all(bytes).await?,
        Does::Answer(status, body) => {
            let text = String::from_utf8(body.clone()).map(|text| text.replace("NUMBER", &number).into_bytes());
            let body = text.unwrap_or_else(|_| in_utf16(body, &number));
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Does::Stall(bytes) => {
            stream.write_all(bytes).await?;
            let () = std::future::pending().await;
        }
        Does::Flood(first, over_and_over) => {
            stream.write_all(first).await?;
            loop {
                stream.write_all(over_and_over).await?;
            }
        }
        Does::Drip => loop {
            stream.write_all(b"H").await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        },
    }
    stream.shutdown().await
}

fn in_utf16(body: &[u8], number: &str) -> Vec<u8> {
    let units: Vec<u16> = body.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).expect("UTF-16").replace("NUMBER", number);
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Reads a request, and gives the number in its envelope.
async fn read(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            let number = body.split("referentienummer>").nth(1).and_then(|rest| rest.split('<').next());
            return Ok(number.unwrap_or_default().to_owned());
        }
    }
}

async fn parcel(world: &World) -> ParcelView {
    world.store().outbox(&OutboxQuery::default(), None, 9).await.expect("parcels").remove(0)
}

/// Until so many attempts ended.
async fn attempts(world: &World, name: &str, count: i64) -> ParcelView {
    let ended = async {
        loop {
            let parcel = parcel(world).await;
            if parcel.attempts >= count && parcel.state.word() != "sending" {
                return parcel;
            }
            a_moment().await;
        }
    };
    within_a_minute(name, ended).await
}

async fn check(Case { name, does, state, told }: Case) {
    let hangs = matches!(does, Does::Stall(_) | Does::Drip | Does::Flood(b"", _));
    let listens = !matches!(does, Does::NotThere);
    let (url, connections) = server(does).await;
    // Who hangs is waited for shortly, and all others for as long as a loaded machine may need.
    let timeout = if hangs { "[ggk]\ntimeout = \"1s\"" } else { "" };
    let world = World::against(&url, &[GEMEENTE], timeout).await;
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202, "{name}");
    let first = attempts(&world, name, 1).await;
    assert_eq!((first.state.word(), first.attempts), (state, 1), "{name}: {first:?}");
    let reason = first.last_reason.unwrap_or_default();
    assert!(reason.contains(told), "{name}: {reason}");
    world.at("2026-03-04T10:10:00+01:00");
    let goes_on = matches!(state, "waiting" | "unclear");
    let again = attempts(&world, name, if goes_on { 2 } else { 1 }).await;
    assert_eq!((again.state.word(), again.attempts), (state, if goes_on { 2 } else { 1 }), "{name}: {again:?}");
    let expected = if listens { usize::try_from(again.attempts).expect("few") } else { 0 };
    // A server that hangs may learn of a connection only when nobody waits at it any more.
    let counted = async {
        while connections.load(Ordering::Relaxed) < expected {
            a_moment().await;
        }
    };
    within_a_minute(name, counted).await;
    assert_eq!(connections.load(Ordering::Relaxed), expected, "{name}: one connection for each attempt");
    let clock = world.deadlines().await.into_iter().find(|line| line.starts_with("retour")).expect("a clock");
    assert!(clock.ends_with(if state == "refused" { "void" } else { "open" }), "{name}: {clock}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ends_in_the_state_that_its_answer_stands_for() {
    use futures_util::StreamExt as _;
    let mut cases = cases_of_the_line();
    cases.extend(cases_of_answers());
    assert!(cases.len() >= 25, "{}", cases.len());
    futures_util::stream::iter(cases).map(check).buffer_unordered(4).collect::<Vec<()>>().await;
}
