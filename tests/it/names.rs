//! Names of berichten, verzoeken and declaraties that may be the Bsn of somebody: they are taken in and told, and stand in no
//! log, path, file name, page or list of ours.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::process::Command;

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::crash::Daemon;
use crate::log::settings;
use crate::maker::{prestatie, toewijzing, wmo301, wmo315, wmo323_of};

/// Nine digits each that pass the elfproef.
const IDENTIFICATIE: &str = "999990007";
const VERZOEK: &str = "999990044";
const DECLARATIE: &str = "999990020";
const REGEL: &str = "999990032";
const ALL: [&str; 4] = [IDENTIFICATIE, VERZOEK, DECLARATIE, REGEL];

async fn post(client: &Client, host: &str, token: &str, bericht: Vec<u8>) -> Value {
    let call = client.post(format!("{host}/v1/berichten")).bearer_auth(format!("geheim-{token}"));
    let answer = call.header(CONTENT_TYPE, "application/xml").body(bericht).send().await.expect("an answer");
    serde_json::from_str(&text(answer).await).expect("a receipt")
}

async fn text(answer: Response) -> String {
    answer.text().await.expect("a text")
}

/// The rules that a receipt names.
fn rules(receipt: &Value) -> Vec<&str> {
    receipt["findings"].as_array().expect("findings").iter().filter_map(|one| one["rule"].as_str()).collect()
}

/// The paths of our own that a page leads to.
fn links(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.starts_with('/')).map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_may_be_a_bsn_is_told_and_stands_in_no_log_path_file_name_page_or_list() {
    let folder = tempfile::tempdir().expect("a folder");
    settings(folder.path(), "filter = \"trace\"");
    let daemon = Daemon::start(folder.path());
    let host = format!("http://{}", daemon.address);
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let day = "2026-03-02";
    let honoured = toewijzing(700_101, json!({}));
    let given = post(&client, &host, "Anna", wmo301(IDENTIFICATIE, day, &[honoured])).await;
    let asked = post(&client, &host, "aanbieder", wmo315("V1", day, VERZOEK)).await;
    let february = json!({"ProductPeriode": {"Begindatum": "2026-02-01", "Einddatum": "2026-02-28"}});
    let lines = [prestatie(REGEL, february)];
    let declared =
        post(&client, &host, "aanbieder", wmo323_of(DECLARATIE, day, ("2026-02-01", "2026-02-28"), &lines)).await;
    for (receipt, times) in [(&given, 1), (&asked, 1), (&declared, 3)] {
        assert_eq!(rules(receipt).iter().filter(|rule| **rule == "GW-03").count(), times, "{receipt}");
    }

    let login = client.post(format!("{host}/login")).form(&[("token", "geheim-operator")]).send().await.expect("in");
    let cookie = login.headers()[SET_COOKIE].to_str().expect("a cookie").split(';').next().expect("one").to_owned();
    let get =
        async |path: &str| client.get(format!("{host}{path}")).header(COOKIE, &cookie).send().await.expect("an answer");
    let id = declared["id"].as_str().expect("an id");
    let mut seen = BTreeSet::new();
    let mut next: VecDeque<String> = ["/", "/berichten", "/termijnen"].map(str::to_owned).into();
    next.push_back(format!("/declaraties/{id}"));
    while let Some(path) = next.pop_front() {
        assert!(ALL.iter().all(|name| !path.contains(name)), "{path}");
        let is_page = !["/v1/", "/docs", "/regels/", "/logout"].iter().any(|other| path.starts_with(other));
        if !is_page || path.contains("/csv") || path.contains("/xlsx") || seen.len() > 200 || !seen.insert(path.clone())
        {
            continue;
        }
        let page = text(get(&path).await).await;
        // What stands in a bericht, element by element, is no text of ours.
        let ours: Vec<&str> = page.lines().filter(|line| !line.contains("<th scope=\"row\" class=\"d")).collect();
        let page = ours.join("\n");
        assert!(ALL.iter().all(|name| !page.contains(name)), "{path}: {page}");
        next.extend(links(&page));
    }
    let all: String = seen.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
    for kind in ["/berichten/0", "/declaraties/0", "/termijnen", "/toewijzingen/0384/700101"] {
        assert!(all.contains(kind), "{kind} was looked at: {all}");
    }
    let table = get(&format!("/declaraties/{id}/csv")).await;
    let named = table.headers()[CONTENT_DISPOSITION].to_str().expect("a name").to_owned();
    assert!(named.contains("declaratie-xxxxxxx20"), "{named}");

    for format in ["text", "csv"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
        let config = folder.path().join("config.toml");
        command.args(["deadlines", "--format", format, "--config"]).arg(config);
        let listed = String::from_utf8(command.output().expect("it runs").stdout).expect("text");
        assert!(listed.contains("*******44") && ALL.iter().all(|name| !listed.contains(name)), "{listed}");
    }
    daemon.kill();
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    let told: Vec<&str> = log.lines().filter(|line| ALL.iter().any(|name| line.contains(name))).collect();
    assert_eq!(told, [""; 0]);
}
