//! Rejects a session that may not change the number.

use mfakit_core::{ChangeDenied, Scope};

use crate::{
    answer::{Answer, described, linked},
    client_kind::ClientKind,
    endpoints::{
        call::{Call, reject},
        reply::Reply,
    },
    page::{self, NextStep},
    problem::{Kind, Problem},
    respond,
};

impl Call<'_> {
    /// Leads the session to a code to the number on file, or to a new sign-in.
    pub(super) async fn deny_change(&self, denied: ChangeDenied) -> Answer {
        let denial = match denied {
            ChangeDenied::StepUpRequired(denial) => denial,
            ChangeDenied::SignInTooOld { max_age } => {
                let problem = Problem::new(Kind::SignInTooOld).with("max_age", max_age.as_secs());
                let answer = self.reject_number(problem, String::new()).await;
                let challenge = format!(
                    "Bearer error=\"insufficient_user_authentication\", max_age={}",
                    max_age.as_secs()
                );
                return answer.header("www-authenticate", challenge);
            }
            _ => return self.reject_towards_number(Problem::new(Kind::Unavailable)),
        };
        let page = self.manage_page(&denial.requirement);
        let problem = respond::problem_of(self.mfa, &denial, None, &page);
        let answer = match self.reply {
            Reply::Redirect => Answer::see_other(page).negotiated(),
            Reply::Page => {
                let asks = page::asks(self.mfa, self.messages(), &Scope::MANAGE, &page, &self.number_url());
                respond::challenged(linked(asks, &page), &denial)
            }
            Reply::Json if self.client == ClientKind::Token => {
                respond::challenged(described(problem.into_answer(), &page), &denial)
            }
            Reply::Json => respond::challenged(problem.leading_to(page).into_answer(), &denial),
        };
        answer.rejecting(Kind::StepUpRequired)
    }

    /// Rejects the call with a page whose link leads to the page of the number.
    pub(super) fn reject_towards_number(&self, problem: Problem) -> Answer {
        let page = self.number_url();
        reject(self.mfa, self.messages(), self.reply, problem, NextStep::StartAgain(&page))
    }
}
