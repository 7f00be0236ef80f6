//! The one table from (decision, asker) to answer.

use mfakit_core::{Denial, Mfa, Reason, Subject};

use crate::{
    address::page_path,
    answer::Answer,
    asker::Asker,
    errand::Errand,
    facts::Facts,
    page::{self, Onward},
    problem::{Kind, Problem},
};

/// The answer to somebody who may not pass.
///
/// | | `Token`, `Script` | `Navigation` |
/// |---|---|---|
/// | missing, expired, mismatch | 401 `step-up-required` | 303 to the page |
/// | unauthenticated | 401 `unauthenticated` | 303 to the app's log-in page |
/// | unavailable | 503 `unavailable` | 503, as a page |
pub(crate) fn denied(
    mfa: &Mfa,
    login_page: Option<&str>,
    denial: &Denial,
    subject: Option<&Subject>,
    facts: &Facts,
) -> Answer {
    match (denial.reason, subject) {
        (Reason::Missing | Reason::Expired | Reason::Mismatch, Some(subject)) => {
            step_up(mfa, denial, subject, facts)
        }
        (Reason::Unauthenticated, _) | (Reason::Missing | Reason::Expired | Reason::Mismatch, None) => {
            unauthenticated(mfa, login_page, facts)
        }
        (Reason::Unavailable, _) => {
            problem(mfa, facts, Asker::of(facts, subject), Problem::new(Kind::Unavailable))
        }
    }
}

/// The answer to somebody who has to type a code first.
fn step_up(mfa: &Mfa, denial: &Denial, subject: &Subject, facts: &Facts) -> Answer {
    let scope = denial.requirement.scope();
    let max_age = denial.max_age.as_secs();
    let asker = Asker::of(facts, Some(subject));
    let page = || {
        let errand = Errand::of_request(facts, asker, &denial.requirement, mfa.site());
        format!("{}?return={}", page_path(mfa, scope), errand.seal(mfa.keys(), scope, subject.login()))
    };
    let refusal = || {
        Problem::new(Kind::StepUpRequired)
            .with("reason", denial.reason.as_str())
            .with("scope", scope.as_str())
            .with("max_age", max_age)
            .with("challenge_url", format!("{}/challenge", page_path(mfa, scope)))
            .into_answer()
            .header(
                "www-authenticate",
                format!(
                    "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa:{scope}\", max_age={max_age}"
                ),
            )
    };
    match asker {
        Asker::Navigation => Answer::see_other(page()).negotiated(),
        // The same for people: a script may show the page, or lead to it (RFC 8288).
        Asker::Script => {
            refusal().header("link", format!("<{}>; rel=\"alternate\"; type=\"text/html\"", page()))
        }
        Asker::Token => refusal(),
    }
}

/// The answer to somebody who is not logged in. Says nothing about the challenge [HTTP-5].
pub(crate) fn unauthenticated(mfa: &Mfa, login_page: Option<&str>, facts: &Facts) -> Answer {
    let asker = Asker::of(facts, None);
    match (asker, login_page) {
        (Asker::Navigation, Some(login_page)) => Answer::see_other(login_page).negotiated(),
        (Asker::Navigation | Asker::Script | Asker::Token, _) => {
            problem(mfa, facts, asker, Problem::new(Kind::Unauthenticated))
                .header("www-authenticate", "Bearer")
        }
    }
}

/// A refusal in the form the asker can use.
pub(crate) fn problem(mfa: &Mfa, facts: &Facts, asker: Asker, problem: Problem) -> Answer {
    match asker {
        Asker::Token | Asker::Script => problem.into_answer(),
        Asker::Navigation => {
            let words = mfa.words(facts.accept_language.as_deref());
            page::refusal(mfa, words, &problem, Onward::Home)
        }
    }
}
