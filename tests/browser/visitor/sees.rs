//! The page as a visitor sees it.

use std::cell::RefCell;

use serde_json::Value;
use thirtyfour::Cookie;

use super::Visitor;

/// Beginning of a script that checks which elements are shown.
pub(super) const IS_SHOWN: &str = "
    const isShown = found => found.checkVisibility(
        { visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true });
";

impl Visitor {
    /// Returns whether an element is shown on the page. Waits until the page is loaded.
    pub(crate) async fn sees(&self, selector: &str) -> bool {
        let seen = RefCell::new(None);
        let is_loaded = async || {
            let looked = self.looks_for(selector).await;
            seen.replace(looked);
            looked.is_some()
        };
        self.wait_until("the page is loaded", is_loaded).await;
        seen.take() == Some(true)
    }

    /// Returns the text of an element, as it is shown. Waits until the element exists.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.wait_for(selector).await;
        self.property(selector, "innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Returns the content of a field.
    pub(crate) async fn value(&self, selector: &str) -> String {
        self.property(selector, "value").await.as_str().unwrap_or_default().to_owned()
    }

    /// Returns a property of an element, as scripts see it. Waits until the element exists.
    pub(crate) async fn property(&self, selector: &str, name: &str) -> Value {
        self.read(selector, name, "found[arguments[1]]").await
    }

    /// Returns an attribute of an element, or `None` if it does not have it. Waits until the element exists.
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.read(selector, name, "found.getAttribute(arguments[1])").await.as_str().map(str::to_owned)
    }

    /// Returns a property of an element's computed style. Waits until the element exists.
    pub(crate) async fn style(&self, selector: &str, property: &str) -> Value {
        self.read(selector, property, "getComputedStyle(found)[arguments[1]]").await
    }

    /// Returns the title.
    pub(crate) async fn title(&self) -> String {
        self.browser.title().await.unwrap()
    }

    /// Returns the path and its query, without the origin.
    pub(crate) async fn path(&self) -> String {
        let url = self.browser.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Describes the element that has the focus: `input#mfa-code[name=code]`, `button[name=channel][value=voice]`, `body`.
    pub(crate) async fn focused(&self) -> String {
        let described = "
            const found = document.activeElement;
            const names = found.localName === 'button' ? ['name', 'value'] : ['name', 'href'];
            const attributes = names.filter(name => found.getAttribute(name));
            return found.localName + (found.id && `#${found.id}`)
                + attributes.map(name => `[${name}=${found.getAttribute(name)}]`).join('');";
        self.script(described).await.as_str().unwrap_or("nothing").to_owned()
    }

    /// Returns whether the page is wider than its window.
    pub(crate) async fn scrolls_sideways(&self) -> bool {
        let wider = "const page = document.documentElement; return page.scrollWidth > page.clientWidth";
        self.script(wider).await == true
    }

    /// Returns the cookies of the page's address, including those that scripts cannot read.
    pub(crate) async fn cookies(&self) -> Vec<Cookie> {
        self.browser.get_all_cookies().await.unwrap()
    }

    /// Runs a script in the page and returns its value. If the page is replaced meanwhile, runs it in the next.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.script_with(script, Vec::new()).await
    }

    /// Runs a script with `arguments`.
    pub(crate) async fn script_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let run = async || self.browser.execute(script, arguments.clone()).await;
        self.persist("a script", run).await.json().clone()
    }

    /// Returns the text of an element now, or `None` if it does not exist.
    pub(super) async fn try_text(&self, selector: &str) -> Option<String> {
        let said = "return document.querySelector(arguments[0])?.innerText";
        self.script_with(said, vec![selector.into()]).await.as_str().map(str::to_owned)
    }

    /// Returns whether an element is shown now; `None` while the page is loading.
    pub(super) async fn looks_for(&self, selector: &str) -> Option<bool> {
        let look = "if (document.readyState !== 'complete') return null;
            return [...document.querySelectorAll(arguments[0])].some(isShown)";
        self.script_with(&format!("{IS_SHOWN}{look}"), vec![selector.into()]).await.as_bool()
    }

    /// Reads from the first element found, in one step with finding it.
    async fn read(&self, selector: &str, name: &str, read: &str) -> Value {
        let script = format!(
            "const found = document.readyState === 'complete' && document.querySelector(arguments[0]);
            return found ? [{read}] : null"
        );
        let value = RefCell::new(Value::Null);
        let is_there = async || {
            let mut read = self.script_with(&script, vec![selector.into(), name.into()]).await;
            value.replace(read.get_mut(0).map(Value::take).unwrap_or_default());
            read.is_array()
        };
        self.wait_until(&format!("{selector} is there"), is_there).await;
        value.take()
    }
}
