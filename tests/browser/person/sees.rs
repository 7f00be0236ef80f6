//! What one sees.

use serde_json::Value;
use thirtyfour::{
    Cookie,
    error::{WebDriverError, WebDriverErrorInner},
};
use tokio::time::{Instant, sleep};

use super::{
    Person,
    waits::{PATIENCE, PAUSE},
};

impl Person {
    /// Whether something is to be seen now.
    pub(crate) async fn sees(&self, selector: &str) -> bool {
        let seen = "return [...document.querySelectorAll(arguments[0])].some(found => found.checkVisibility(
            { visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }))";
        self.script_with(seen, vec![selector.into()]).await == true
    }

    /// What it says, as it is shown. Waits until it is there.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.wait_for(selector).await;
        self.try_text(selector).await.unwrap_or_default()
    }

    /// What stands in a field.
    pub(crate) async fn value(&self, selector: &str) -> String {
        self.property(selector, "value").await.as_str().unwrap_or_default().to_owned()
    }

    /// A property of an element, as scripts see it.
    pub(crate) async fn property(&self, selector: &str, name: &str) -> Value {
        let read = "return document.querySelector(arguments[0])[arguments[1]]";
        self.script_with(read, vec![selector.into(), name.into()]).await
    }

    /// An attribute of an element; none where it has none.
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let read = "return document.querySelector(arguments[0]).getAttribute(arguments[1])";
        self.script_with(read, vec![selector.into(), name.into()]).await.as_str().map(str::to_owned)
    }

    /// The title.
    pub(crate) async fn title(&self) -> String {
        self.browser.title().await.unwrap()
    }

    /// The path and its query, without the origin.
    pub(crate) async fn path(&self) -> String {
        let url = self.browser.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// What has the focus: `input#mfa-code[name=code]`, `button[name=channel][value=voice]`, `body`.
    pub(crate) async fn focused(&self) -> String {
        let described = "
            const found = document.activeElement;
            const names = found.localName === 'button' ? ['name', 'value'] : ['name', 'href'];
            const attributes = names.filter(name => found.getAttribute(name));
            return found.localName + (found.id && `#${found.id}`)
                + attributes.map(name => `[${name}=${found.getAttribute(name)}]`).join('');";
        self.script(described).await.as_str().unwrap_or("nothing").to_owned()
    }

    /// Whether the page is wider than its window.
    pub(crate) async fn scrolls_sideways(&self) -> bool {
        let wider = "const page = document.documentElement; return page.scrollWidth > page.clientWidth";
        self.script(wider).await == true
    }

    /// The cookies that the page's address has, those that scripts do not see among them.
    pub(crate) async fn cookies(&self) -> Vec<Cookie> {
        self.browser.get_all_cookies().await.unwrap()
    }

    /// What a script returns that runs in the page; in the next page, where the page went away under it.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.script_with(script, Vec::new()).await
    }

    /// The same, with `arguments`.
    pub(crate) async fn script_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let begun = Instant::now();
        loop {
            match self.browser.execute(script, arguments.clone()).await {
                Ok(returned) => return returned.json().clone(),
                Err(error) if is_about_a_page_that_went(&error) && begun.elapsed() < PATIENCE => {
                    sleep(PAUSE).await;
                }
                Err(error) => panic!("a script failed: {error}"),
            }
        }
    }

    /// What it says now; none where it is not there.
    pub(super) async fn try_text(&self, selector: &str) -> Option<String> {
        let said = "return document.querySelector(arguments[0])?.innerText";
        self.script_with(said, vec![selector.into()]).await.as_str().map(str::to_owned)
    }
}

/// Between asking and answering, a page may give way to the next. Chromium has no error of its own for that.
fn is_about_a_page_that_went(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::UnknownError(_) | WebDriverErrorInner::StaleElementReference(_)
    )
}
