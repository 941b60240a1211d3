//! How connections are taken: so many in all and from one address, and none that keeps silent for long.
//!
//! Over TLS where there are certificates; then a handshake has the time of a head. A request that came in whole has all the time it needs. Behind a proxy all connections come from its address.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::tls::oin::{PeerCertificate, peer};

/// How long to wait when the system has no room for one more connection.
const NO_ROOM: Duration = Duration::from_millis(500);

/// What a listener allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the head of a request is there; also how long a connection may stay without a request.
    pub header_timeout: Duration,
    /// Between two parts of a body.
    pub body_timeout: Duration,
    /// Connections in all; who comes then waits.
    pub connections: usize,
    /// Connections from one address; one more is closed.
    pub connections_per_address: usize,
}

/// That a request came over TLS, and the certificate that was shown.
#[derive(Clone, Debug)]
pub(super) struct OverTls(pub Option<PeerCertificate>);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

/// Where to listen, and how.
pub struct Listening {
    /// The socket that it listens on.
    pub listener: TcpListener,
    /// What the other side is shown; it changes when certificates are read anew. `None`: plain HTTP.
    pub tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    /// Who may connect besides this machine; `None`: everybody.
    pub only_from: Option<Vec<IpAddr>>,
}

/// Serves until `stop` is done, and then ends what is under way.
///
/// When the certificates change, a connection that was made with the old ones ends after the answer to the request that it is at.
pub async fn serve(listening: Listening, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let router = router.layer(RequestBodyTimeoutLayer::new(limits.body_timeout));
    let door = Door::new(limits, listening.only_from);
    let (closing, _) = watch::channel(false);
    loop {
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            came = door.next(&listening.listener) => came,
        };
        let visit = Visit { router: router.clone(), peer: Peer(place.address), limits };
        let (tls, closed) = (listening.tls.clone(), closing.subscribe());
        tokio::spawn(async move {
            let _place = place;
            match tls {
                None => visit.serve(stream, None, asked(closed)).await,
                Some(tls) => visit.serve_tls(stream, tls, closed).await,
            }
        });
    }
    drop(listening.listener);
    closing.send_replace(true);
    closing.closed().await;
}

/// Done when all connections are to end.
async fn asked(mut closed: watch::Receiver<bool>) {
    // An error means that nobody serves any more.
    let _ = closed.wait_for(|closed| *closed).await;
}

/// One connection.
struct Visit {
    router: Router,
    peer: Peer,
    limits: Limits,
}

impl Visit {
    async fn serve_tls(
        self,
        stream: TcpStream,
        mut tls: watch::Receiver<Arc<ServerConfig>>,
        closed: watch::Receiver<bool>,
    ) {
        let acceptor = TlsAcceptor::from(Arc::clone(&tls.borrow_and_update()));
        let shaken = tokio::time::timeout(self.limits.header_timeout, acceptor.accept(stream)).await;
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::warn!(address = %self.peer.0, reason = %error, "a connection was not let in");
                return;
            }
            Err(_) => {
                tracing::debug!(address = %self.peer.0, "a connection kept silent");
                return;
            }
        };
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        // It was read when it was let in.
        let certificate = certificate.and_then(|der| peer(der).ok());
        self.serve(stream, Some((OverTls(certificate), tls)), asked(closed)).await;
    }

    async fn serve<S>(
        self,
        stream: S,
        over_tls: Option<(OverTls, watch::Receiver<Arc<ServerConfig>>)>,
        end: impl Future<Output = ()>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(self.peer);
            let tls = over_tls.clone().map(|(over_tls, tls)| {
                request.extensions_mut().insert(over_tls);
                // As a proxy in front of us would say.
                request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("https"));
                tls
            });
            let answered = service.call(request);
            async move {
                let mut response: Response = answered.await?;
                // An error means that nobody reads certificates any more.
                if tls.is_some_and(|tls| tls.has_changed().unwrap_or(false)) {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
            }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.limits.header_timeout);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection, end);
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = &mut end => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        // Whoever breaks a connection off is not our fault, and knows it.
        if let Err(error) = served {
            tracing::debug!(%error, "a connection ended");
        }
    }
}

/// Who is in.
struct Door {
    limits: Limits,
    only_from: Option<Vec<IpAddr>>,
    all: Arc<Semaphore>,
    from: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection's place, given back when it is dropped.
struct Place {
    address: IpAddr,
    from: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Door {
    fn new(limits: Limits, only_from: Option<Vec<IpAddr>>) -> Self {
        Self { limits, only_from, all: Arc::new(Semaphore::new(limits.connections)), from: Arc::default() }
    }

    /// The next connection that there is a place for.
    async fn next(&self, listener: &TcpListener) -> (TcpStream, Place) {
        loop {
            let permit = Arc::clone(&self.all).acquire_owned().await.expect("places are never closed");
            match listener.accept().await {
                Ok((_, peer)) if !self.lets_in(peer) => {
                    tracing::warn!(address = %peer.ip(), "closed a connection: not a proxy of http.proxies");
                }
                Ok((stream, peer)) => {
                    if let Some(place) = self.place(peer, permit) {
                        return (stream, place);
                    }
                    tracing::warn!(address = %peer.ip(), "closed a connection: too many from this address");
                }
                Err(error) if is_of_connection(&error) => {}
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "cannot take connections");
                    tokio::time::sleep(NO_ROOM).await;
                }
            }
        }
    }

    fn lets_in(&self, peer: SocketAddr) -> bool {
        let address = peer.ip().to_canonical();
        address.is_loopback() || self.only_from.as_ref().is_none_or(|named| named.contains(&address))
    }

    fn place(&self, peer: SocketAddr, permit: OwnedSemaphorePermit) -> Option<Place> {
        let address = peer.ip().to_canonical();
        let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
        let count = from.entry(address).or_default();
        if *count >= self.limits.connections_per_address {
            return None;
        }
        *count += 1;
        Some(Place { address, from: Arc::clone(&self.from), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = from.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                from.remove(&self.address);
            }
        }
    }
}

/// It broke before it was taken.
fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
