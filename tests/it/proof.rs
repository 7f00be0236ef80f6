//! A grant tells the app when and how it was confirmed [GRANT-10].

use std::{convert::Infallible, time::Duration};

use mfakit::{
    Channel, Clock, Code, Decision, Mfa, PhoneNumber, Requirement, Scope, StartRequest, Subject, UserId,
    testing::{ManualClock, TestProvider},
};

#[tokio::test]
async fn a_grant_tells_when_the_code_was_entered_and_how_it_was_sent() {
    let (provider, clock) = (TestProvider::new(), ManualClock::new());
    let pay = Scope::new("pay").unwrap();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .voice_to(["US"])
        .clock(clock.clone())
        .build()
        .unwrap();
    for (channel, amr) in [(Channel::Messaging, ["sms", "mca"]), (Channel::Voice, ["tel", "mca"])] {
        let alice = Subject::bearer("alice", channel.as_str());
        let started = mfa.start(&alice, StartRequest::new(pay, channel)).await.unwrap();
        clock.advance(Duration::from_secs(90));
        let typed_at = clock.now();
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let verified = mfa.verify(&alice, &pay, &started.id, &code).await.unwrap();
        clock.advance(Duration::from_secs(60));
        let checked = mfa.check(Some(&alice), &Requirement::new(pay), None).await.unwrap();
        let Decision::Granted(proof) = checked else { panic!("{checked:?}") };
        for proof in [verified.grant, proof] {
            assert_eq!((proof.verified_at(), proof.channel(), proof.amr()), (typed_at, channel, amr));
        }
    }
}
