//! Subjects without a name: an ID that is a default and identifies no one [BIND-8, GUARD-8].

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (who, name, advice) in [
        (Who::NoUser, "an empty user id", "empty user id"),
        (Who::NoLogin, "a LoginId that was never filled in", "LoginId::random()"),
        (Who::NoTokenId, "a bearer token without an id", "empty token id"),
    ] {
        for (method, target) in [
            ("POST", "/pay"),
            ("GET", "/settings"),
            ("GET", "/report"),
            ("POST", "/maybe"),
            ("POST", "/once/attribute"),
            ("POST", "/once/layer"),
            ("POST", "/once/inside"),
            ("GET", "/mfa/pay"),
            ("POST", "/mfa/pay/challenge"),
            ("POST", "/mfa/pay/verify"),
            ("DELETE", "/mfa/pay"),
        ] {
            cases.push(case(format!("{name} is a mistake at {method} {target}"), move |w| async move {
                let ask = Ask::new(method, target).urlencoded("amount=1000").same_origin().by(who);
                let heard = w.hear(ask).await;
                heard.problem(500, "misconfigured");
                assert_eq!((heard.runs, heard.body_read), (0, 0), "{heard}");
                assert_eq!(w.provider.inner.sends(), 0);
                assert!(w.log.text().contains(advice), "{}", w.log.text());
            }));
        }
    }
    cases
}
