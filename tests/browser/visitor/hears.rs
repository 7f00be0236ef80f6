//! The page as a screen reader gets it.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::Visitor;

/// Element of the accessibility tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Role: `textbox`, `button`, `alert`.
    pub(crate) role: String,
    /// Accessible name.
    pub(crate) name: String,
    /// Accessible description.
    pub(crate) description: String,
    /// State `aria-invalid`.
    pub(crate) invalid: bool,
}

impl Visitor {
    /// Waits until the page has this many elements with this role, and returns them. Browsers build the
    /// accessibility tree some time after the page.
    pub(crate) async fn hears_all<const N: usize>(&self, role: &str) -> [Heard; N] {
        let heard = RefCell::new(Vec::new());
        let are_there = async || {
            heard.replace(self.hears(role).await);
            heard.borrow().len() == N
        };
        self.wait_until(&format!("{N} with the role {role} are heard"), are_there).await;
        heard.take().try_into().unwrap()
    }

    /// Returns all elements with this role, in the order of the page.
    pub(crate) async fn hears(&self, role: &str) -> Vec<Heard> {
        let tree = self.tell("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap();
        let heard = nodes.iter().filter(|node| node["ignored"] == false).map(heard);
        heard.filter(|heard| heard.role == role).collect()
    }
}

fn heard(node: &Value) -> Heard {
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let properties = node["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_invalid = |property: &Value| property["name"] == "invalid" && property["value"]["value"] == "true";
    Heard {
        role: text(&node["role"]),
        name: text(&node["name"]),
        description: text(&node["description"]),
        invalid: properties.iter().any(is_invalid),
    }
}
