//! Size of the tables.

use futures_util::{StreamExt, stream};
use mfakit::{Clock, LoginId, Scope, SystemClock, UserId, store::Key};
use mfakit_sqlx::Pool;
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    database::{Database, File},
    grants,
    world::{self, World},
};

/// Users with a live grant, unless `MFAKIT_ROWS` is set.
const USERS: u32 = 100_000;

/// Prints the size of the table of users and of its indexes, after each user has completed a challenge, for each user.
pub(crate) async fn print(world: &World) {
    let file = File::new();
    // Nothing waits for the disk, which changes no size.
    let options = file.options().synchronous(SqliteSynchronous::Off);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let tables = "SELECT sum(pgsize) FROM dbstat WHERE name = 'mfakit_users'";
    let indexes = "SELECT sum(pgsize) FROM dbstat WHERE name = 'mfakit_users_sweep_at'";
    of(&Database::Sqlite(file), pool.into(), [tables, indexes]).await;
    let database = world.postgres().await;
    let Database::Postgres { options, .. } = &database else { return };
    let options = options.clone().options([("synchronous_commit", "off")]);
    let pool = PgPoolOptions::new().max_connections(10).connect_with(options).await.unwrap();
    let sizes = ["SELECT pg_table_size('mfakit_users')", "SELECT pg_indexes_size('mfakit_users')"];
    of(&database, pool.into(), sizes).await;
}

async fn of(database: &Database, pool: Pool, sizes: [&str; 2]) {
    let (store, scope, users) =
        (world::store(pool).await, Scope::new("transfer").unwrap(), world::rows(USERS));
    stream::iter(0..users)
        .map(async |user| {
            let (user, login) = (UserId::from(format!("user-{user}")), LoginId::random());
            grants::grant(&store, Key::unbound(&user, &login, &scope), SystemClock.now()).await;
        })
        .buffer_unordered(8)
        .collect::<()>()
        .await;
    let name = database.name();
    for (part, size) in ["table", "indexes"].iter().zip(sizes) {
        let size = database.number(size).await as f64 / f64::from(users);
        println!("{:<64} {size:>12.0}", format!("{name}: bytes of a live grant at {users}, {part}"));
    }
}
