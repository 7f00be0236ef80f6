use super::*;

fn draft() -> Draft {
    Draft {
        account_id: Some("9900000".into()),
        credentials: Some(Credentials::oauth2("id", "secret")),
        from: Some("+19195554321".into()),
        messaging_application: Some("app".into()),
        ..Draft::default()
    }
}

#[test]
fn urls_default_to_those_of_bandwidth() {
    let config = draft().check(Names::Setters, vec![]).ok().unwrap();
    let base = "https://mfa.bandwidth.com/api/v1/accounts/9900000/code";
    assert_eq!(config.send_url(Channel::Messaging).to_string(), format!("{base}/messaging"));
    assert_eq!(config.send_url(Channel::Voice).to_string(), format!("{base}/voice"));
    assert_eq!(config.verify_url().to_string(), format!("{base}/verify"));
    assert_eq!(config.token_url.to_string(), "https://api.bandwidth.com/api/v1/oauth2/token");
    assert!(!config.is_local());
    let messages = "https://messaging.bandwidth.com/api/v2/users/9900000/messages";
    assert_eq!(config.messages_url().to_string(), messages);
}

#[test]
fn a_server_on_this_machine_receives_the_notices_too() {
    for (base, messaging, url) in [
        ("http://127.0.0.1:4010/api/v1", None, "http://127.0.0.1:4010/api/v2/users/9900000/messages"),
        ("http://localhost:4010", None, "http://localhost:4010/api/v2/users/9900000/messages"),
        ("http://127.0.0.1:4010", Some("http://[::1]:1/v"), "http://[::1]:1/v/users/9900000/messages"),
    ] {
        let (base_url, messaging_url) = (Some(base.into()), messaging.map(Into::into));
        let config = Draft { base_url, messaging_url, ..draft() }.check(Names::Setters, vec![]).ok().unwrap();
        assert_eq!(config.messages_url().to_string(), url);
    }
}

#[test]
fn a_user_name_and_a_password_work_on_this_machine_only() {
    let basic = || Some(Credentials::basic("user", "pass"));
    for base in ["http://127.0.0.1:4010/api/v1", "http://localhost:4010", "https://[::1]:4010"] {
        let draft = Draft { credentials: basic(), base_url: Some(base.into()), ..draft() };
        assert!(draft.check(Names::Setters, vec![]).is_ok(), "{base}");
    }
    let elsewhere = Draft {
        credentials: basic(),
        base_url: Some("http://127.0.0.1:4010".into()),
        messaging_url: Some("https://messaging.bandwidth.com/api/v2".into()),
        ..draft()
    };
    assert!(elsewhere.check(Names::Setters, vec![]).is_err());
    for base in [None, Some("https://mfa.bandwidth.com/api/v1"), Some("https://127.0.0.1.evil.example")] {
        let draft = Draft { credentials: basic(), base_url: base.map(Into::into), ..draft() };
        let error = draft.check(Names::Variables, vec![]).err().unwrap();
        let [problem] = &error.problems().collect::<Vec<_>>()[..] else { panic!("{error}") };
        for part in
            ["December 2, 2026", "OAuth2 client credentials", "https://dev.bandwidth.com/docs/account"]
        {
            assert!(problem.contains(part), "{base:?}: {problem}");
        }
        assert!(!problem.contains("pass,") && !problem.contains("user,"), "{problem}");
    }
}

#[test]
fn plain_http_on_this_machine_needs_no_tls() {
    let local = |path: &str| Some(format!("http://127.0.0.1:4010{path}"));
    let basic = || Some(Credentials::basic("user", "pass"));
    for (draft, uses_tls) in [
        (draft(), true),
        (Draft { base_url: local("/api/v1"), ..draft() }, true),
        (Draft { base_url: local("/api/v1"), token_url: local("/token"), ..draft() }, false),
        (Draft { token_url: local("/token"), ..draft() }, true),
        (Draft { base_url: local("/api/v1"), credentials: basic(), ..draft() }, false),
    ] {
        assert_eq!(draft.check(Names::Setters, vec![]).ok().unwrap().uses_tls(), uses_tls);
    }
}

#[test]
fn an_account_id_stays_one_segment_of_the_path() {
    for (id, segment) in [
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c", "a%3Fb%23c"),
        ("é", "%C3%A9"),
    ] {
        let account_id = Some(id.to_owned());
        for base in ["http://127.0.0.1:4010/api/v1", "http://127.0.0.1:4010/api/v1/"] {
            let draft = Draft { account_id: account_id.clone(), base_url: Some(base.into()), ..draft() };
            let url = draft.check(Names::Setters, vec![]).ok().unwrap().verify_url();
            assert_eq!(
                url.to_string(),
                format!("http://127.0.0.1:4010/api/v1/accounts/{segment}/code/verify")
            );
        }
    }
    for id in ["", ".", "..", "99 00", "9900000\n"] {
        let draft = Draft { account_id: Some(id.into()), ..draft() };
        let error = draft.check(Names::Setters, vec![]).err().unwrap();
        assert!(error.to_string().contains("account_id "), "{id:?}: {error}");
    }
}

#[test]
fn every_mistake_is_named_at_once_and_no_value_is_quoted() {
    let wrong = Draft {
        account_id: None,
        credentials: Some(Credentials::basic("na:me", "s3cr3t")),
        from: Some("555-1234".into()),
        messaging_application: Some("a".repeat(51)),
        voice_application: Some(String::new()),
        base_url: Some("http://mfa.example".into()),
        token_url: Some("https://u:p4ss@mfa.example".into()),
        notice_from: Some("555-1234".into()),
        notice_application: Some(String::new()),
        messaging_url: Some("http://mfa.example".into()),
    };
    let error = wrong.check(Names::Setters, vec!["an earlier one".into()]).err().unwrap();
    let problems: Vec<_> = error.problems().collect();
    let starts = [
        "an earlier one",
        "account_id is not set",
        "credentials: the user name contains a colon",
        "from is not a number",
        "notice_from is not a number",
        "messaging_application is longer",
        "voice_application is empty",
        "notice_application is empty",
        "messaging_url is plain http",
        "base_url is plain http",
        "token_url contains a user name",
    ];
    assert_eq!(problems.len(), starts.len(), "{problems:?}");
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
    }
    let shown = format!("{error} {error:?}");
    for value in ["na:me", "s3cr3t", "555-1234", "mfa.example", "p4ss"] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[test]
fn an_application_id_has_one_to_fifty_characters() {
    assert!(application(&"é".repeat(50)).is_ok());
    for bad in ["", "a\n", &"a".repeat(51)] {
        assert!(application(bad).is_err(), "{bad:?}");
    }
}
