//! The single table from a decision, the kind of client and the format to an answer.

use mfakit_core::{
    Denial, Mfa, Reason, Requirement, Subject,
    action::ApprovalId,
    adapter::{ConsumedApproval, MfaExt as _, ProposedAction},
};

use crate::{
    address::page_path,
    answer::{Answer, described, linked},
    approval_name::with_approval,
    client_kind::{ClientKind, Representation},
    facts::Facts,
    keep_page::{self, KeepPage},
    page::{self, NextStep},
    problem::{Kind, Problem},
    return_target::{ReturnTarget, SignedReturn},
};

/// Text for developers in the answer to a request whose action was carried out a short time ago.
const CONSUMED_BEFORE: &str = "a request with this value was approved a short time ago: if its response was lost, do not request \
                               a code, and look up its outcome";

/// Approval that a code would give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Awaited {
    id: ApprovalId,
    /// Approval of the same action that was consumed a short time ago.
    consumed: Option<ConsumedApproval>,
}

impl From<ApprovalId> for Awaited {
    fn from(id: ApprovalId) -> Self {
        Self { id, consumed: None }
    }
}

impl From<ProposedAction> for Awaited {
    fn from(proposed: ProposedAction) -> Self {
        Self { id: proposed.approval.id, consumed: proposed.consumed }
    }
}

/// Answers a request that a guard rejects.
///
/// | | `Navigation` | others, as a page | others, as JSON |
/// |---|---|---|---|
/// | missing, expired, mismatch | 303 to the challenge page, or 204 to a form whose page [stays](KeepPage) | 401, leads to that page | 401 `step-up-required` |
/// | unauthenticated | 303 to the app's sign-in page | 401, leads to that page | 401 `unauthenticated` |
/// | unavailable | 503, as a page | 503 | 503 `unavailable` |
pub(crate) fn denied(
    mfa: &Mfa,
    denial: &Denial,
    approval: Option<Awaited>,
    subject: Option<&Subject>,
    facts: &Facts,
) -> Answer {
    match (denial.reason, subject) {
        (Reason::Missing | Reason::Expired | Reason::Mismatch, Some(subject)) => {
            step_up(mfa, denial, approval, subject, facts)
        }
        (Reason::Unauthenticated, _) | (Reason::Missing | Reason::Expired | Reason::Mismatch, None) => {
            unauthenticated(mfa, facts)
        }
        // This covers `Unavailable`, and any reason that is added later.
        _ => problem(
            mfa,
            facts,
            ClientKind::of(facts, subject),
            Problem::new(Kind::Unavailable),
            NextStep::Home,
        ),
    }
}

/// Answers a request that needs a code first.
fn step_up(
    mfa: &Mfa,
    denial: &Denial,
    approval: Option<Awaited>,
    subject: &Subject,
    facts: &Facts,
) -> Answer {
    let client = ClientKind::of(facts, Some(subject));
    let representation = Representation::wanted(client, facts);
    let scope = denial.requirement.scope();
    let page_for = |target: ReturnTarget| {
        let signed = SignedReturn::sign(target, mfa, scope, subject.login());
        page::challenge_url(mfa, scope, approval.as_ref().map(|awaited| &awaited.id), Some(&signed))
    };
    let problem_of = |page: &str| problem_of(mfa, denial, approval, page);
    if (client, representation) == (ClientKind::Token, Representation::Json) {
        let page = page_for(ReturnTarget::home(mfa.site(), &denial.requirement));
        let answer = problem_of(&page).into_answer();
        return challenged(described(answer, &page), denial);
    }
    let target = ReturnTarget::of_request(facts, representation, &denial.requirement, mfa, subject.login());
    let back = target.back.href(mfa.site());
    let page = page_for(target.clone());
    let cookies = facts.cookies.as_deref().map(str::as_bytes);
    let answer = match (client, representation) {
        (ClientKind::Navigation, _) => match KeepPage::of(facts.method, &facts.target, cookies) {
            None => Answer::see_other(page).negotiated(),
            Some(keep_page) => {
                // The dialog does not navigate, so it works without the destinations if they are too long.
                let page = Some(page).filter(|page| page.len() <= keep_page::MAX_PAGE);
                let page = page.unwrap_or_else(|| page_for(target.homeward(mfa.site())));
                Answer::new(204).header("set-cookie", keep_page.asked_at(&page)).negotiated()
            }
        },
        (ClientKind::Script | ClientKind::Token, Representation::Page) => {
            let words = mfa.messages(facts.accept_language.as_deref());
            challenged(linked(page::asks(mfa, words, scope, &page, &back), &page), denial)
        }
        (ClientKind::Script | ClientKind::Token, Representation::Json) => {
            challenged(problem_of(&page).leading_to(page).into_answer(), denial)
        }
    };
    answer.varying("Referer, Sec-Fetch-Site").rejecting(Kind::StepUpRequired)
}

/// Returns the problem of a request that needs a code first. `page` is the address of the challenge page.
pub(crate) fn problem_of(mfa: &Mfa, denial: &Denial, approval: Option<Awaited>, page: &str) -> Problem {
    let scope = denial.requirement.scope();
    let challenge_url = format!("{}/challenge", page_path(mfa, scope));
    let problem = Problem::new(Kind::StepUpRequired)
        .with("reason", denial.reason.as_str())
        .with("scope", scope.as_str())
        .with("max_age", denial.max_age.as_secs())
        .with("challenge_url", with_approval(challenge_url, approval.as_ref().map(|awaited| &awaited.id)))
        .with("situation_url", page);
    let Some(Awaited { id, consumed }) = approval else { return problem };
    let problem = problem.with("approval", id.encode());
    match consumed {
        Some(ConsumedApproval { id, ago, .. }) => problem
            .with("consumed_approval", id.encode())
            .with("consumed_ago", ago.as_secs())
            .detail(CONSUMED_BEFORE),
        None => problem,
    }
}

/// Answers a request that names an approval which is over, or which was never this session's. A browser is led to the page
/// of that approval, which says so.
pub(crate) fn approval_over(
    mfa: &Mfa,
    requirement: &Requirement,
    approval: Option<&ApprovalId>,
    is_consumed: bool,
    subject: Option<&Subject>,
    facts: &Facts,
) -> Answer {
    let client = ClientKind::of(facts, subject);
    match (client, approval) {
        (ClientKind::Navigation, Some(approval)) => {
            let page = page::challenge_url(mfa, requirement.scope(), Some(approval), None);
            Answer::see_other(page).negotiated().rejecting(Kind::ApprovalOver)
        }
        _ => problem(mfa, facts, client, Problem::approval_over(is_consumed), NextStep::Home),
    }
}

/// Adds the challenge that names the requirement (RFC 9470, section 3).
pub(crate) fn challenged(answer: Answer, denial: &Denial) -> Answer {
    let (scope, max_age) = (denial.requirement.scope(), denial.max_age.as_secs());
    answer.header(
        "www-authenticate",
        format!(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa:{scope}\", max_age={max_age}"
        ),
    )
}

/// Answers an unauthenticated request. Reveals nothing about the challenge [HTTP-5].
pub(crate) fn unauthenticated(mfa: &Mfa, facts: &Facts) -> Answer {
    let client = ClientKind::of(facts, None);
    match (client, mfa.site().login_url()) {
        (ClientKind::Navigation, Some(login_url)) => {
            Answer::see_other(mfa.site().public(login_url)).negotiated().rejecting(Kind::Unauthenticated)
        }
        (ClientKind::Navigation | ClientKind::Script | ClientKind::Token, _) => {
            problem(mfa, facts, client, Problem::new(Kind::Unauthenticated), NextStep::sign_in(mfa))
                .header("www-authenticate", "Bearer")
        }
    }
}

/// Answers with a problem in the requested format.
pub(crate) fn problem(
    mfa: &Mfa,
    facts: &Facts,
    client: ClientKind,
    problem: Problem,
    next: NextStep<'_>,
) -> Answer {
    match Representation::wanted(client, facts) {
        Representation::Json => problem.into_answer(),
        Representation::Page => {
            page::rejection(mfa, mfa.messages(facts.accept_language.as_deref()), &problem, next)
        }
    }
}

/// Answers with a problem outside of any engine, without its texts and theme.
pub(crate) fn bare(facts: &Facts, problem: Problem) -> Answer {
    match Representation::wanted(ClientKind::of(facts, None), facts) {
        Representation::Json => problem.into_answer(),
        Representation::Page => page::bare(&problem),
    }
}
