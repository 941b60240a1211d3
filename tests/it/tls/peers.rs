//! The other sides of a connection: a network that listens, and one that calls. Neither uses code of the gateway for its TLS.

use std::sync::{Arc, Mutex};

use iwmo_gateway::exchange::new_referentienummer;
use iwmo_gateway::hub::envelope::compose::{Stamp, bv03};
use iwmo_gateway::hub::envelope::parse;
use iwmo_gateway::tls::oin::peer;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::pki::{Issued, Root};
use crate::world::instant;

/// It is March 2026 here as well.
#[derive(Debug)]
struct March;

impl TimeProvider for March {
    fn current_time(&self) -> Option<UnixTime> {
        let now = instant("2026-03-04T09:00:00+01:00").timestamp();
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(now.try_into().ok()?)))
    }
}

/// One envelope that came in: the serial number of the certificate that was shown, and its referentienummer.
pub type Came = (String, String);

/// A network that listens, shows its certificate and wants one of `root`.
pub struct Network {
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Network {
    pub async fn listen(shows: &Issued, root: &Root) -> Self {
        let provider = Arc::new(default_provider());
        let wants = WebPkiClientVerifier::builder_with_provider(root.store(), Arc::clone(&provider))
            .build()
            .expect("a verifier");
        let config = ServerConfig::builder_with_details(provider, Arc::new(March))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(wants)
            .with_single_cert(shows.chain.clone(), shows.key())
            .expect("a certificate");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("https://127.0.0.1:{}/", listener.local_addr().expect("bound").port());
        let came = Arc::<Mutex<Vec<Came>>>::default();
        let (acceptor, journal) = (TlsAcceptor::from(Arc::new(config)), Arc::clone(&came));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (acceptor, journal) = (acceptor.clone(), Arc::clone(&journal));
                tokio::spawn(async move {
                    // A gateway that does not like us goes away.
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let certificate = stream.get_ref().1.peer_certificates().expect("it was asked for")[0].clone();
                    let serial = peer(&certificate).expect("a certificate").serial;
                    while let Some(body) = request(&mut stream).await {
                        let envelope = parse(&body).expect("an envelope");
                        journal
                            .lock()
                            .expect("unharmed")
                            .push((serial.clone(), envelope.stuurgegevens.referentienummer.clone()));
                        let stamp = Stamp {
                            referentienummer: new_referentienummer(),
                            tijdstip_bericht: "20260304090000".to_owned(),
                        };
                        let answer = bv03(&envelope.stuurgegevens, &stamp);
                        let head = format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n",
                            answer.len()
                        );
                        if stream.write_all(&[head.as_bytes(), &answer].concat()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, came }
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().expect("unharmed").clone()
    }
}

/// The body of the next request; `None` when there is none.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

/// A connection to the gateway by somebody who shows this certificate and trusts that root; an error in words when it is not let
/// in, at the handshake or at the first request.
pub struct Caller {
    stream: TlsStream<TcpStream>,
}

impl Caller {
    pub async fn connect(port: u16, shows: Option<&Issued>, trusts: &Root) -> Result<Self, String> {
        let provider = Arc::new(default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(trusts.store(), Arc::clone(&provider))
            .build()
            .expect("a verifier");
        let builder = ClientConfig::builder_with_details(provider, Arc::new(March))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_webpki_verifier(verifier);
        let config = match shows {
            None => builder.with_no_client_auth(),
            Some(shows) => builder.with_client_auth_cert(shows.chain.clone(), shows.key()).expect("a certificate"),
        };
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let stream =
            TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| error.to_string())?;
        Ok(Self { stream })
    }

    /// The serial number of the certificate that the gateway shows.
    pub fn sees(&self) -> String {
        peer(&self.stream.get_ref().1.peer_certificates().expect("a certificate")[0]).expect("a certificate").serial
    }

    /// Posts an envelope; the status and what was answered.
    pub async fn post(&mut self, envelope: &str) -> Result<(u16, String), String> {
        self.send(&format!(
            "POST /soap/ggk HTTP/1.1\r\nhost: gateway\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n{envelope}",
            envelope.len()
        ))
        .await
    }

    pub async fn send(&mut self, request: &str) -> Result<(u16, String), String> {
        self.stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
        answer(&mut self.stream).await
    }
}

async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(u16, String), String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.map_err(|error| error.to_string())?);
    }
    let head = String::from_utf8(head).expect("a head");
    let of = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let length = of("content-length: ").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.map_err(|error| error.to_string())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Ok((status, head + &String::from_utf8(body).expect("text")))
}
