//! A bank that a browser can visit.

use std::{net::TcpListener, thread};

use actix_web::{
    Error, HttpResponse, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    rt::System,
};
use axum::{http::header, routing::get};
use bank::{Bank, Inbox, start_up::listen, step_up::step_up};
use bank_actix::Sessions;
use bank_axum::App;
use mfakit::{
    Mfa, MfaBuilder,
    testing::{ManualClock, TestProvider},
};
use tokio::{runtime, sync::oneshot};
use tower_sessions::MemoryStore;

/// Service worker that forwards every request, served as `/worker.js`. Because it adds a signal of its own, a
/// navigation becomes a request by script.
const WORKER: &str = "
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
    self.addEventListener('fetch', event =>
        event.respondWith(fetch(event.request, { signal: new AbortController().signal })));
";

/// Web framework of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Axum,
    Actix,
}

/// A bank on a port of this machine, with its own clock, provider and store. It closes when it is dropped.
pub(crate) struct BankServer {
    framework: Framework,
    port: u16,
    clock: ManualClock,
    provider: TestProvider,
    mfa: Mfa,
    _close: oneshot::Sender<()>,
}

impl Framework {
    /// Returns its name in names of tests and files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Actix => "actix",
        }
    }
}

impl BankServer {
    /// Opens a bank as the examples set it up.
    pub(crate) fn open(framework: Framework) -> Self {
        Self::with(framework, |engine| engine)
    }

    /// Opens a bank whose engine has more settings, such as another policy or store.
    pub(crate) fn with(framework: Framework, set_up: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Self {
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (clock, provider) = (ManualClock::new(), TestProvider::new());
        let bank = Bank::open().unwrap();
        let engine = step_up(provider.clone(), port, &bank).clock(clock.clone());
        let mfa = set_up(engine).build().unwrap();
        let (close, closed) = oneshot::channel();
        let served = mfa.clone();
        thread::spawn(move || match framework {
            Framework::Axum => serve_axum(listener, bank, served, closed),
            Framework::Actix => serve_actix(listener, bank, served, closed),
        });
        Self { framework, port, clock, provider, mfa, _close: close }
    }

    /// Returns its web framework.
    pub(crate) fn framework(&self) -> Framework {
        self.framework
    }

    /// Returns its origin.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the clock of challenges and grants, which stands still.
    pub(crate) fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// Returns the provider that sends the codes.
    pub(crate) fn provider(&self) -> &TestProvider {
        &self.provider
    }

    /// Returns the engine, which the bank's support uses.
    pub(crate) fn mfa(&self) -> &Mfa {
        &self.mfa
    }

    /// Returns the code that was sent last.
    pub(crate) fn code(&self) -> String {
        self.provider.last_code().expect("a code was sent")
    }
}

// Each has its own thread and runtime, so a test that is busy or waits never keeps its bank from answering.

fn serve_axum(listener: TcpListener, bank: Bank, mfa: Mfa, closed: oneshot::Receiver<()>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let router = App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default());
        let worker = || async { ([(header::CONTENT_TYPE, "text/javascript")], WORKER) };
        let router = router.route("/worker.js", get(worker));
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        tokio::select! {
            served = axum::serve(listener, router) => served.unwrap(),
            _ = closed => {}
        }
    });
}

fn serve_actix(listener: TcpListener, bank: Bank, mfa: Mfa, closed: oneshot::Receiver<()>) {
    System::new().block_on(async {
        let sessions = Sessions::in_memory();
        let app = move || {
            let app = bank_actix::app(bank.clone(), mfa.clone(), Inbox::default(), sessions.clone());
            app.wrap(from_fn(worker))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let _ = closed.await;
        handle.stop(false).await;
    });
}

/// Serves the worker before the bank sees the request, since its pages answer every path.
async fn worker(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.path() == "/worker.js" {
        let worker = HttpResponse::Ok().content_type("text/javascript").body(WORKER);
        return Ok(request.into_response(worker));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
