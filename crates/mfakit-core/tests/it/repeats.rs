//! The right code entered again: at another instance, under another secret, and while the first is at the
//! provider.

use std::{sync::atomic::Ordering, time::Duration};

use mfakit_core::{
    Mfa, MfaBuilder, PhoneNumber, Requirement, Secret, Subject, UserId, VerifyError,
    provider::{ProviderErrorKind, Verdict},
};

use crate::{
    shared_memory::SharedMemory,
    world::{World, alice, pay, world_with},
};

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32]).unwrap()
}

/// Returns another instance of the same app: the same store, provider, directory and clock.
fn instance_of(world: &World, store: &SharedMemory, secrets: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Mfa {
    let builder = Mfa::builder(world.provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .clock(world.clock.clone())
        .store(store.store());
    secrets(builder).build().unwrap()
}

/// Returns two instances with one secret.
fn two_instances() -> (World, SharedMemory, Mfa) {
    let store = SharedMemory::default();
    let world = world_with(|builder| builder.secret(secret(1)).store(store.store()));
    let other = instance_of(&world, &store, |builder| builder.secret(secret(1)));
    (world, store, other)
}

async fn failures(world: &World, subject: &Subject) -> u32 {
    world.mfa.status(subject.user()).await.unwrap().failures
}

#[tokio::test]
async fn a_right_code_under_a_former_secret_gets_the_same_cookie() {
    let (store, alice) = (SharedMemory::default(), alice());
    let before = world_with(|builder| builder.secret(secret(1)).store(store.store()));
    let live = before.start(&alice).await.unwrap();
    let code = before.right_code();
    let first = before.answer(&alice, &live, &code).await.unwrap().token.unwrap();
    let rotated = instance_of(&before, &store, |builder| builder.secret(secret(2)).secret(secret(1)));
    let again = rotated.verify(&alice, &pay(), &live.id, &code).await.unwrap().token.unwrap();
    assert_eq!(first.expose(), again.expose());
    assert_eq!((before.provider.verifies(), failures(&before, &alice).await), (1, 0));

    let without = instance_of(&before, &store, |builder| builder.secret(secret(2)));
    let rejected = without.verify(&alice, &pay(), &live.id, &code).await;
    assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
    assert_eq!(before.reason(&alice, Requirement::new(pay()), Some(&first)).await, None);
}

#[tokio::test(start_paused = true)]
async fn the_same_code_at_two_instances_gets_one_cookie_whatever_the_provider_answers_second() {
    for slow_redeem in [false, true] {
        for second in [Ok(Verdict::Approved), Ok(Verdict::Rejected), Err(ProviderErrorKind::Failed)] {
            let ((world, store, other), alice) = (two_instances(), alice());
            let live = world.start(&alice).await.unwrap();
            let code = world.right_code();
            world.provider.delay(Duration::from_millis(3500));
            world.provider.next_verdict(Verdict::Approved);
            match second {
                Ok(verdict) => world.provider.next_verdict(verdict),
                Err(kind) => world.provider.fail_next_verify(kind),
            }
            // The other answer may arrive before the first has redeemed the challenge.
            store.faults.slow_redeem.store(slow_redeem, Ordering::SeqCst);
            let pay = pay();
            let (one, two) = tokio::join!(
                world.mfa.verify(&alice, &pay, &live.id, &code),
                other.verify(&alice, &pay, &live.id, &code)
            );
            let [one, two] = [one, two].map(|answer| answer.unwrap().token.unwrap());
            assert_eq!(one.expose(), two.expose(), "{second:?}, {slow_redeem}");
            assert_eq!(world.reason(&alice, Requirement::new(pay), Some(&one)).await, None);
            assert_eq!((world.provider.verifies(), failures(&world, &alice).await), (2, 0), "{second:?}");
            for counted in 1..=5 {
                let rejected = other.verify(&alice, &pay, &live.id, &world.wrong_code()).await;
                assert!(matches!(rejected, Err(VerifyError::ChallengeOver)), "{rejected:?}");
                assert_eq!(failures(&world, &alice).await, counted, "both attempts were given back");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_beside_the_right_one_stays_counted() {
    let ((world, _, other), alice) = (two_instances(), alice());
    let live = world.start(&alice).await.unwrap();
    let (right, wrong, pay) = (world.right_code(), world.wrong_code(), pay());
    world.provider.delay(Duration::from_millis(3500));
    let (one, two) = tokio::join!(
        world.mfa.verify(&alice, &pay, &live.id, &right),
        other.verify(&alice, &pay, &live.id, &wrong)
    );
    assert!(one.is_ok(), "{one:?}");
    assert!(matches!(two, Err(VerifyError::WrongCode { attempts_left: 3 })), "{two:?}");
    world.provider.delay(Duration::ZERO);
    for _ in 0..4 {
        let _over = world.answer(&alice, &live, &wrong).await;
    }
    assert_eq!(failures(&world, &alice).await, 4, "the fifth attempt was the one beside the right one");
    let late = world.answer(&alice, &live, &right).await;
    assert!(matches!(late, Err(VerifyError::ChallengeOver)), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn a_revoked_grant_is_not_returned_for_a_repeated_code() {
    let ((world, _, other), alice) = (two_instances(), alice());
    let live = world.start(&alice).await.unwrap();
    let (code, pay) = (world.right_code(), pay());
    let first = world.answer(&alice, &live, &code).await.unwrap();
    assert!(first.token.is_some());
    world.mfa.revoke_grant(&alice, &pay).await.unwrap();
    let again = other.verify(&alice, &pay, &live.id, &code).await;
    assert!(matches!(again, Err(VerifyError::ChallengeOver)), "{again:?}");
    assert_eq!(failures(&world, &alice).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_sixth_code_waits_for_the_fifth_and_is_compared_only_if_it_is_counted() {
    for (fifth_is_right, sixth_is_right) in [(true, true), (true, false), (false, true), (false, false)] {
        let ((world, ..), alice, pay) = (two_instances(), alice(), pay());
        let live = world.start(&alice).await.unwrap();
        for _ in 0..4 {
            world.guess(&alice, &live).await;
        }
        world.provider.delay(Duration::from_millis(3500));
        let code = |is_right| if is_right { world.right_code() } else { world.wrong_code() };
        let (fifth, sixth) = (code(fifth_is_right), code(sixth_is_right));
        let (fifth, (sixth, waited)) =
            tokio::join!(world.mfa.verify(&alice, &pay, &live.id, &fifth), async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let begun = tokio::time::Instant::now();
                (world.mfa.verify(&alice, &pay, &live.id, &sixth).await, begun.elapsed())
            });
        let what = format!("{fifth_is_right} {sixth_is_right}: {fifth:?} {sixth:?}");
        // Equal or not, it takes as long.
        assert!((3390..3500).contains(&waited.as_millis()), "{waited:?} {what}");
        assert_eq!(
            (fifth.is_ok(), sixth.is_ok()),
            (fifth_is_right, fifth_is_right && sixth_is_right),
            "{what}"
        );
        assert!(sixth.is_ok() || matches!(sixth, Err(VerifyError::ChallengeOver)), "{what}");
        let counted = match (fifth_is_right, sixth_is_right) {
            (true, true) => 0,
            // Compared by the store, as the fifth wrong one.
            (true, false) => 1,
            // Not compared with anything.
            (false, _) => 5,
        };
        assert_eq!((world.provider.verifies(), failures(&world, &alice).await), (5, counted), "{what}");
        if counted == 1 {
            let late = world.answer(&alice, &live, &world.right_code()).await;
            assert!(matches!(late, Err(VerifyError::ChallengeOver)), "{late:?}");
            let _over = world.answer(&alice, &live, &world.wrong_code()).await;
            assert_eq!(failures(&world, &alice).await, 1, "no code is compared after the fifth wrong one");
        }
    }
}
