use super::*;

fn transfer(amount: &str, payee: &str) -> Transfer {
    Transfer { amount: amount.parse().unwrap(), payee: payee.to_owned() }
}

#[test]
fn a_transfer_moves_money_without_changing_the_sum() {
    let bank = Bank::open().unwrap();
    bank.transfer("alice", &transfer("99.99", "bob")).unwrap();
    let balance = |id| bank.account(id).unwrap().balance.to_string();
    assert_eq!((balance("alice"), balance("bob")), ("$2,400.01".into(), "$2,599.99".into()));
    assert_eq!(bank.account("alice").unwrap().statement[0], Entry::Sent(transfer("99.99", "bob")));
    let received = Entry::Received { amount: "99.99".parse().unwrap(), from: "alice".to_owned() };
    assert_eq!(bank.account("bob").unwrap().statement[0], received);
}

#[test]
fn a_failed_transfer_moves_nothing() {
    let bank = Bank::open().unwrap();
    for (amount, payee, why) in [
        ("2500.01", "bob", TransferError::NotEnough),
        ("1", "alice", TransferError::ToYourself),
        ("1", "dora", TransferError::NoSuchPayee),
        ("1", "", TransferError::NoSuchPayee),
    ] {
        assert_eq!(bank.transfer("alice", &transfer(amount, payee)), Err(why), "{amount} to {payee:?}");
    }
    assert_eq!(bank.account("alice").unwrap().balance, Dollars::whole(2500));
    assert_eq!(bank.account("alice").unwrap().statement.len(), 1);
}

#[tokio::test]
async fn a_name_and_its_password_sign_in() {
    let bank = Bank::open().unwrap();
    for (name, password, who) in [
        ("alice", "alice", Some("alice")),
        ("bob", "bob", Some("bob")),
        ("alice", "bob", None),
        ("alice", "", None),
        ("nobody", "nobody", None),
        ("Alice", "alice", None),
    ] {
        let logged_in = bank.log_in(name, password.to_owned().into()).await.unwrap();
        assert_eq!(logged_in.as_deref(), who, "{name}/{password}");
    }
}

#[test]
fn both_phones_are_in_the_united_states() {
    let bank = Bank::open().unwrap();
    for id in ["alice", "bob"] {
        assert_eq!(bank.phone(id).unwrap().region().unwrap().as_str(), "US", "{id}");
    }
    assert_eq!(bank.phone("carol"), None);
}

#[test]
fn a_payee_is_found_without_regard_to_case_and_spaces() {
    let bank = Bank::open().unwrap();
    bank.open_account("ACME Ltd");
    for (typed, payee) in [
        ("bob", Some("bob")),
        (" Bob ", Some("bob")),
        ("acme ltd", Some("ACME Ltd")),
        ("acme  ltd", None),
        ("", None),
    ] {
        assert_eq!(bank.payee(typed).as_deref(), payee, "{typed:?}");
    }
}
