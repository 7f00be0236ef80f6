//! Actions on the page. Finding an element and acting on it is one step, which is repeated until it succeeds.

use std::fmt::Write as _;

use thirtyfour::{
    WebElement,
    error::{WebDriverError, WebDriverErrorInner, WebDriverResult},
};
use tokio::time::{Instant, sleep};

use super::{
    Visitor,
    sees::IS_SHOWN,
    waits::{CALL_TIMEOUT, PAUSE},
};

/// Finds the first usable element: the page is loaded, so its scripts have run, and the element is shown and
/// enabled. A submit button is not usable while its form is still busy with the last click.
const USABLE: &str = "
    if (document.readyState !== 'complete') return null;
    const isBusy = found => found.type === 'submit' && found.form?.closest('[aria-busy=true]');
    const isUsable = found => isShown(found) && !found.matches(':disabled') && !isBusy(found);
    return [...document.querySelectorAll(arguments[0])].find(isUsable) ?? null;
";

impl Visitor {
    /// Clicks an element as soon as it is usable.
    pub(crate) async fn click(&self, selector: &str) {
        self.click_on(selector).await;
    }

    /// Clicks an element that leads on, and waits until it is gone: the next page is loaded, or the next
    /// sheet of a dialog. So later waits never find the same element of the previous page.
    pub(crate) async fn click_through(&self, selector: &str) {
        let clicked = self.click_on(selector).await;
        let is_gone = async || self.is_gone(&clicked).await;
        self.wait_until(&format!("{selector} leads on"), is_gone).await;
    }

    /// Clicks the corner of the window, which is outside of a dialog.
    pub(crate) async fn click_outside(&self) {
        self.did("clicks the corner of the window".to_owned());
        self.browser.action_chain().move_to(3, 3).click().perform().await.unwrap();
    }

    /// Types into a field, replacing its content.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        self.did(format!("types {text:?} into {selector}"));
        let typed = async |field: &WebElement| {
            field.clear().await?;
            field.send_keys(text).await?;
            Ok(field.prop("value").await?.as_deref() == Some(text))
        };
        self.act(selector, "typed into", typed).await;
    }

    /// Runs an action that leads to another page, and waits until that is loaded. A page that a script puts
    /// in place of another counts too.
    pub(crate) async fn to_next_page(&self, act: impl AsyncFnOnce()) {
        self.wait_for("body").await;
        self.script("document.body.wasHereBefore = true").await;
        act().await;
        let loaded = "return document.readyState === 'complete' && !document.body.wasHereBefore";
        self.wait_until("the next page is loaded", async || self.script(loaded).await == true).await;
    }

    async fn click_on(&self, selector: &str) -> WebElement {
        self.did(format!("clicks {selector}"));
        let click = async |element: &WebElement| element.click().await.map(|()| true);
        self.act(selector, "clicked", click).await
    }

    /// Finds an element and acts on it, until `act` reports that it is done.
    async fn act(
        &self,
        selector: &str,
        done: &str,
        act: impl AsyncFn(&WebElement) -> WebDriverResult<bool>,
    ) -> WebElement {
        let begun = Instant::now();
        loop {
            let mut why = String::new();
            match self.find(selector).await {
                Ok(None) => why.push_str("there is none that is shown, enabled and not busy"),
                Ok(Some(element)) => match act(&element).await {
                    Ok(true) => return element,
                    Ok(false) => why.push_str("it does not keep what is done to it"),
                    Err(error) if is_too_early(&error) => write!(why, "{error}").unwrap(),
                    Err(error) => self.stop(&format!("{selector} cannot be {done}: {error}")).await,
                },
                Err(error) if is_about_a_page_that_went(&error) => write!(why, "{error}").unwrap(),
                Err(error) => self.stop(&format!("{selector} cannot be looked for: {error}")).await,
            }
            if begun.elapsed() > CALL_TIMEOUT {
                self.stop(&format!("waited in vain until {selector} could be {done}: {why}")).await;
            }
            sleep(PAUSE).await;
        }
    }

    async fn find(&self, selector: &str) -> WebDriverResult<Option<WebElement>> {
        let found = self.browser.execute(format!("{IS_SHOWN}{USABLE}"), vec![selector.into()]).await?;
        if found.json().is_null() { Ok(None) } else { found.element().map(Some) }
    }

    /// Returns whether the element or its page is gone.
    async fn is_gone(&self, element: &WebElement) -> bool {
        let arguments = vec![element.to_json().unwrap()];
        match self.browser.execute("return arguments[0].isConnected", arguments).await {
            Ok(is_there) => is_there.json() == false,
            Err(error) => matches!(
                error.as_inner(),
                WebDriverErrorInner::StaleElementReference(_) | WebDriverErrorInner::NoSuchElement(_)
            ),
        }
    }
}

/// Returns whether nothing was done yet: the element was not ready, it was covered, or its page was replaced.
fn is_too_early(error: &WebDriverError) -> bool {
    match error.as_inner() {
        WebDriverErrorInner::StaleElementReference(_)
        | WebDriverErrorInner::NoSuchElement(_)
        | WebDriverErrorInner::ElementNotInteractable(_)
        | WebDriverErrorInner::ElementClickIntercepted(_)
        | WebDriverErrorInner::InvalidElementState(_)
        | WebDriverErrorInner::MoveTargetOutOfBounds(_) => true,
        // Chromium reports this for an element that disappeared between being found and being looked up. Its
        // other errors may come after the act, which must not be repeated.
        WebDriverErrorInner::UnknownError(info) => {
            info.value.message.contains("does not belong to the document")
        }
        _ => false,
    }
}

/// Returns whether the page was replaced between request and answer. Chromium has no error of its own for
/// that.
pub(super) fn is_about_a_page_that_went(error: &WebDriverError) -> bool {
    match error.as_inner() {
        WebDriverErrorInner::UnknownError(_)
        | WebDriverErrorInner::StaleElementReference(_)
        | WebDriverErrorInner::UnableToCaptureScreen(_) => true,
        WebDriverErrorInner::JavascriptError(info) => info.value.message.contains("document unloaded"),
        _ => false,
    }
}
