//! PostgreSQL for one test, which stops and starts it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};

use sqlx::{Connection as _, PgConnection};

use crate::postgres::{newest_binaries, start};

/// A server for one test, that stops and starts when it is told.
pub struct OwnServer {
    /// Of a database that nobody used before.
    pub url: String,
    told: ChildStdin,
    says: BufReader<ChildStdout>,
    _watcher: Child,
}

/// `None`, said aloud, when PostgreSQL is not installed here.
pub async fn own_server() -> Option<OwnServer> {
    let Some(binaries) = newest_binaries() else {
        let required = std::env::var("IWMO_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "IWMO_REQUIRE_POSTGRES=1, but PostgreSQL is not installed: this test starts and stops one");
        eprintln!("skipped: no PostgreSQL to start and stop (/usr/lib/postgresql is empty)");
        return None;
    };
    let (url, mut watcher, says) = start(&binaries);
    let told = watcher.stdin.take().expect("its input is piped");
    let mut conn = PgConnection::connect(&url.replace("{}", "postgres")).await.expect("the server answers");
    sqlx::query("CREATE DATABASE iwmo").execute(&mut conn).await.expect("a new database");
    conn.close().await.expect("the connection closes");
    Some(OwnServer { url: url.replace("{}", "iwmo"), told, says, _watcher: watcher })
}

impl OwnServer {
    /// As a power cut would stop it.
    pub fn stop(&mut self) {
        self.tell("stop");
    }

    pub fn start(&mut self) {
        self.tell("start");
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.told, "{word}").expect("the shell listens");
        let mut said = String::new();
        self.says.read_line(&mut said).expect("the shell answers");
        assert_eq!(said, "done\n");
    }
}
