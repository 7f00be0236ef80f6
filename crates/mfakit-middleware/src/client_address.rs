//! Address that a request comes from, for the limits by address.
//!
//! 1. Without `.client_address(..)`, no address is read and no limit by address applies.
//! 2. Of all headers, only `X-Forwarded-For` counts, and of that only the entry that the app's own outermost proxy wrote.
//!    `Forwarded`, `X-Real-IP` and other headers that a client may send make no difference [RATE-8].
//! 3. If that entry is missing or is not a valid address, the peer counts instead. So requests that bypass the proxies, or
//!    come through a misconfigured one, share a budget. Entries further left never count, because the client wrote
//!    them.

use std::net::{IpAddr, SocketAddr};

use mfakit_core::ClientAddress;

use crate::facts::Facts;

/// Returns the address to count by, if one is configured and available. An IPv4 address mapped to IPv6 is returned as
/// IPv4.
pub(crate) fn client_address(how: Option<ClientAddress>, facts: &Facts) -> Option<IpAddr> {
    let address = match how? {
        ClientAddress::Direct => facts.peer,
        ClientAddress::TrustedProxies(count) => {
            facts.forwarded_for.as_deref().and_then(|chain| entry(chain, count)).or(facts.peer)
        }
        // A setting that this version does not know leaves the address unknown.
        _ => None,
    };
    address.map(|address| address.to_canonical())
}

/// Returns the address at this position in the chain, counted from the right, starting at 1.
fn entry(chain: &str, place: usize) -> Option<IpAddr> {
    parse(chain.rsplit(',').nth(place.checked_sub(1)?)?.trim())
}

/// Reads `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`. Proxies write all of
/// these forms.
fn parse(entry: &str) -> Option<IpAddr> {
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().map(IpAddr::V6).ok();
    let with_port = || entry.parse().ok().map(|socket: SocketAddr| socket.ip());
    entry.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "10.0.0.9";

    fn found(how: ClientAddress, peer: Option<&str>, chain: Option<&str>) -> Option<String> {
        let facts = Facts {
            peer: peer.map(|peer| peer.parse().unwrap()),
            forwarded_for: chain.map(str::to_owned),
            ..Facts::default()
        };
        client_address(Some(how), &facts).map(|address| address.to_string())
    }

    #[test]
    fn the_entry_counted_from_the_right_is_the_client() {
        for (name, proxies, chain, address) in [
            ("one proxy, nothing forged", 1, Some("192.0.2.1"), "192.0.2.1"),
            ("one proxy, a forged entry", 1, Some("198.51.100.7, 192.0.2.1"), "192.0.2.1"),
            ("one proxy, forged entries and spaces", 1, Some(" a ,\t, 8.8.8.8 ,  192.0.2.1 "), "192.0.2.1"),
            ("two proxies", 2, Some("192.0.2.1, 10.0.0.1"), "192.0.2.1"),
            ("two proxies, a forged entry", 2, Some("8.8.8.8,192.0.2.1,10.0.0.1"), "192.0.2.1"),
            ("a port", 1, Some("192.0.2.1:49152"), "192.0.2.1"),
            ("IPv6", 1, Some("2001:db8::1"), "2001:db8::1"),
            ("IPv6 in brackets", 1, Some("[2001:db8::1]"), "2001:db8::1"),
            ("IPv6 with a port", 1, Some("[2001:db8::1]:443"), "2001:db8::1"),
            ("IPv4 as IPv6", 1, Some("::ffff:192.0.2.1"), "192.0.2.1"),
            ("IPv4 as IPv6, with a port", 1, Some("[::ffff:192.0.2.1]:443"), "192.0.2.1"),
            ("no header", 1, None, PEER),
            ("an empty header", 1, Some(""), PEER),
            ("fewer entries than proxies", 2, Some("192.0.2.1"), PEER),
            ("not an address at the place", 1, Some("192.0.2.1, unknown"), PEER),
            ("nothing at the place", 1, Some("192.0.2.1,"), PEER),
            ("nothing at the place, of two", 2, Some("192.0.2.1,, 10.0.0.1"), PEER),
            ("a name", 1, Some("localhost"), PEER),
            ("quotation marks", 1, Some("\"192.0.2.1\""), PEER),
            ("a port without an address", 1, Some(":443"), PEER),
            ("an open bracket", 1, Some("[2001:db8::1"), PEER),
            ("IPv4 in brackets", 1, Some("[192.0.2.1]"), PEER),
            ("an octal number", 1, Some("0300.0.2.1"), PEER),
            ("a decimal number", 1, Some("3221225985"), PEER),
            ("bytes that are not text", 1, Some("192.0.2.\u{fffd}"), PEER),
            ("more proxies than there can be", usize::MAX, Some("192.0.2.1"), PEER),
            ("no proxy at all", 0, Some("192.0.2.1"), PEER),
        ] {
            let found = found(ClientAddress::TrustedProxies(proxies), Some(PEER), chain);
            assert_eq!(found.as_deref(), Some(address), "{name}");
        }
    }

    #[test]
    fn for_direct_connections_the_peer_counts_whatever_the_header_says() {
        for chain in [None, Some("192.0.2.1"), Some("192.0.2.1, 192.0.2.2")] {
            assert_eq!(found(ClientAddress::Direct, Some(PEER), chain).as_deref(), Some(PEER));
        }
        assert_eq!(
            found(ClientAddress::Direct, Some("::ffff:192.0.2.1"), None).as_deref(),
            Some("192.0.2.1")
        );
    }

    #[test]
    fn without_a_peer_only_the_entry_of_a_trusted_proxy_counts() {
        assert_eq!(found(ClientAddress::Direct, None, Some("192.0.2.1")), None);
        assert_eq!(found(ClientAddress::TrustedProxies(2), None, Some("192.0.2.1")), None);
        let proxied = found(ClientAddress::TrustedProxies(1), None, Some("192.0.2.1"));
        assert_eq!(proxied.as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn without_a_configured_source_nothing_is_read() {
        let unread = |name| -> std::iter::Empty<&[u8]> { panic!("{name} is read") };
        let facts = Facts::default().coming_from(None, || panic!("the peer is read"), unread);
        assert_eq!(client_address(None, &facts), None);
        let facts = Facts::default().coming_from(Some(ClientAddress::Direct), || PEER.parse().ok(), unread);
        assert_eq!(client_address(Some(ClientAddress::Direct), &facts), PEER.parse().ok());
    }

    #[test]
    fn a_header_that_came_several_times_is_one_chain() {
        let headers = |name| {
            assert_eq!(name, "x-forwarded-for");
            ["8.8.8.8", "192.0.2.1, 10.0.0.1"].map(str::as_bytes).into_iter()
        };
        let how = Some(ClientAddress::TrustedProxies(2));
        let facts = Facts::default().coming_from(how, || PEER.parse().ok(), headers);
        assert_eq!(
            client_address(how, &facts).map(|address| address.to_string()).as_deref(),
            Some("192.0.2.1")
        );
    }
}
