//! A signed call, after Standard Webhooks, with an event of CloudEvents as its body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;

use super::call::Caller;
use crate::alert::body::cloud_event;
use crate::alert::not_taken::NotTaken;
use crate::channel::Secret;
use crate::domain::Timestamp;
use crate::store::Message;

/// A webhook.
pub struct Webhook {
    pub caller: Caller,
    /// Each signs: while a secret is replaced there are two.
    pub secrets: Vec<Secret>,
}

impl Webhook {
    pub async fn send(&self, message: &Message, source: &str, now: Timestamp) -> Result<(), NotTaken> {
        let body = cloud_event(message, source);
        let moment = now.timestamp();
        let signatures: Vec<String> =
            self.secrets.iter().map(|secret| signature(secret, &message.id, moment, &body)).collect();
        let url = self.caller.url.clone();
        let signed = |request: reqwest::RequestBuilder| {
            request
                .header("webhook-id", &message.id)
                .header("webhook-timestamp", moment.to_string())
                .header("webhook-signature", signatures.join(" "))
                .header(CONTENT_TYPE, "application/cloudevents+json")
                .body(body)
        };
        self.caller.post(url, signed).await
    }
}

/// As in `v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=`.
fn signature(secret: &Secret, id: &str, moment: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("a key of any length will do");
    mac.update(format!("{id}.{moment}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_was_published() {
        // The vectors of the reference implementations of Standard Webhooks.
        let secret = Secret(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64"));
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
