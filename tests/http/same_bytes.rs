//! Both frameworks serve the same status, headers and bytes.

use tokio::task::LocalSet;

use crate::http::{
    ask::{Ask, Who},
    framework::Framework,
    frameworks::{actix::Actix, axum::Axum},
    heard::Heard,
    log::Log,
    world::{Page, Setting, World},
};

/// Characters of random values (tokens, challenges, signed values). A long run of them is such a value.
fn is_random(text: &str) -> bool {
    text.len() > 40
}

fn without_randomness(text: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            run.push(c);
        } else {
            kept.push_str(if is_random(&run) { "…" } else { &run });
            kept.push(c);
            run.clear();
        }
    }
    kept
}

/// Returns the answers that a browser and a script get on the way through the page, one text each.
fn answers(framework: &dyn Framework) -> Vec<String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let w = World::new(framework, Setting::default(), Log::default()).await;
        let mut answers = Vec::new();
        let mut keep = |name: &str, heard: &Heard| {
            // The server adds the length of the body, at a different point in each framework.
            let said = heard.headers.iter().filter(|(name, _)| name != "content-length");
            let mut headers: Vec<_> = said.map(|(name, value)| format!("{name}: {value}")).collect();
            headers.sort();
            let said = format!("{name}\n{}\n{}\n\n{}", heard.status, headers.join("\n"), heard.text());
            answers.push(without_randomness(&said));
        };
        let see = async |target: &str| w.hear(Ask::get(target).navigating().by(Who::Alice)).await;
        for file in ["/mfa/-/page.css", "/mfa/-/mfa.js", "/mfa/-/mfa-remote.js"] {
            keep(file, &w.hear(Ask::get(file)).await);
        }
        let rejected = see("/settings?tab=2").await;
        keep("rejected", &rejected);
        keep("rejected script", &w.hear(Ask::get("/settings").by(Who::Alice)).await);
        let target = rejected.header("location").unwrap().to_owned();
        let asked = see(&target).await;
        keep("nothing sent", &asked);
        let form =
            Ask::form("/mfa/settings/challenge", &Page::read(asked.text()).fields("channel=messaging"));
        keep("start", &w.hear(form.clone().by(Who::Alice)).await);
        keep("too soon", &w.hear(form.by(Who::Alice)).await);
        let sent = see(&target).await;
        keep("sent", &sent);
        let typed = |code: &str| {
            Ask::form("/mfa/settings/verify", &Page::read(sent.text()).fields(&format!("code={code}")))
        };
        keep("malformed", &w.hear(typed("x").by(Who::Alice)).await);
        let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
        keep("wrong", &w.hear(typed(wrong).by(Who::Alice)).await);
        let right = w.hear(typed(&w.last_code()).by(Who::Alice)).await;
        keep("right", &right);
        keep("over", &w.hear(typed(&w.last_code()).by(Who::Alice)).await);
        keep("unkept", &see(&target).await);
        let done = Ask::get(&target).navigating().by(Who::Alice).cookie(right.cookie());
        keep("done", &w.hear(done).await);
        let json = Ask::get(&target).header("accept", "application/json").by(Who::Alice);
        keep("situation", &w.hear(json).await);
        keep("rejected token", &w.hear(Ask::get("/settings").by(Who::AliceByToken)).await);
        keep("no number", &w.hear(Ask::get("/mfa/pay").navigating().by(Who::Carol)).await);
        keep("nothing there", &see("/mfa/nothing").await);
        keep("forged", &w.hear(Ask::form("/mfa/pay/challenge", "token=x").by(Who::Alice)).await);
        keep("not allowed", &w.hear(Ask::post("/mfa/pay").navigating().by(Who::Alice)).await);
        answers
    })
}

/// Asserts that both frameworks answer alike.
pub(crate) fn both_frameworks_serve_the_same_bytes() {
    let (axum, actix) = (answers(&Axum), answers(&Actix));
    assert_eq!(axum.len(), 21);
    for (axum, actix) in axum.iter().zip(&actix) {
        assert_eq!(axum, actix);
    }
    assert!(axum.iter().any(|answer| answer.contains("value=\"…\"")), "what is random is left out");
}
