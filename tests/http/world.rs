//! The standard app, and the world around it that a case can change.

use std::time::Duration;

use futures_util::future::join_all;
use mfakit::{
    ClientAddress, Clock as _, MemoryNumberBook, Mfa, MfaBuilder, NumberOnFile, PhoneNumber, Policy, Secret,
    UserId,
    notifier::OnNoticeError,
    policy::Limit,
    testing::{ManualClock, SentCode, TestProvider},
};
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    faults::{FaultyBook, FaultyProvider, FaultyRecoveryBook, FaultyStore, PhoneBook},
    framework::{App, Framework, Layer, Ledger, Manner, Rejections, Rest, Server, Shape},
    heard::Heard,
    log::Log,
    notices::Notices,
};

/// Origin of the site.
pub(crate) const SITE: &str = "https://bank.example";
/// Origin whose pages may call the routes.
pub(crate) const TRUSTED: &str = "https://app.bank.example";
/// Phone number of Alice.
pub(crate) const ALICES_NUMBER: &str = "+19195551234";

/// Secret of the site, if recovery codes must outlive the process.
const SECRET: &str = "a secret of more than thirty-two bytes";

/// Age of the numbers on file.
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Settings of the world of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) shape: Shape,
    /// Label of the scope `reports`.
    pub(crate) label: &'static str,
    pub(crate) policy: fn() -> Policy,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) dress: fn(MfaBuilder) -> MfaBuilder,
    /// True if people change their numbers themselves.
    pub(crate) enrolling: bool,
    /// True if people who lost their phone can replace its number.
    pub(crate) recovering: bool,
}

impl Default for Setting {
    fn default() -> Self {
        let shape = Shape {
            layer: Layer::Around,
            login_url: Some("/login"),
            rest: Rest::Nothing,
            normalized: false,
            cors: false,
            rejections: Rejections::Default,
        };
        Self {
            shape,
            label: "see the reports",
            policy: roomy,
            client_address: None,
            dress: |builder| builder,
            enrolling: false,
            recovering: false,
        }
    }
}

/// Limits with so many sends that only the waits between them affect a case about something else.
fn roomy() -> Policy {
    let many = [Limit::new(1000, Duration::from_secs(60 * 60))];
    Policy::default()
        .sends_per_login_and_scope(many)
        .sends_per_user(many)
        .sends_per_number(many)
        .sends_per_block(many)
}

/// Returns an engine of another group of users, with a scope of the same name.
pub(crate) fn foreign_engine() -> Mfa {
    Mfa::builder(TestProvider::new(), SITE)
        .scope("settings", "change the settings of others")
        .directory(async |_: UserId| None::<String>)
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap()
}

/// The standard app on some framework, and the parts around it.
pub(crate) struct World {
    server: Box<dyn Server>,
    pub(crate) manner: Manner,
    pub(crate) mfa: Mfa,
    pub(crate) clock: ManualClock,
    pub(crate) provider: FaultyProvider,
    pub(crate) store: FaultyStore,
    pub(crate) phones: PhoneBook,
    /// Numbers of the users, if people change them themselves.
    pub(crate) book: MemoryNumberBook,
    /// Notices about changed numbers.
    pub(crate) notices: Notices,
    /// Recovery codes of the users, if there are any.
    pub(crate) recovery: FaultyRecoveryBook,
    pub(crate) ledger: Ledger,
    pub(crate) log: Log,
}

/// A challenge that was started, and the code that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    pub(crate) challenge: String,
    pub(crate) code: String,
}

/// A challenge page, as far as a browser submits it.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) token: String,
    pub(crate) challenge: Option<String>,
    pub(crate) signed: Option<String>,
}

impl World {
    pub(crate) async fn new(framework: &dyn Framework, setting: Setting, log: Log) -> Self {
        let (clock, provider) = (ManualClock::new(), FaultyProvider::default());
        let (store, phones, ledger) = (FaultyStore::default(), PhoneBook::default(), Ledger::default());
        let (book, notices) = (MemoryNumberBook::new(), Notices::default());
        let recovery = FaultyRecoveryBook::default();
        ledger.sign_in_at(clock.now());
        for (user, number) in [("alice", ALICES_NUMBER), ("bob", "+19195555678"), ("dave", "+442071838750")] {
            phones.enter(user, number);
            book.set(user, NumberOnFile::new(PhoneNumber::new(number).unwrap(), clock.now() - MONTH));
        }
        let builder = Mfa::builder(provider.clone(), SITE)
            .name("The Bank")
            .scope("pay", "make a payment")
            .scope("settings", "change your settings")
            .scope("reports", setting.label)
            .messaging_to(["US"])
            .trusted_origins([TRUSTED])
            .policy((setting.policy)())
            .store(store.store())
            .clock(clock.clone());
        let builder = if setting.enrolling {
            builder
                .number_book(FaultyBook { memory: book.clone(), fault: phones.fault.clone() })
                .notifier(notices.clone(), OnNoticeError::Hold)
        } else {
            let phones = phones.clone();
            builder.directory(move |user: UserId| {
                let phones = phones.clone();
                async move { phones.look_up(&user).await }
            })
        };
        let builder = if setting.recovering {
            builder.recovery(recovery.clone()).secret(Secret::new(SECRET).unwrap())
        } else {
            builder
        };
        let builder = match setting.client_address {
            Some(how) => builder.client_address(how),
            None => builder,
        };
        let builder = setting.shape.login_url.into_iter().fold(builder, MfaBuilder::login_url);
        let mfa = (setting.dress)(builder).build().unwrap();
        let app = App { mfa: mfa.clone(), ledger: ledger.clone(), shape: setting.shape };
        let server = framework.serve(app).await;
        let manner = framework.manner();
        Self { server, manner, mfa, clock, provider, store, phones, book, recovery, notices, ledger, log }
    }

    /// Sends a request and returns the answer. Asserts everything that holds for every answer.
    pub(crate) async fn hear(&self, ask: Ask) -> Heard {
        let target = ask.target.clone();
        let before = self.ledger.counts();
        let answered = tokio::time::timeout(Duration::from_secs(60 * 60), self.server.answer(ask)).await;
        let answered = answered.expect("every question gets an answer");
        let after = self.ledger.counts();
        let [runs, extracted, identified, body_read] =
            std::array::from_fn(|at| after[at].checked_sub(before[at]).unwrap());
        let heard = Heard {
            status: answered.status,
            headers: answered.headers,
            body: answered.body,
            runs,
            extracted,
            identified,
            body_read,
        };
        self.holds_always(&target, &heard);
        heard
    }

    /// Sends all of these concurrently. Returns the statuses, and how often a handler ran.
    pub(crate) async fn at_once(&self, asks: impl IntoIterator<Item = Ask>) -> (Vec<u16>, usize) {
        let [before, ..] = self.ledger.counts();
        let answers = asks.into_iter().map(|ask| self.server.answer(ask));
        let statuses = join_all(answers).await.into_iter().map(|answered| answered.status).collect();
        let [after, ..] = self.ledger.counts();
        (statuses, after - before)
    }

    /// Sends these requests concurrently, and returns their answers.
    pub(crate) async fn answers_at_once<const N: usize>(&self, asks: [Ask; N]) -> [Heard; N] {
        let answers = join_all(asks.into_iter().map(|ask| self.server.answer(ask))).await;
        let heard: Vec<_> = answers
            .into_iter()
            .map(|answered| Heard {
                status: answered.status,
                headers: answered.headers,
                body: answered.body,
                // The counts of concurrent requests cannot be told apart.
                runs: 0,
                extracted: 0,
                identified: 0,
                body_read: 0,
            })
            .collect();
        heard.try_into().unwrap_or_else(|_| panic!("each of them is answered"))
    }

    /// Asserts everything that holds for every answer.
    fn holds_always(&self, target: &str, heard: &Heard) {
        assert!(heard.identified <= 1, "who it is was asked {} times: {heard}", heard.identified);
        let path = target.split('?').next().unwrap_or_default();
        let below: Vec<_> = path.strip_prefix("/mfa/").into_iter().flat_map(|rest| rest.split('/')).collect();
        let ours = (1..=2).contains(&below.len()) && below.iter().all(|segment| !segment.is_empty());
        if ours || matches!(heard.status, 303 | 401 | 500 | 503) {
            assert_eq!(heard.header("cache-control"), Some("no-store"), "{target}: {heard}");
            assert_eq!(heard.header("x-content-type-options"), Some("nosniff"), "{target}: {heard}");
        }
        if ours {
            let policy = heard.header("cross-origin-resource-policy");
            let importable = path == "/mfa/-/mfa-remote.js" && heard.status == 200;
            let expected = if importable { "cross-origin" } else { "same-origin" };
            assert_eq!(policy, Some(expected), "{target}: {heard}");
        }
        if let Some(location) = heard.header("location") {
            let local = location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
            assert!(local, "a redirect leaves the site: {heard}");
        }
        if heard.header("content-type") == Some("application/problem+json") && !heard.body.is_empty() {
            let members = heard.value();
            assert_eq!(members["status"], heard.status, "{heard}");
            assert!(
                members["type"].as_str().is_some_and(|urn| urn.starts_with("urn:mfakit:problem:")),
                "{heard}"
            );
            assert!(members["title"].as_str().is_some_and(|title| !title.is_empty()), "{heard}");
        }
        for SentCode { to, code, scope, .. } in self.provider.inner.inbox() {
            let said = format!("{:?} {}", heard.headers, heard.text());
            let secrets = [code.as_str(), &to.as_e164()[1..], &scope];
            assert!(secrets.iter().all(|secret| !said.contains(secret)), "a secret was said: {heard}");
        }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn last_code(&self) -> String {
        self.provider.inner.last_code().expect("a code was sent")
    }

    /// Requests a code by text message, from a script.
    pub(crate) async fn ask_for_code(&self, who: Who, scope: &str) -> Heard {
        let ask = Ask::json(&format!("/mfa/{scope}/challenge"), &json!({ "channel": "messaging" }));
        self.hear(ask.by(who)).await
    }

    /// Requests a code, and asserts that it was sent.
    pub(crate) async fn start(&self, who: Who, scope: &str) -> Started {
        let heard = self.ask_for_code(who, scope).await;
        let challenge = heard.status(201).value()["challenge"].as_str().unwrap().to_owned();
        Started { challenge, code: self.last_code() }
    }

    /// Requests a code at the address that a rejection has named, and asserts that it was sent.
    pub(crate) async fn start_at(&self, who: Who, challenge_url: &str) -> Started {
        let ask = Ask::json(challenge_url, &json!({ "channel": "messaging" })).by(who);
        let challenge = self.hear(ask).await.status(201).value()["challenge"].as_str().unwrap().to_owned();
        Started { challenge, code: self.last_code() }
    }

    /// Enters a code, from a script.
    pub(crate) async fn type_code(&self, who: Who, scope: &str, challenge: &str, code: &str) -> Heard {
        let body = json!({ "challenge": challenge, "code": code });
        self.hear(Ask::json(&format!("/mfa/{scope}/verify"), &body).by(who)).await
    }

    /// Completes the ceremony. Returns the grant cookie, or an empty text for a bearer token.
    pub(crate) async fn elevate(&self, who: Who, scope: &str) -> String {
        let started = self.start(who, scope).await;
        let heard = self.type_code(who, scope, &started.challenge, &started.code).await;
        heard.status(200);
        if who == Who::AliceByToken { String::new() } else { heard.cookie() }
    }

    /// Gets the page as a browser.
    pub(crate) async fn page(&self, who: Who, target: &str) -> Page {
        Page::read(self.hear(Ask::get(target).navigating().by(who)).await.page(200))
    }
}

impl Started {
    /// Returns a code that was not sent.
    pub(crate) fn wrong_code(&self) -> String {
        let first = if self.code.starts_with('0') { '1' } else { '0' };
        format!("{first}{}", &self.code[1..])
    }
}

impl Page {
    pub(crate) fn read(html: String) -> Self {
        let value = |name: &str| {
            let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        let token = value("token").expect("the page has a form token");
        Self { token, challenge: value("challenge"), signed: value("return"), html }
    }

    /// Returns the fields of its hidden inputs, with more fields.
    pub(crate) fn fields(&self, more: &str) -> String {
        let challenge = self.challenge.as_ref().filter(|_| more.starts_with("code="));
        let hidden = [("challenge", challenge), ("return", self.signed.as_ref())];
        let hidden = hidden.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?)));
        format!("token={}{}&{more}", self.token, hidden.collect::<String>())
    }
}
