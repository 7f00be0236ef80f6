//! Visitor of a bank, with a browser.

mod acts;
mod codes;
mod demands;
mod equipment;
mod hears;
mod sees;
mod waits;

use std::sync::{Arc, Mutex};

use mfakit::{Clock as _, SystemClock};
use thirtyfour::{Key, TypingData, WebDriver, WindowHandle};

use crate::{
    bank::{BankServer, Framework},
    driver,
    requests::Requests,
};
use equipment::Scripts;

/// Visitor of a bank, with a browser. Clones share the browser.
///
/// Selectors are CSS. An action that cannot be done panics with the text of the page.
#[derive(Clone)]
pub(crate) struct Visitor {
    browser: WebDriver,
    framework: Framework,
    address: String,
    done: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Requests>>,
    scripts: Arc<Mutex<Scripts>>,
}

impl Visitor {
    /// Creates a new visitor with an empty browser, which is used again if the test passes.
    pub(crate) async fn at(bank: &BankServer) -> Self {
        let browser = driver::browser().await;
        let (framework, address) = (bank.framework(), bank.address());
        let visitor = Self {
            browser,
            framework,
            address,
            done: Arc::default(),
            requests: Arc::default(),
            scripts: Arc::default(),
        };
        visitor.prepare_tab().await;
        visitor
    }

    /// Returns a visitor with the same browser, whose paths are another bank's.
    #[must_use]
    pub(crate) fn visiting(&self, bank: &BankServer) -> Self {
        Self { framework: bank.framework(), address: bank.address(), ..self.clone() }
    }

    /// Leaves the browser to the next test, or closes it if this test failed.
    pub(crate) async fn leave(self, failed: bool) {
        if failed { driver::quit(self.browser).await } else { driver::give_back(self.browser) }
    }

    /// Returns the browser, for actions that have no method here.
    pub(crate) fn browser(&self) -> &WebDriver {
        &self.browser
    }

    /// Opens a path of the bank, or a whole URL, and waits until it is loaded.
    pub(crate) async fn open(&self, path: &str) {
        self.did(format!("opens {path}"));
        let url = if path.starts_with('/') { format!("{}{path}", self.address) } else { path.to_owned() };
        self.browser.goto(url).await.unwrap();
        self.wait_until_loaded().await;
    }

    /// Logs in with a name that is also the password.
    pub(crate) async fn log_in(&self, name: &str) {
        self.open("/login").await;
        self.type_into("input[name=username]", name).await;
        self.type_into("input[name=password]", name).await;
        self.click_through("form[action='/login'] button").await;
        self.wait_until_path("/account").await;
    }

    /// Logs in, and then sets the bank's clock to the system's, which dates the sign-in. If the clock were set before, it would
    /// stand still while a busy machine logs in, and the sign-in would lie in its future.
    pub(crate) async fn log_in_now(&self, bank: &BankServer, name: &str) {
        self.log_in(name).await;
        bank.clock().set(SystemClock.now());
    }

    /// Presses keys, whatever has the focus: `press(Key::Tab)`, `press("1234")`.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        let keys = keys.into();
        self.did(format!("presses {keys:?}"));
        self.browser.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Presses keys while another is held: `press_with(Key::Shift, Key::Tab)`.
    pub(crate) async fn press_with(&self, held: Key, keys: impl Into<TypingData>) {
        let keys = keys.into();
        self.did(format!("presses {keys:?} with {held:?}"));
        let pressed = self.browser.action_chain().key_down(held.clone()).send_keys(keys).key_up(held);
        pressed.perform().await.unwrap();
    }

    /// Goes back, like the browser's button.
    pub(crate) async fn go_back(&self) {
        self.did("goes back".to_owned());
        self.browser.back().await.unwrap();
    }

    /// Loads the page again, and waits until it is loaded.
    pub(crate) async fn reload(&self) {
        self.did("reloads".to_owned());
        self.browser.refresh().await.unwrap();
        self.wait_until_loaded().await;
    }

    /// Opens another tab and switches to it.
    pub(crate) async fn open_tab(&self) -> WindowHandle {
        self.did("opens a tab".to_owned());
        let tab = self.browser.new_tab().await.unwrap();
        self.switch_to(&tab).await;
        self.prepare_tab().await;
        tab
    }

    /// Returns the current tab.
    pub(crate) async fn tab(&self) -> WindowHandle {
        self.browser.window().await.unwrap()
    }

    /// Switches to another tab.
    pub(crate) async fn switch_to(&self, tab: &WindowHandle) {
        self.browser.switch_to_window(tab.clone()).await.unwrap();
    }

    /// Deletes a cookie, as a user can by hand.
    pub(crate) async fn delete_cookie(&self, name: &str) {
        self.did(format!("deletes the cookie {name}"));
        self.browser.delete_cookie(name).await.unwrap();
    }

    fn did(&self, what: String) {
        self.done.lock().unwrap().push(what);
    }
}
