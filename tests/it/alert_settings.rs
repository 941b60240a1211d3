//! What is said of `[alerts]` and `[[alert]]` before anything is sent.

use std::time::Duration;

use iwmo_gateway::channel::Way;
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::alerts::Event;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn problems(text: &str) -> Vec<String> {
    Config::parse(text).err().map(|error| error.0).unwrap_or_default()
}

/// A webhook with these lines besides.
fn webhook(lines: &str) -> String {
    format!("[[alert]]\nname = \"team\"\nkind = \"webhook\"\n{lines}\n")
}

#[test]
fn all_ways_of_telling_can_be_set_up() {
    let text = format!(
        "[alerts]\nrepeat = [\"1d\", \"3d\"]\ndigest = \"\"\n\
         [[alert]]\nname = \"team\"\nkind = \"webhook\"\nurl = \"https://example.nl/hook\"\n\
         secret = [\"{SECRET}\", \"{SECRET}\"]\npartij = \"0384\"\nclocks = [\"retour\", \"pauze\"]\n\
         on = [\"due-soon\"]\nescalate = {{ after = \"2d\", to = \"chef\" }}\nhours = \"08:00-18:00\"\n\
         [[alert]]\nname = \"chef\"\nkind = \"mail\"\nsmtp = \"smtp://mail.example.nl\"\nfrom = \"a@example.nl\"\n\
         to = \"b@example.nl\"\n\
         [[alert]]\nname = \"wacht\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:9093\"\nallow_private = true\n\
         [[alert]]\nname = \"log\"\nkind = \"journal\"\n"
    );
    let alerts = Config::parse(&text).expect("settings").alerts;
    assert_eq!((alerts.rules.group_wait, alerts.rules.digest), (Duration::from_secs(30), None));
    let [team, chef, wacht, log] = &alerts.rules.receivers[..] else { panic!("four") };
    assert_eq!(team.escalation.as_ref().map(|one| one.to.as_str()), Some("chef"));
    assert!(team.wants(Event::DueSoon, "retour", "0384") && !team.wants(Event::Overdue, "retour", "0384"));
    assert!(!team.is_about("start", "0384") && !team.is_about("retour", "41005001"));
    assert_eq!(chef.on, [Event::Overdue, Event::Resolved], "when nothing is said");
    assert!(wacht.forgets && !log.forgets);
    let ports = alerts.channels.iter().map(|channel| match &channel.way {
        Way::Mail { smtp, .. } => Some((smtp.port, smtp.is_tls)),
        _ => None,
    });
    let ports: Vec<_> = ports.collect();
    assert_eq!(ports, [None, Some((587, false)), None, None]);
    assert!(!format!("{alerts:?}").contains("MfKQ"), "a secret is not shown");
}

#[test]
fn what_does_not_hold_is_said_in_words() {
    let url = "url = \"https://example.nl/hook\"\n";
    let good = format!("{url}secret = \"{SECRET}\"\n");
    for (text, told) in [
        (webhook(url), "needs a secret"),
        (webhook(&format!("{url}secret = \"v1,{SECRET}\"")), "a secret begins with whsec_ and with nothing before it"),
        (webhook(&format!("{url}secret = \"whsec_***\"")), "a secret is not base64 behind whsec_"),
        (webhook(&format!("{url}secret = \"whsec_c2hvcnQ=\"")), "a secret has 24 to 64 bytes behind whsec_"),
        (webhook(&format!("{url}secret_file = \"/not/there\"")), "secret_file /not/there"),
        (webhook(&format!("secret = \"{SECRET}\"\nurl = \"ftp://example.nl\"")), "needs url, an http or https address"),
        (
            webhook(&format!("secret = \"{SECRET}\"\nurl = \"http://10.0.0.1/x\"")),
            "url is an address that is not public",
        ),
        (
            webhook(&format!("secret = \"{SECRET}\"\nurl = \"http://2130706433/x\"")),
            "url is an address that is not public",
        ),
        (webhook(&format!("secret = \"{SECRET}\"\nurl = \"https://me:pw@example.nl/\"")), "url holds a login"),
        (webhook(&format!("{good}clocks = [\"retours\"]")), "no deadline is called \"retours\"; there are retour"),
        (webhook(&format!("{good}on = [\"late\"]")), "on has \"late\"; it may have"),
        (webhook(&format!("{good}hours = \"8-18\"")), "hours \"8-18\" are none"),
        (webhook(&format!("{good}partij = \"384\"")), "neither a CBS code"),
        (webhook(&format!("{good}escalate = {{ after = \"2d\", to = \"chef\" }}")), "escalate.to is \"chef\""),
        (webhook(&format!("{good}smtp = \"smtps://example.nl\"")), "smtp says nothing for this kind"),
        (webhook(&good).repeat(2), "give each [[alert]] a name of its own"),
        (
            "[[alert]]\nname = \"m\"\nkind = \"mail\"\nfrom = \"a@example.nl\"\nto = [\"b@example.nl\"]\n".to_owned(),
            "needs smtp",
        ),
        (
            "[[alert]]\nname = \"m\"\nkind = \"mail\"\nsmtp = \"smtps://u:p@example.nl\"\nfrom = \"x\"\nto = []\n"
                .to_owned(),
            "smtp holds a password",
        ),
        (
            "[[alert]]\nname = \"p\"\nkind = \"pager\"\n".to_owned(),
            "\"webhook\", \"mail\", \"alertmanager\" or \"journal\"",
        ),
        ("[alerts]\ndigest = \"half negen\"\n".to_owned(), "alerts.digest: \"half negen\" is no time"),
        ("[alerts]\nrepeat = [\"1s\"]\n".to_owned(), "alerts.repeat: a pause is a minute or longer"),
        ("[alerts]\noin = \"1\"\n".to_owned(), "it has twenty digits"),
    ] {
        let found = problems(&text);
        assert!(found.iter().any(|line| line.contains(told)), "{told} is not in {found:?}\n{text}");
        assert!(!found.iter().any(|line| line.contains("MfKQ")), "a secret is not repeated: {found:?}");
    }
    assert_eq!(problems(&webhook(&good)), [""; 0]);
}
