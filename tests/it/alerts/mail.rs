//! Mails, to a real server.

use std::time::Duration;

use chrono::TimeDelta;

use super::smtp::{After, Mail, Manner, Smtp};
use super::stage::Stage;

const PAST: &str = "2026-03-05T23:00:00Z";

/// A receiver by mail, who trusts the server when told so.
fn mail(server: &Smtp, scheme: &str, folder: &std::path::Path, trusts: bool) -> String {
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, &server.certificate).expect("written");
    let trusted = if trusts { format!("ca_file = {:?}\n", ca.display().to_string()) } else { String::new() };
    format!(
        "[alerts]\ndigest = \"\"\n[[alert]]\nname = \"team\"\nkind = \"mail\"\nallow_private = true\n{trusted}\
         smtp = \"{scheme}://127.0.0.1:{}\"\nfrom = \"Gateway <gateway@example.nl>\"\nto = [\"a@example.nl\", \"b@example.nl\"]\n",
        server.port
    )
}

async fn overdue(settings: &str) -> Stage {
    let stage = Stage::on_sqlite(settings).await;
    stage.open("b1", &["d1"]).await;
    stage.happen(PAST).await;
    stage
}

fn header<'a>(mail: &'a Mail, name: &str) -> &'a str {
    let line = mail.text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {}", mail.text)).trim()
}

#[tokio::test]
async fn a_mail_goes_over_tls_as_text_and_as_html() {
    for (manner, scheme) in [(Manner::StartTls, "smtp"), (Manner::Tls, "smtps")] {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Smtp::start(manner).await;
        overdue(&mail(&server, scheme, folder.path(), true)).await;
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{manner:?}");
        let mail = &mails[0];
        assert!(mail.was_encrypted && mail.from.contains("<gateway@example.nl>") && mail.to.len() == 2, "{mail:?}");
        assert_eq!(header(mail, "Subject:"), "1 termijn te laat: retour van 0797");
        for part in ["text/plain", "text/html", "<li><a href=", "WMO306 op WMO305 van 0797, uiterlijk 2026-03-05"] {
            assert!(
                mail.text.replace("=\r\n", "").replace("=3D", "=").contains(part),
                "{part} is not in {}",
                mail.text
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_said_without_tls_or_to_a_server_that_nobody_trusts() {
    for (manner, trusts, told) in [(Manner::Plain, true, "no"), (Manner::StartTls, false, "no")] {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Smtp::start(manner).await;
        let stage = overdue(&mail(&server, "smtp", folder.path(), trusts)).await;
        assert!(server.mails().is_empty(), "{manner:?}");
        let view = stage.gateway.store.alerts(&["failing"], None, 9).await.expect("read").remove(0);
        assert!(view.last_error.as_deref().is_some_and(|error| error.starts_with(told)), "{view:?}");
    }
}

#[tokio::test]
async fn a_mail_that_comes_again_has_the_same_message_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Smtp::start(Manner::StartTls).await;
    server.answer_from_here(After::Refuses);
    let stage = overdue(&mail(&server, "smtp", folder.path(), true)).await;
    let view = stage.gateway.store.alerts(&["failing"], None, 9).await.expect("read").remove(0);
    assert_eq!(view.last_error.as_deref(), Some("SMTP 451"), "not what the server says: that may name somebody");
    server.answer_from_here(After::Takes);
    stage.pass(TimeDelta::seconds(10));
    stage.tell().await;
    let ids: Vec<_> = server.mails().iter().map(|mail| header(mail, "Message-ID:").to_owned()).collect();
    assert_eq!(ids, [format!("<{}@example.nl>", view.id), format!("<{}@example.nl>", view.id)]);
    stage.pass(TimeDelta::hours(1));
    stage.tell().await;
    assert_eq!(server.mails().len(), 2, "and not once more");
}

#[tokio::test]
async fn a_server_that_hangs_after_taking_a_mail_gets_it_again_under_its_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Smtp::start(Manner::StartTls).await;
    server.answer_from_here(After::Hangs);
    let mut stage = Stage::on_sqlite(&mail(&server, "smtp", folder.path(), true)).await;
    stage.alerting.office.timeout = Duration::from_millis(300);
    stage.open("b1", &["d1"]).await;
    stage.happen(PAST).await;
    while server.mails().is_empty() {
        stage.pass(TimeDelta::minutes(15));
        stage.tell().await;
    }
    stage.alerting.office.timeout = Duration::from_secs(30);
    server.answer_from_here(After::Takes);
    stage.pass(TimeDelta::minutes(15));
    stage.tell().await;
    let ids: Vec<_> = server.mails().iter().map(|mail| header(mail, "Message-ID:").to_owned()).collect();
    assert!(ids.len() > 1 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}
