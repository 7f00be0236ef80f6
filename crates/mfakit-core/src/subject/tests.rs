use super::*;

#[test]
fn a_login_is_read_from_its_text_and_from_no_other() {
    let login = LoginId::random();
    let json = serde_json::to_string(&login).unwrap();
    assert_eq!(serde_json::from_str::<LoginId>(&json).unwrap(), login);
    for bad in ["", "+0000000000000000000000000000001", "0", &"g".repeat(32), &"0".repeat(33)] {
        assert_eq!(bad.parse::<LoginId>(), Err(InvalidLoginId), "{bad:?}");
    }
}

#[test]
fn a_recognition_is_its_name_in_json() {
    for (recognition, json) in [(Recognition::Cookie, "\"cookie\""), (Recognition::Bearer, "\"bearer\"")] {
        assert_eq!(serde_json::to_string(&recognition).unwrap(), json);
        assert_eq!(serde_json::from_str::<Recognition>(json).unwrap(), recognition);
    }
    for other in ["\"Cookie\"", "\"\"", "0", "null"] {
        assert!(serde_json::from_str::<Recognition>(other).is_err(), "{other}");
    }
}

#[test]
fn a_subject_without_a_name_is_a_mistake_that_names_the_missing_part() {
    let login = LoginId::from_bytes([1; 16]);
    let nil = "00000000-0000-0000-0000-000000000000";
    for nothing in [
        "",
        " ",
        "\t\r\n",
        "\0",
        "\u{200b}",
        "\u{feff}\u{a0}",
        nil,
        &nil.replace('-', ""),
        &format!("{{{nil}}}"),
    ] {
        for subject in [Subject::cookie(nothing, login), Subject::bearer(nothing, "jti")] {
            let mistake = subject.mistake().unwrap_or_default();
            assert!(mistake.contains("empty user id"), "{nothing:?}: {mistake:?}");
        }
        let mistake = Subject::bearer("alice", nothing).mistake();
        assert!(mistake.unwrap_or_default().contains("empty token id"), "{nothing:?}");
    }
    let mistake = Subject::cookie("alice", LoginId::from_bytes([0; 16])).mistake();
    assert!(mistake.unwrap().contains("LoginId::random()"));
    for name in ["alice", "0", "00", "-", "00000000-0000-0000-0000-000000000001", " a ", "é"] {
        assert_eq!(Subject::cookie(name, login).mistake(), None, "{name:?}");
        assert_eq!(Subject::bearer(name, name).mistake(), None, "{name:?}");
    }
}

#[test]
fn a_bearer_token_is_one_login_and_its_text_is_not_kept() {
    let subject = Subject::bearer("alice", "token-1");
    assert_eq!(subject.login(), Subject::bearer("alice", "token-1").login());
    assert_ne!(subject.login(), Subject::bearer("alice", "token-2").login());
    assert!(!format!("{subject:?}").contains("token-1"));
}

#[test]
fn a_user_id_is_made_of_text_or_a_number_and_reads_back() {
    for id in
        [UserId::from(7_u64), UserId::from(7), "7".into(), String::from("7").into(), "7".parse().unwrap()]
    {
        assert_eq!(id.as_ref(), "7");
        assert_eq!(serde_json::from_str::<UserId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }
    assert!(UserId::from(-1_i64) < UserId::from("alice"));
}

#[test]
fn a_user_is_read_back_as_the_type_that_it_was_made_from() {
    assert_eq!(UserId::from(-7_i64).parse(), Ok(-7_i64));
    assert_eq!(UserId::from(u128::MAX).parse(), Ok(u128::MAX));
    assert!(UserId::from("alice").parse::<i64>().is_err());
    assert_eq!(UserId::from_display(format_args!("acct_{}", 7)).as_str(), "acct_7");
    // 0 is a user like any other.
    assert!(Subject::cookie(0_i64, LoginId::random()).mistake().is_none());
}

#[cfg(feature = "uuid")]
#[test]
fn a_user_is_made_from_a_uuid_and_read_back() {
    let uuid = uuid::Uuid::from_u128(0x018f_4e7e_3c1a_7b2c_9d57_6f0f_2f6a_1c11);
    let user = UserId::from(uuid);
    assert_eq!(user.as_str(), "018f4e7e-3c1a-7b2c-9d57-6f0f2f6a1c11");
    assert_eq!(user.parse(), Ok(uuid));
    assert!(Subject::cookie(uuid::Uuid::nil(), LoginId::random()).mistake().is_some());
}
