//! Slots of a Redis Cluster: the slot of a key, and the nodes that have the slots.
//!
//! Source: the Redis Cluster specification, <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.

use redis::{Arg, Cmd, Value};

use crate::target::Address;

const SLOTS: u16 = 16384;

/// Primaries and their slots, as one node reported them.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct SlotMap(Vec<(u16, u16, Address)>);

impl SlotMap {
    /// Reads the answer to `CLUSTER SLOTS`. `asked` is the host of the node that answered, which a node may leave out
    /// for itself.
    pub(crate) fn read(answer: &Value, asked: &str) -> Self {
        let Value::Array(ranges) = answer else { return Self::default() };
        let mut ranges: Vec<_> = ranges.iter().filter_map(|range| read_range(range, asked)).collect();
        ranges.sort_unstable();
        Self(ranges)
    }

    /// Returns the map that occurs most often. Of several, it is one that covers the most slots.
    pub(crate) fn of_most(mut maps: Vec<Self>) -> Option<Self> {
        let votes = |map: &Self| maps.iter().filter(|other| *other == map).count();
        let ranks = maps.iter().map(|map| (votes(map), map.covered()));
        let (best, _) = ranks.enumerate().max_by_key(|(_, rank)| *rank)?;
        Some(maps.swap_remove(best))
    }

    /// Returns the number of slots that have a primary.
    fn covered(&self) -> usize {
        self.0.iter().map(|(first, last, _)| usize::from(last.saturating_sub(*first)) + 1).sum()
    }

    /// Returns the primary that has this slot.
    pub(crate) fn primary(&self, slot: u16) -> Option<&Address> {
        self.0.iter().find(|(first, last, _)| (*first..=*last).contains(&slot)).map(|(_, _, address)| address)
    }

    /// Returns all primaries. One with several ranges of slots appears several times.
    pub(crate) fn primaries(&self) -> impl Iterator<Item = &Address> {
        self.0.iter().map(|(_, _, address)| address)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads one range: first slot, last slot, the primary, the replicas.
fn read_range(range: &Value, asked: &str) -> Option<(u16, u16, Address)> {
    let Value::Array(parts) = range else { return None };
    let [Value::Int(first), Value::Int(last), Value::Array(primary), ..] = parts.as_slice() else {
        return None;
    };
    let [host, Value::Int(port), ..] = primary.as_slice() else { return None };
    let host = match host {
        Value::BulkString(host) => std::str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host,
        _ => "",
    };
    Some((
        u16::try_from(*first).ok()?,
        u16::try_from(*last).ok()?,
        node(host, u16::try_from(*port).ok()?, asked),
    ))
}

/// Returns the address in a redirection, such as `127.0.0.1:6381`, whose host may be left out.
pub(crate) fn redirected(address: &str, asked: &str) -> Option<Address> {
    let (host, port) = address.rsplit_once(':')?;
    Some(node(host, port.parse().ok()?, asked))
}

fn node(host: &str, port: u16, asked: &str) -> Address {
    // A node that does not know its own name or address reports an empty one, or `?`.
    let host = if host.is_empty() || host == "?" { asked } else { host };
    Address::Tcp(host.trim_matches(['[', ']']).to_owned(), port)
}

/// Returns the slot of a command's key. `None` for a command without a key, which any node can answer.
pub(crate) fn slot_of_command(command: &Cmd) -> Option<u16> {
    let argument = |index| match command.args_iter().nth(index) {
        Some(Arg::Simple(argument)) => Some(argument),
        _ => None,
    };
    match argument(0)? {
        b"HGET" | b"HGETALL" => argument(1).map(slot),
        b"EVAL" | b"EVALSHA" => argument(3).map(slot),
        _ => None,
    }
}

/// Returns the slot of a key. If it contains `{tag}`, only the tag counts.
fn slot(key: &[u8]) -> u16 {
    let tag = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let rest = key.get(open + 1..)?;
        let close = rest.iter().position(|byte| *byte == b'}')?;
        rest.get(..close).filter(|tag| !tag.is_empty())
    });
    crc16(tag.unwrap_or(key)) % SLOTS
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        // The check value of the specification, appendix A.
        assert_eq!(crc16(b"123456789"), 0x31c3);
        // From `CLUSTER KEYSLOT`.
        for (key, expected) in [("foo", 12182), ("{foo}bar", 12182), ("a{foo}{b}", 12182), ("bar", 5061)] {
            assert_eq!(slot(key.as_bytes()), expected, "{key}");
        }
        assert_eq!(slot(b"{}foo"), crc16(b"{}foo") % SLOTS);
        assert_eq!(slot(b"{foo"), crc16(b"{foo") % SLOTS);
    }

    #[test]
    fn the_key_of_each_command_determines_its_slot() {
        let mut script = redis::cmd("EVALSHA");
        script.arg("hash").arg(2).arg("foo").arg("{foo}x").arg("1");
        assert_eq!(slot_of_command(&script), Some(12182));
        assert_eq!(slot_of_command(redis::cmd("HGET").arg("foo").arg("bar")), Some(12182));
        assert_eq!(slot_of_command(redis::cmd("HGETALL").arg("foo")), Some(12182));
        assert_eq!(slot_of_command(&redis::cmd("PING")), None);
        assert_eq!(slot_of_command(redis::cmd("INFO").arg("memory")), None);
    }

    #[test]
    fn most_nodes_decide_and_then_the_number_of_covered_slots() {
        let map = |ranges: &[(u16, u16, u16)]| {
            let node = |port| Address::Tcp("node".to_owned(), port);
            SlotMap(ranges.iter().map(|(first, last, port)| (*first, *last, node(*port))).collect())
        };
        let (old, new) = (|| map(&[(0, 16383, 1)]), || map(&[(0, 16383, 2)]));
        let (one, two) = (|| map(&[(0, 9, 1)]), || map(&[(0, 9, 1), (10, 99, 2)]));
        assert!(SlotMap::of_most(Vec::new()).is_none());
        assert!(SlotMap::of_most(vec![old(), new(), new()]) == Some(new()));
        assert!(SlotMap::of_most(vec![new(), old(), new()]) == Some(new()));
        assert!(SlotMap::of_most(vec![one(), two()]) == Some(two()));
        assert!(SlotMap::of_most(vec![two(), one(), one()]) == Some(one()));
    }

    #[test]
    fn ranges_name_their_primaries_and_a_missing_host_is_that_of_the_asked_node() {
        let text = |text: &str| Value::BulkString(text.into());
        let range = |first, last, host: Value, port| {
            let primary = Value::Array(vec![host, Value::Int(port), text("id")]);
            let replica = Value::Array(vec![text("10.0.0.9"), Value::Int(7), text("id")]);
            Value::Array(vec![Value::Int(first), Value::Int(last), primary, replica])
        };
        let answer = Value::Array(vec![
            range(0, 99, text("10.0.0.1"), 6379),
            range(100, 100, text(""), 6380),
            range(101, 102, Value::Nil, 6381),
        ]);
        let map = SlotMap::read(&answer, "asked");
        let address = |host: &str, port| Some(Address::Tcp(host.to_owned(), port));
        assert_eq!(map.primary(99).cloned(), address("10.0.0.1", 6379));
        assert_eq!(map.primary(100).cloned(), address("asked", 6380));
        assert_eq!(map.primary(102).cloned(), address("asked", 6381));
        assert_eq!(map.primary(103), None);
        assert!(SlotMap::read(&Value::Nil, "asked").is_empty());
        assert_eq!(redirected("[::1]:7000", "asked"), address("::1", 7000));
        assert_eq!(redirected(":7000", "asked"), address("asked", 7000));
        assert_eq!(redirected("nonsense", "asked"), None);
    }
}
