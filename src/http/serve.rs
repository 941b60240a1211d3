//! How connections are taken: so many in all and from one address, and none that keeps silent for long.
//!
//! A request that came in whole has all the time it needs. Behind a proxy all connections come from its address.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::timeout::RequestBodyTimeoutLayer;

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

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

/// Serves until `stop` is done, and then ends what is under way.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let router = router.layer(RequestBodyTimeoutLayer::new(limits.body_timeout));
    let door = Door::new(limits);
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            came = door.next(&listener) => came,
        };
        let peer = place.address;
        let service = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let answered = service.call(request);
            async move { answered.await as Result<Response, Infallible> }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _place = place;
            // Whoever breaks a connection off is not our fault, and knows it.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Who is in.
struct Door {
    limits: Limits,
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
    fn new(limits: Limits) -> Self {
        Self { limits, all: Arc::new(Semaphore::new(limits.connections)), from: Arc::default() }
    }

    /// The next connection that there is a place for.
    async fn next(&self, listener: &TcpListener) -> (TcpStream, Place) {
        loop {
            let permit = Arc::clone(&self.all).acquire_owned().await.expect("places are never closed");
            match listener.accept().await {
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
