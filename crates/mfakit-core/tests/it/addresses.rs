//! Sends are counted by client address, if the app configures how it is determined [SEND-3, RATE-8].

use std::{net::IpAddr, time::Duration};

use mfakit_core::{Channel, ClientAddress, LiveChallenge, StartError, StartRequest};

use crate::{
    sends::rejection,
    world::{World, pay, user, world, world_with},
};

/// Starts a challenge from an address, for a new user whose number is in a different block from all others.
async fn start_from(world: &World, n: usize, address: Option<&str>) -> Result<LiveChallenge, StartError> {
    let name = format!("user {n}");
    world.enter(&name, format!("+1919{:03}1234", 200 + n));
    let address = address.map(|address| address.parse::<IpAddr>().unwrap());
    world.mfa.start(&user(&name), StartRequest::new(pay(), Channel::Messaging).address(address)).await
}

#[tokio::test]
async fn ten_codes_an_hour_are_sent_for_one_address_across_users() {
    for (name, of_one, of_another) in [
        ("IPv4", ["192.0.2.1", "192.0.2.1"], "192.0.2.2"),
        ("an IPv4-mapped IPv6 address", ["192.0.2.1", "::ffff:192.0.2.1"], "::ffff:192.0.2.2"),
        ("IPv6 by its /64", ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2"], "2001:db8:0:2::1"),
    ] {
        let world = world_with(|builder| builder.client_address(ClientAddress::Direct));
        for n in 0..10 {
            let address = of_one[n % 2];
            assert!(start_from(&world, n, Some(address)).await.is_ok(), "{name}: {n}");
        }
        let hour = Duration::from_secs(60 * 60);
        for address in of_one {
            assert_eq!(rejection(start_from(&world, 10, Some(address)).await), ("address", hour), "{name}");
        }
        assert!(start_from(&world, 11, Some(of_another)).await.is_ok(), "{name}");
        world.clock.advance(hour);
        assert!(start_from(&world, 10, Some(of_one[0])).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn without_the_setting_addresses_are_not_counted_and_one_event_reports_it() {
    let world = world();
    assert_eq!(world.events.names(), ["sys_addresses_uncounted"]);
    for n in 0..20 {
        assert!(start_from(&world, n, None).await.is_ok(), "{n}");
    }
    assert!(!world.events.names().contains(&"sys_addresses_uncounted"));
    let configured = world_with(|builder| builder.client_address(ClientAddress::TrustedProxies(1)));
    assert!(configured.events.names().is_empty());
}

#[tokio::test]
async fn without_the_setting_a_passed_address_is_ignored() {
    let world = world();
    for n in 0..20 {
        assert!(start_from(&world, n, Some("192.0.2.1")).await.is_ok(), "{n}");
    }
}

#[tokio::test]
async fn with_the_setting_nothing_is_sent_without_an_address() {
    let world = world_with(|builder| builder.client_address(ClientAddress::Direct));
    let rejected = start_from(&world, 0, None).await;
    assert!(matches!(rejected, Err(StartError::Misconfigured(_))), "{rejected:?}");
    assert_eq!(world.events.names(), ["sys_misconfigured", "authn_code_refused"]);
    assert_eq!(world.provider.sends(), 0);
}
