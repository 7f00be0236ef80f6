//! Two instances of each example bank on one Redis.

mod abuse;
mod approvals;
mod ceremony;
mod killed;
mod locks;
mod numbers;
mod outage;
mod processes;
mod served;

use std::net::TcpListener;

use bank::{Bank, Inbox, Shared};
use mfakit::Mfa;

/// Value of `MFAKIT_SECRET` on all instances.
const SECRET: &str = "of at least thirty-two bytes, and no secret at all";

/// Example bank on one framework.
struct Framework {
    /// Name of the program.
    name: &'static str,
    /// Function that serves the app as a task of the test, with sessions in the shared Redis.
    serve: fn(TcpListener, Bank, Mfa, Shared),
}

const AXUM: Framework = Framework { name: "bank-axum", serve: serve_axum };
const ACTIX: Framework = Framework { name: "bank-actix", serve: serve_actix };

fn serve_axum(listener: TcpListener, bank: Bank, mfa: Mfa, shared: Shared) {
    tokio::spawn(async move {
        let sessions = bank_axum::redis_sessions(shared.redis_url()).await.unwrap();
        let router = bank_axum::App { bank, mfa, inbox: Inbox::default() }.router(sessions);
        axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await
    });
}

fn serve_actix(listener: TcpListener, bank: Bank, mfa: Mfa, shared: Shared) {
    tokio::spawn(async move {
        let store = bank_actix::RedisSessions::connect(shared.redis_url()).await.unwrap();
        let sessions = bank_actix::Sessions::shared(store, shared.secret());
        let app = move || bank_actix::app(bank.clone(), mfa.clone(), Inbox::default(), sessions.clone());
        let server = actix_web::HttpServer::new(app).workers(1).disable_signals();
        server.listen(listener).unwrap().run().await
    });
}

/// Defines tests with these names, on both frameworks.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod axum {$(
            #[tokio::test]
            async fn $name() {
                super::$name(&crate::two_instances::AXUM).await;
            }
        )+}
        mod actix {$(
            #[tokio::test]
            async fn $name() {
                super::$name(&crate::two_instances::ACTIX).await;
            }
        )+}
    };
}
use on_both;
