//! The one writer of a SQLite database: takes all commands that wait, and commits them as a group.
//!
//! A commit costs one flush of the disk however much is in it, and SQLite has one writer at a time, so
//! commands that queue up while the disk is busy share the next flush, and those that are alike one exchange with the
//! database, with one statement for their rows of one table. When one of them fails, all are taken back and run again,
//! each with a savepoint, so that it is rolled back alone; a savepoint for each at once would cost as much as what most
//! of them do. Nobody is answered before the commit; when that fails, all get its error.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _};
use tokio::runtime::Builder;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::Turn;
use super::sql::Batch;
use crate::store::StoreError;
use crate::store::use_case::{Kept, UseCase};

/// How many commands one commit takes at most, and how many wait before a caller does.
const GROUP: usize = 128;

/// How long after the start of one group the next one starts at the earliest, where several came in together: a commit takes
/// about as much for two of them as for one. Who comes alone never waits for others.
const PACE: Duration = Duration::from_millis(2);

/// What somebody wants written.
#[async_trait]
trait Command: Send {
    /// All that it does, when that was known beforehand; once, as it then counts as done.
    fn plan(&mut self) -> Option<Batch>;

    /// Does it inside the transaction of the group; again when the first time was taken back. Answers whether to keep what
    /// it did.
    async fn run(&mut self, conn: &mut SqliteConnection) -> bool;

    /// Whether what it met lies with the connection or the disk, and not with what it does.
    fn met_trouble(&self) -> bool;

    /// Tells whoever asked, once the fate of the group is known.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

/// A use case, and where its caller waits.
struct Queued<K, T, U> {
    asked: K,
    use_case: U,
    /// With what it gives.
    plan: Option<(Batch, T)>,
    done: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

#[async_trait]
impl<K, T, U> Command for Queued<K, T, U>
where
    K: Kept,
    T: Send,
    U: for<'c> UseCase<'c, SqliteConnection, K::Lent<'c>, T>,
{
    fn plan(&mut self) -> Option<Batch> {
        let (batch, given) = self.plan.take()?;
        self.done = Ok(given);
        Some(batch)
    }

    async fn run(&mut self, conn: &mut SqliteConnection) -> bool {
        self.done = self.use_case.run(conn, self.asked.lend()).await;
        self.done.is_ok()
    }

    fn met_trouble(&self) -> bool {
        matches!(&self.done, Err(StoreError::Database(cause)) if is_trouble(cause))
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        // A caller that went away does not hear it; what it asked for is done all the same.
        drop(self.answer.send(fate.and(self.done)));
    }
}

/// Read-only, a fault of the disk, damaged, full, not to be opened, or not a database any more. SQLite opens a file that may
/// not be written as one to read, and such a connection never writes again.
fn is_trouble(cause: &sqlx::Error) -> bool {
    const OF_THE_FILE: [u32; 6] = [8, 10, 11, 13, 14, 26];
    let code = cause.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| OF_THE_FILE.contains(&(code & 0xff)))
}

/// The file of a database, and how to open it again.
pub struct Home {
    options: SqliteConnectOptions,
    path: PathBuf,
    /// Device and number: another file may stand there later.
    file: (u64, u64),
}

impl Home {
    /// The file that stands there now.
    ///
    /// # Errors
    /// There is none.
    pub fn of(options: SqliteConnectOptions, path: &Path) -> std::io::Result<Self> {
        Ok(Self { options, path: path.to_owned(), file: identity(path)? })
    }

    /// What is written after the file was removed or replaced would be gone with the process.
    fn check(&self) -> Result<(), sqlx::Error> {
        if identity(&self.path).ok() == Some(self.file) {
            return Ok(());
        }
        let gone = "the file of the database was removed or replaced; put it back or start again";
        Err(sqlx::Error::Io(std::io::Error::other(gone)))
    }
}

fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// The way to the writer.
pub struct Writer {
    /// `None` once closing began.
    queue: Mutex<Option<mpsc::Sender<Box<dyn Command>>>>,
    /// Told when its thread ends.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    /// Starts it. `home` tells how to get a clean connection after a group failed; it writes when it has the `turn`, and
    /// `committed` is told of every commit.
    ///
    /// It has a thread of its own: between one command and the next the database would wait for whatever else a shared one
    /// has to do first.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn start(
        conn: SqliteConnection,
        home: Option<Home>,
        turn: Turn,
        committed: Arc<Notify>,
    ) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel(GROUP);
        let (end, ended) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_time().build()?;
        std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            runtime.block_on(write_groups(waiting, conn, home, (turn, committed)));
            _ = end.send(());
        })?;
        Ok(Self { queue: Mutex::new(Some(queue)), ended: Mutex::new(Some(ended)) })
    }

    /// Runs a command and answers when it is on disk.
    ///
    /// # Errors
    /// The command's own, the commit's, or [`StoreError::Closed`]: then nothing of it remains.
    pub async fn run<K, T, U>(&self, asked: K, use_case: U) -> Result<T, StoreError>
    where
        K: Kept,
        T: Send + 'static,
        U: for<'c> UseCase<'c, SqliteConnection, K::Lent<'c>, T> + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.ask(Box::new(Queued { asked, use_case, plan: None, done: Err(StoreError::Closed), answer })).await?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same for one that comes to no more than this plan, if there is one: it is carried out together with others.
    ///
    /// # Errors
    /// As those of [`Writer::run`].
    pub async fn run_planned<K, U>(&self, plan: Option<Batch>, asked: K, use_case: U) -> Result<(), StoreError>
    where
        K: Kept,
        U: for<'c> UseCase<'c, SqliteConnection, K::Lent<'c>, ()> + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let plan = plan.map(|plan| (plan, ()));
        self.ask(Box::new(Queued { asked, use_case, plan, done: Err(StoreError::Closed), answer })).await?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn ask(&self, command: Box<dyn Command>) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(StoreError::Closed)?;
        queue.send(command).await.map_err(|_| StoreError::Closed)
    }

    /// Takes no more commands, and waits until those that wait are done.
    pub async fn finish(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = ended
            && ended.await.is_err()
        {
            tracing::error!("the writer of the database broke off");
        }
    }
}

async fn write_groups(
    mut waiting: mpsc::Receiver<Box<dyn Command>>,
    mut conn: SqliteConnection,
    home: Option<Home>,
    (turn, committed): (Turn, Arc<Notify>),
) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let (began, count) = (Instant::now(), group.len());
        let failure = {
            let _turn = turn.lock().await;
            let written = match home.as_ref().map_or(Ok(()), Home::check) {
                Ok(()) => write_group(&mut conn, &mut group).await,
                gone => gone,
            };
            written.err().map(Arc::new)
        };
        match &failure {
            None => committed.notify_one(),
            Some(cause) => {
                tracing::error!(error = %cause, commands = group.len(), "a group of commands was not committed");
            }
        }
        if failure.is_some() || group.iter().any(|command| command.met_trouble()) {
            conn = fresh(conn, home.as_ref()).await;
        }
        for command in group.drain(..) {
            command.answer(failure.as_ref().map_or(Ok(()), |cause| Err(shared(cause))));
        }
        if count > 1 {
            sleep_until(began + PACE).await;
        }
    }
    if let Err(cause) = conn.close().await {
        tracing::warn!(error = %cause, "the writer's connection did not close cleanly");
    }
}

/// Runs the commands of a group and commits. On an error nothing of the group remains.
async fn write_group(conn: &mut SqliteConnection, group: &mut [Box<dyn Command>]) -> Result<(), sqlx::Error> {
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    if write_together(&mut transaction, group).await {
        return transaction.commit().await;
    }
    transaction.rollback().await?;
    write_each(conn, group).await
}

/// What was planned goes together; they came at the same time, so any order is as good. Answers whether all succeeded.
async fn write_together(conn: &mut SqliteConnection, group: &mut [Box<dyn Command>]) -> bool {
    let mut together = Vec::with_capacity(group.len());
    for command in &mut *group {
        match command.plan() {
            Some(plan) => together.push(plan),
            None if !command.run(conn).await => return false,
            None => {}
        }
    }
    Batch::run_together(together, conn).await.is_ok()
}

/// The same, where a command that fails takes no other down.
async fn write_each(conn: &mut SqliteConnection, group: &mut [Box<dyn Command>]) -> Result<(), sqlx::Error> {
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    for command in group {
        let mut savepoint = transaction.begin().await?;
        // Some errors make SQLite end the whole transaction; then the savepoint is gone, and the group fails here.
        if command.run(&mut savepoint).await { savepoint.commit().await? } else { savepoint.rollback().await? }
    }
    transaction.commit().await
}

/// The one error of a commit, for each of those that it concerns.
fn shared(cause: &Arc<sqlx::Error>) -> StoreError {
    StoreError::Database(sqlx::Error::Io(std::io::Error::other(Arc::clone(cause))))
}

/// After a failure the state of a transaction is uncertain; a new connection has none.
async fn fresh(conn: SqliteConnection, home: Option<&Home>) -> SqliteConnection {
    let Some(home) = home.filter(|home| home.check().is_ok()) else { return conn };
    match home.options.connect().await {
        Ok(new) => {
            drop(conn);
            new
        }
        Err(cause) => {
            tracing::error!(error = %cause, "the database could not be opened again");
            conn
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::yield_now;

    type Log = Arc<Mutex<Vec<String>>>;

    /// Notes when it is carried out and when it is answered.
    struct Noted(&'static str, Log, oneshot::Sender<()>);

    #[async_trait]
    impl Command for Noted {
        fn plan(&mut self) -> Option<Batch> {
            None
        }

        fn met_trouble(&self) -> bool {
            false
        }

        async fn run(&mut self, _: &mut SqliteConnection) -> bool {
            self.1.lock().expect("one thread").push(format!("run {}", self.0));
            true
        }

        fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
            fate.expect("committed");
            self.1.lock().expect("one thread").push(format!("answer {}", self.0));
            _ = self.2.send(());
        }
    }

    /// A writer, and how to ask it to carry out what has this name.
    async fn writer() -> (Log, impl Fn(&'static str) -> oneshot::Receiver<()>) {
        let conn = SqliteConnectOptions::new().in_memory(true).connect().await.expect("a database");
        let (queue, waiting) = mpsc::channel::<Box<dyn Command>>(GROUP);
        tokio::spawn(write_groups(waiting, conn, None, Default::default()));
        let log = Log::default();
        let noted = Arc::clone(&log);
        let ask = move |name| {
            let (answer, answered) = oneshot::channel();
            let asked = queue.try_send(Box::new(Noted(name, Arc::clone(&noted), answer)));
            assert!(asked.is_ok(), "the writer takes it");
            answered
        };
        (log, ask)
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_come_soon_after_a_group_are_one_group() {
        let (log, ask) = writer().await;
        let group = [ask("a"), ask("b")];
        for answered in group {
            answered.await.expect("answered");
        }
        let mut later = Vec::new();
        for name in ["c", "d", "e"] {
            later.push(ask(name));
            yield_now().await;
        }
        for answered in later {
            answered.await.expect("answered");
        }
        let log = log.lock().expect("one thread");
        assert_eq!(log[4..], ["run c", "run d", "run e", "answer c", "answer d", "answer e"], "{log:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_alone_never_waits() {
        let (_, ask) = writer().await;
        let began = Instant::now();
        for name in ["a", "b", "c"] {
            ask(name).await.expect("answered");
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    /// Writes a row, past the store.
    async fn write(writer: &Writer) -> Result<(), StoreError> {
        writer.run((), insert).await
    }

    async fn insert(conn: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO t (a) VALUES (1)").execute(conn).await?;
        Ok(())
    }

    /// A writer on a file, whose connection may only read: so it is left by a spell in which nothing could be written.
    async fn that_reads(folder: &Path) -> Writer {
        let path = folder.join("test.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        sqlx::query("CREATE TABLE t (a)")
            .execute(&mut options.connect().await.expect("a database"))
            .await
            .expect("made");
        let conn = options.clone().read_only(true).connect().await.expect("a reader");
        let home = Home::of(options, &path).expect("a file");
        Writer::start(conn, Some(home), Turn::default(), Arc::default()).expect("a thread")
    }

    #[tokio::test]
    async fn after_a_spell_of_reading_only_it_writes_again_by_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let writer = that_reads(folder.path()).await;
        assert!(matches!(write(&writer).await, Err(StoreError::Database(_))), "that connection only reads");
        write(&writer).await.expect("a new connection writes");
    }

    #[tokio::test]
    async fn nothing_is_written_to_a_file_that_was_taken_away_or_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, elsewhere) = (folder.path().join("test.db"), folder.path().join("elsewhere.db"));
        let writer = that_reads(folder.path()).await;
        write(&writer).await.expect_err("only reads");
        write(&writer).await.expect("written");
        std::fs::rename(&path, &elsewhere).expect("taken away");
        let gone = write(&writer).await.expect_err("no file");
        assert!(format!("{gone:?}").contains("removed or replaced"), "{gone:?}");
        std::fs::copy(&elsewhere, &path).expect("another file in its place");
        write(&writer).await.expect_err("not the file that was opened");
        std::fs::rename(&elsewhere, &path).expect("put back");
        write(&writer).await.expect("the same file");
    }
}
