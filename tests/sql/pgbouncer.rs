//! Real PgBouncer, which lends connections for one transaction or for a session.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use mfakit::{Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Timestamp, UserId};
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    kit::{TestUser, granted},
    port::Port,
    server::{PostgresServer, give, unprivileged},
    stores::{builder, connected},
};

/// Process of pgbouncer. Dropping it ends the process and deletes its folder.
struct PgBouncer {
    child: Child,
    port: Port,
    folder: PathBuf,
}

impl PgBouncer {
    /// Starts a pooler that has two connections to this database, and lends them in this mode.
    async fn start(target: &PgConnectOptions, mode: &str) -> Self {
        let port = Port::reserve();
        let folder = env::temp_dir().join(format!("mfakit-pgbouncer-{}", port.number()));
        fs::create_dir_all(&folder).unwrap();
        let users = folder.join("users.txt");
        fs::write(&users, "\"mfakit\" \"\"\n").unwrap();
        let settings = format!(
            "[databases]\n* = host={} port={} user=mfakit\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\nauth_type = trust\n\
             auth_file = {}\npool_mode = {mode}\ndefault_pool_size = 2\n\
             ignore_startup_parameters = extra_float_digits\n",
            target.get_host(),
            target.get_port(),
            port.number(),
            users.display()
        );
        fs::write(folder.join("pgbouncer.ini"), settings).unwrap();
        give(&folder);
        let mut pgbouncer = unprivileged(Path::new("pgbouncer"));
        let child =
            pgbouncer.arg(folder.join("pgbouncer.ini")).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child
            .expect("pgbouncer must be installed: run `cargo xtask test` or `apt-get install pgbouncer`");
        let started = Self { child, port, folder };
        let start = Instant::now();
        while started.to(target).connect().await.is_err() {
            assert!(start.elapsed() < Duration::from_secs(60), "pgbouncer does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        started
    }

    /// Returns the options of a connection to this database, through the pooler.
    fn to(&self, target: &PgConnectOptions) -> PgConnectOptions {
        target.clone().port(self.port.number())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn the_simple_protocol_works_behind_pgbouncer_and_prepared_statements_are_rejected() {
    let server = PostgresServer::shared().await;
    let target = server.database().await;
    let pooler = PgBouncer::start(&target, "transaction").await;
    let pool = PgPoolOptions::new().max_connections(8).connect_with(pooler.to(&target)).await.unwrap();
    // Each connection of the pool would prepare a statement of the same name.
    let mut clients = Vec::new();
    for _ in 0..4 {
        clients.push(pool.acquire().await.unwrap());
    }
    let store = builder(&pool).simple_protocol().migrate().await.unwrap();
    let book = store.connect().await.unwrap().number_book();
    let alice = UserId::from("alice");
    let number = |text: &str| PhoneNumber::new(text).unwrap();
    let [old, new] = [number("+19195551234"), number("+12025550123")];
    let at = Timestamp::from_millis(1_767_268_800_000);
    for (change, on_file) in [
        (NumberChange::add(NumberOnFile::new(old.clone(), at)), Some(&old)),
        (NumberChange::replace(old.clone(), NumberOnFile::new(new.clone(), at)), Some(&new)),
        (NumberChange::remove(new.clone()), None),
    ] {
        assert_eq!(book.change(&alice, &change).await.unwrap(), Changed::Done);
        let found = book.number(&alice).await.unwrap().map(|found| found.number);
        assert_eq!(found.as_ref(), on_file);
    }
    drop(clients);
    for _ in 0..40 {
        let pool = pool.clone();
        // sqlx panics if the answer is that of a statement of another client.
        let connecting = tokio::spawn(async move { builder(pool).connect().await });
        let error = connecting.await.unwrap().unwrap_err().to_string();
        assert!(error.contains("turn on simple_protocol"), "{error}");
    }
    // Two instances that start at once, each with one connection.
    for _ in 0..10 {
        let connecting = [(); 2].map(|()| {
            let options = pooler.to(&target);
            tokio::spawn(async move {
                let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
                builder(pool).connect().await
            })
        });
        for connecting in connecting {
            let error = connecting.await.unwrap().unwrap_err().to_string();
            assert!(error.contains("turn on simple_protocol"), "{error}");
        }
    }
}

#[tokio::test]
async fn prepared_statements_work_behind_pgbouncer_if_a_client_keeps_its_connection() {
    let server = PostgresServer::shared().await;
    let target = server.database().await;
    let pooler = PgBouncer::start(&target, "session").await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(pooler.to(&target)).await.unwrap();
    let store = connected(&pool).await;
    granted(&store, &TestUser::new("alice")).await;
}
