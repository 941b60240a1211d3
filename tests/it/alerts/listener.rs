//! A receiver of webhooks on a real socket, which answers as it was told to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What a listener answers to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Taken,
    /// This status, perhaps with Retry-After.
    No(u16, Option<u64>),
    /// No to all that has this text in it.
    NotAbout(&'static str),
    /// Nothing, after it took it.
    Nothing,
    /// Elsewhere.
    Redirect,
}

/// A call that came in.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: String,
    pub signature: String,
    pub timestamp: String,
    pub content_type: String,
    pub path: String,
    pub body: Value,
    pub raw: Vec<u8>,
    pub said: Says,
}

type Calls = Arc<Mutex<Vec<Call>>>;
type Script = Arc<Mutex<Says>>;

pub struct Listener {
    pub url: String,
    calls: Calls,
    script: Script,
    serving: JoinHandle<()>,
}

impl Listener {
    pub async fn start() -> Self {
        let (calls, script): (Calls, Script) = (Calls::default(), Arc::new(Mutex::new(Says::Taken)));
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}/hook", socket.local_addr().expect("bound"));
        let router = Router::new().fallback(take).with_state((Arc::clone(&calls), Arc::clone(&script)));
        let serving = tokio::spawn(async move { axum::serve(socket, router).await.expect("served") });
        Self { url, calls, script, serving }
    }

    /// From now on.
    pub fn says(&self, says: Says) {
        *self.script.lock().expect("unbroken") = says;
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("unbroken").clone()
    }

    /// Those that were taken.
    pub fn taken(&self) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.said == Says::Taken).collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(
    State((calls, script)): State<(Calls, Script)>,
    _method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let said = match *script.lock().expect("unbroken") {
        Says::NotAbout(text) if String::from_utf8_lossy(&body).contains(text) => Says::No(500, None),
        Says::NotAbout(_) => Says::Taken,
        said => said,
    };
    calls.lock().expect("unbroken").push(Call {
        id: header("webhook-id"),
        signature: header("webhook-signature"),
        timestamp: header("webhook-timestamp"),
        content_type: header("content-type"),
        path: uri.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        raw: body.to_vec(),
        said,
    });
    match said {
        Says::Taken | Says::NotAbout(_) => StatusCode::NO_CONTENT.into_response(),
        Says::No(status, None) => StatusCode::from_u16(status).expect("a status").into_response(),
        Says::No(status, Some(seconds)) => {
            (StatusCode::from_u16(status).expect("a status"), [("retry-after", seconds.to_string())]).into_response()
        }
        Says::Redirect => (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response(),
        Says::Nothing => std::future::pending().await,
    }
}
