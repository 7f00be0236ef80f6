//! Sends are counted by the address that asks for them, where the app says how to find it out [SEND-3, RATE-8].

use std::{net::IpAddr, time::Duration};

use mfakit_core::{Channel, ClientAddress, LiveChallenge, StartError, StartRequest};

use crate::{
    sends::told,
    world::{World, pay, user, world, world_with},
};

/// Somebody new with a number far from all others, from this address.
async fn start_from(world: &World, n: usize, address: Option<&str>) -> Result<LiveChallenge, StartError> {
    let name = format!("user {n}");
    world.enter(&name, format!("+1919{:03}1234", 200 + n));
    let address = address.map(|address| address.parse::<IpAddr>().unwrap());
    world.mfa.start(&user(&name), StartRequest::new(pay(), Channel::Messaging).address(address)).await
}

#[tokio::test]
async fn ten_codes_an_hour_go_out_for_one_address_whoever_they_are_for() {
    for (name, of_one, of_another) in [
        ("IPv4", ["192.0.2.1", "192.0.2.1"], "192.0.2.2"),
        ("an IPv4 address in IPv6 clothes", ["192.0.2.1", "::ffff:192.0.2.1"], "::ffff:192.0.2.2"),
        ("IPv6 by its /64", ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2"], "2001:db8:0:2::1"),
    ] {
        let world = world_with(|builder| builder.client_address(ClientAddress::Direct));
        for n in 0..10 {
            let address = of_one[n % 2];
            assert!(start_from(&world, n, Some(address)).await.is_ok(), "{name}: {n}");
        }
        let hour = Duration::from_hours(1);
        for address in of_one {
            assert_eq!(told(start_from(&world, 10, Some(address)).await), ("address", hour), "{name}");
        }
        assert!(start_from(&world, 11, Some(of_another)).await.is_ok(), "{name}");
        world.clock.advance(hour);
        assert!(start_from(&world, 10, Some(of_one[0])).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn without_the_setting_addresses_are_not_counted_and_one_event_says_so() {
    let world = world();
    assert_eq!(world.heard.names(), ["sys_addresses_uncounted"]);
    for n in 0..20 {
        assert!(start_from(&world, n, None).await.is_ok(), "{n}");
    }
    assert!(!world.heard.names().contains(&"sys_addresses_uncounted"));
    let told = world_with(|builder| builder.client_address(ClientAddress::TrustedProxies(1)));
    assert!(told.heard.names().is_empty());
}

#[tokio::test]
async fn without_the_setting_an_address_that_is_passed_all_the_same_decides_nothing() {
    let world = world();
    for n in 0..20 {
        assert!(start_from(&world, n, Some("192.0.2.1")).await.is_ok(), "{n}");
    }
}

#[tokio::test]
async fn with_the_setting_nothing_is_sent_for_an_address_that_is_not_known() {
    let world = world_with(|builder| builder.client_address(ClientAddress::Direct));
    let refused = start_from(&world, 0, None).await;
    assert!(matches!(refused, Err(StartError::Misconfigured(_))), "{refused:?}");
    assert_eq!(world.heard.names(), ["sys_misconfigured", "authn_code_refused"]);
    assert_eq!(world.provider.sends(), 0);
}
