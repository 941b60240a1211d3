//! A server that takes mail, on a real socket: ESMTP with STARTTLS, or TLS from the first byte on.

use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How the server meets its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    StartTls,
    Tls,
    /// It knows no TLS at all.
    Plain,
}

/// What it does with a mail once it has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Takes,
    Refuses,
    /// It has it, and never says so.
    Hangs,
}

/// A mail that came in.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
    pub was_encrypted: bool,
}

type Mails = Arc<Mutex<Vec<Mail>>>;

pub struct Smtp {
    pub port: u16,
    /// Who trusts this trusts the server.
    pub certificate: String,
    mails: Mails,
    after: Arc<Mutex<After>>,
    serving: JoinHandle<()>,
}

impl Smtp {
    pub async fn start(manner: Manner) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let certificate = made.cert.pem();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a key that fits");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = socket.local_addr().expect("bound").port();
        let (mails, after) = (Mails::default(), Arc::new(Mutex::new(After::Takes)));
        let kept = (Arc::clone(&mails), Arc::clone(&after));
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = socket.accept().await.expect("a caller");
                let (acceptor, kept) = (acceptor.clone(), (Arc::clone(&kept.0), Arc::clone(&kept.1)));
                tokio::spawn(meet(stream, manner, acceptor, kept));
            }
        });
        Self { port, certificate, mails, after, serving }
    }

    pub fn answer_from_here(&self, after: After) {
        *self.after.lock().expect("unbroken") = after;
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().expect("unbroken").clone()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

type Kept = (Mails, Arc<Mutex<After>>);

async fn meet(stream: TcpStream, manner: Manner, acceptor: TlsAcceptor, kept: Kept) {
    // A caller that does not trust us, or goes away, is none of a test's business.
    let _ = match manner {
        Manner::Tls => match acceptor.accept(stream).await {
            Ok(stream) => talk(stream, true, false, kept).await.map(|_| ()),
            Err(error) => Err(error),
        },
        Manner::Plain => talk(stream, false, false, kept).await.map(|_| ()),
        Manner::StartTls => match talk(stream, false, true, (Arc::clone(&kept.0), Arc::clone(&kept.1))).await {
            Ok(Some(stream)) => match acceptor.accept(stream).await {
                Ok(stream) => talk_on(stream, kept).await,
                Err(error) => Err(error),
            },
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        },
    };
}

async fn talk_on(stream: tokio_rustls::server::TlsStream<TcpStream>, kept: Kept) -> std::io::Result<()> {
    converse(BufReader::new(stream), true, false, kept).await.map(|_| ())
}

/// Greets and converses; gives the stream back when TLS is to begin.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    is_encrypted: bool,
    may_start: bool,
    kept: Kept,
) -> std::io::Result<Option<S>> {
    stream.write_all(b"220 stand-in ESMTP\r\n").await?;
    converse(BufReader::new(stream), is_encrypted, may_start, kept).await
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    is_encrypted: bool,
    may_start: bool,
    (mails, after): Kept,
) -> std::io::Result<Option<S>> {
    let mut mail = Mail { from: String::new(), to: Vec::new(), text: String::new(), was_encrypted: is_encrypted };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let upper = line.to_ascii_uppercase();
        let answer: &[u8] = if upper.starts_with("EHLO") {
            if may_start {
                b"250-stand-in\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
            } else {
                b"250-stand-in\r\n250 8BITMIME\r\n"
            }
        } else if upper.starts_with("STARTTLS") && may_start {
            stream.write_all(b"220 go on\r\n").await?;
            return Ok(Some(stream.into_inner()));
        } else if upper.starts_with("MAIL FROM") {
            line.trim().clone_into(&mut mail.from);
            b"250 ok\r\n"
        } else if upper.starts_with("RCPT TO") {
            mail.to.push(line.trim().to_owned());
            b"250 ok\r\n"
        } else if upper.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await?;
            loop {
                let mut text = String::new();
                stream.read_line(&mut text).await?;
                if text == ".\r\n" || text.is_empty() {
                    break;
                }
                mail.text.push_str(&text);
            }
            mails.lock().expect("unbroken").push(mail.clone());
            let then = *after.lock().expect("unbroken");
            match then {
                After::Takes => b"250 taken\r\n",
                After::Refuses => b"451 jan@example.nl cannot be reached\r\n",
                After::Hangs => std::future::pending().await,
            }
        } else if upper.starts_with("QUIT") {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(None);
        } else {
            b"250 ok\r\n"
        };
        stream.write_all(answer).await?;
    }
}
