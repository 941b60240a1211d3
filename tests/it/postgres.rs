//! PostgreSQL for tests: a server that is there, or one started from the installed binaries.
//!
//! One server per test run, one fresh database per test. The server is watched by a shell that reads from
//! a pipe of ours: however this process ends, the pipe breaks, and the shell stops the server and removes
//! its files. `IWMO_REQUIRE_POSTGRES=1` makes a missing server a failure.

#![expect(clippy::disallowed_methods, reason = "tests are told by the environment where PostgreSQL is")]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Where a server listens; `{}` stands for the database.
struct Server {
    url: String,
    /// The shell that watches over the server. Its input breaks off when this process ends.
    _watcher: Option<Child>,
}

/// The address of a database that nobody used before; `None`, said aloud, when there is no PostgreSQL.
pub async fn fresh_database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = SERVER.get_or_init(find_or_start) else {
        let required = std::env::var("IWMO_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "IWMO_REQUIRE_POSTGRES=1, but there is no TEST_DATABASE_URL and no PostgreSQL installed");
        eprintln!("skipped: no PostgreSQL (TEST_DATABASE_URL is not set, /usr/lib/postgresql is empty)");
        return None;
    };
    let name = format!("iwmo_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::connect(&server.url.replace("{}", "postgres")).await.expect("the server answers");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.expect("a new database");
    conn.close().await.expect("the connection closes");
    Some(server.url.replace("{}", &name))
}

fn find_or_start() -> Option<Server> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        return Some(Server { url: with_any_database(&url), _watcher: None });
    }
    newest_binaries().map(|binaries| {
        let (url, watcher, _) = start(&binaries);
        Server { url, _watcher: Some(watcher) }
    })
}

/// The address with `{}` in place of the name of the database.
fn with_any_database(url: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, String::new()), |(a, q)| (a, format!("?{q}")));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..].find('/').map_or(address.len(), |at| authority + at);
    format!("{}/{{}}{query}", &address[..end])
}

/// The newest PostgreSQL that is installed here.
pub fn newest_binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let binaries = versions.filter_map(|version| {
        let number: u32 = version.file_name().to_str()?.parse().ok()?;
        let folder = version.path().join("bin");
        folder.join("initdb").exists().then_some((number, folder))
    });
    binaries.max().map(|(_, folder)| folder)
}

/// Safe to lose, hence fast: nothing waits for a disk.
const SERVE: &str = r#"
trap '' INT
PATH="$1:$PATH"; cd "$2" || exit 1
options="-k '$2' -c listen_addresses= -c fsync=off -c max_connections=300"
{
    initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync &&
    pg_ctl -D data -l log -w -o "$options" start
} > out 2>&1 < /dev/null || { cat out log; exit 1; }
echo ready
while read -r word; do
    case "$word" in
    stop) pg_ctl -D data -m immediate -w stop > out 2>&1 < /dev/null ;;
    start) pg_ctl -D data -l log -w -o "$options" start > out 2>&1 < /dev/null ;;
    esac
    echo done
done
pg_ctl -D data -m immediate -w stop > /dev/null 2>&1
rm -rf "$2"
"#;

/// The address of a server with `{}` in place of its database, the shell that watches over it and takes `stop` and `start`, and
/// what that says.
pub fn start(binaries: &Path) -> (String, Child, BufReader<ChildStdout>) {
    let folder = tempfile::Builder::new().prefix("iwmo-pg-").tempdir().expect("a temporary folder").keep();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(SERVE).arg("sh").arg(binaries).arg(&folder);
    // PostgreSQL refuses to run as root.
    if std::fs::metadata("/proc/self").expect("this process").uid() == 0 {
        let (uid, gid) = user("postgres").expect("a user postgres");
        chown(&folder, Some(uid), Some(gid)).expect("root may give away a folder");
        shell.uid(uid).gid(gid);
    }
    let mut watcher = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut said = BufReader::new(watcher.stdout.take().expect("its output is piped"));
    let mut line = String::new();
    while said.read_line(&mut line).expect("text") > 0 && !line.ends_with("ready\n") {}
    assert!(line.ends_with("ready\n"), "PostgreSQL did not start:\n{line}");
    let url = format!("postgres://postgres@localhost/{{}}?host={}", folder.display());
    (url, watcher, said)
}

fn user(name: &str) -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(name))?.skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[test]
fn only_the_database_of_an_address_is_replaced() {
    assert_eq!(
        with_any_database("postgres://u:p@host:5432/mine?sslmode=require"),
        "postgres://u:p@host:5432/{}?sslmode=require"
    );
    assert_eq!(with_any_database("postgres://host"), "postgres://host/{}");
}
