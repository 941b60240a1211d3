//! A mail, as text and as HTML, over TLS from the first byte on or after STARTTLS, under one Message-ID on each attempt.

use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::ChannelError;
use crate::alert::dns::{Reach, look_up};
use crate::alert::not_taken::NotTaken;
use crate::alert::texts::{self, Line};
use crate::channel::Smtp;
use crate::store::Message;

/// How long each step of a delivery may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Whom a mail goes to, and by which server.
pub struct Mail {
    smtp: Smtp,
    tls: TlsParameters,
    from: Mailbox,
    to: Vec<Mailbox>,
    reach: Reach,
}

impl Mail {
    pub fn new(
        smtp: Smtp,
        (from, to): (&str, &[String]),
        reach: Reach,
        ca: Option<&[u8]>,
    ) -> Result<Self, ChannelError> {
        let wrong = |error: lettre::address::AddressError| ChannelError::Mail(error.into());
        let to = to.iter().map(|one| one.parse().map_err(wrong)).collect::<Result<Vec<Mailbox>, _>>()?;
        let mut tls = TlsParameters::builder(smtp.host.clone());
        if let Some(pem) = ca {
            tls =
                tls.add_root_certificate(Certificate::from_pem(pem).map_err(|error| ChannelError::Mail(error.into()))?);
        }
        let tls = tls.build_rustls().map_err(|error| ChannelError::Mail(error.into()))?;
        Ok(Self { smtp, tls, from: from.parse().map_err(wrong)?, to, reach })
    }

    pub async fn send(&self, message: &Message) -> Result<(), NotTaken> {
        let mail = self.mail(message).map_err(|error| NotTaken::because(format!("no mail can be made: {error}")))?;
        let Smtp { host, port, is_tls, login } = &self.smtp;
        let addresses = look_up(host, *port, self.reach).await;
        let address = addresses.map_err(|refused| NotTaken::because(refused.to_string()))?[0].ip();
        let tls = if *is_tls { Tls::Wrapper(self.tls.clone()) } else { Tls::Required(self.tls.clone()) };
        // The address that was judged is the one that is dialled; the name is what its certificate must have. A connection of
        // its own for each mail: one that was kept may have been closed by the server.
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
            .port(*port)
            .tls(tls)
            .hello_name(ClientId::Domain("iwmo-gateway".to_owned()))
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = login {
            let password = String::from_utf8_lossy(&password.0).into_owned();
            transport = transport.credentials(Credentials::new(user.clone(), password));
        }
        let sent = transport.build().send(mail).await;
        sent.map(|_| ()).map_err(|error| NotTaken::because(why(&error)))
    }

    fn mail(&self, message: &Message) -> Result<lettre::Message, lettre::error::Error> {
        let domain = self.from.email.domain();
        let subject = texts::subject(message);
        let lines = texts::lines(message);
        let mut mail = lettre::Message::builder()
            .from(self.from.clone())
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .date(message.made_at.into())
            .subject(&subject);
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        mail.multipart(MultiPart::alternative_plain_html(text(&subject, &lines), html(&subject, &lines)))
    }
}

fn text(subject: &str, lines: &[Line]) -> String {
    let mut text = format!("{subject}\r\n\r\n");
    for line in lines {
        text.extend(["- ", &line.text, "\r\n"]);
        if let Some(url) = &line.url {
            text.extend(["  ", url, "\r\n"]);
        }
    }
    text
}

fn html(subject: &str, lines: &[Line]) -> String {
    let mut items = String::new();
    for line in lines {
        let text = escaped(&line.text);
        let item = match &line.url {
            Some(url) => format!("<a href=\"{}\">{text}</a>", escaped(url)),
            None => text,
        };
        items.extend(["<li>", &item, "</li>\n"]);
    }
    let subject = escaped(subject);
    format!(
        "<!doctype html>\n<html lang=\"nl\"><head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
         <body><h1>{subject}</h1>\n<ul>\n{items}</ul></body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What went wrong, without what the server says: that may repeat an address.
fn why(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("SMTP {code}"),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None if error.is_tls() => "no TLS as it has to be".to_owned(),
        None => "no connection".to_owned(),
    }
}
