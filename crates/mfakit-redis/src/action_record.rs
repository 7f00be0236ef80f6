//! Records of kept actions. The words, the canonical form and the target may contain any byte, so their lengths are in the
//! record.

use mfakit_core::{
    Timestamp,
    store::{ActionDigest, Approval, ConsumedAction, KeptAction, StoreError},
};

use crate::{
    names::unhex,
    place::Place,
    record::{BOUND_VERSION, VERSION, read_digits, read_time, unreadable},
};

/// Returns the part of an action's record that the scripts do not read:
/// `length of the words|length of the canonical form|words, canonical form, and target after a plus sign`.
///
/// The whole record is `2|kept at|expires at|digest|content`. The scripts write the times, by the server's clock.
pub(crate) fn action_content(action: &KeptAction) -> Vec<u8> {
    let KeptAction { words, canonical, target, .. } = action;
    let mut content = format!("{}|{}|", words.len(), canonical.len()).into_bytes();
    content.extend_from_slice(words.as_bytes());
    content.extend_from_slice(canonical);
    if let Some(target) = target {
        content.push(b'+');
        content.extend_from_slice(target.as_bytes());
    }
    content
}

/// Returns whether a record only says that its grant was consumed, because its content is empty. An earlier version leaves it
/// in the place of the action.
pub(crate) fn is_consumed(record: &[u8]) -> bool {
    record.splitn(5, |byte| *byte == b'|').nth(4).is_some_and(<[u8]>::is_empty)
}

/// Reads an approval that was consumed, at its place, with the time until which it is remembered:
/// `1|consumed at|remembered until|digest|number`, or `2|consumed at|remembered until|digest|` from an earlier version.
pub(crate) fn read_consumed(place: &Place, record: &[u8]) -> Result<(ConsumedAction, Timestamp), StoreError> {
    read_bare(place, record).ok_or_else(|| unreadable("a consumed action"))
}

fn read_bare(place: &Place, record: &[u8]) -> Option<(ConsumedAction, Timestamp)> {
    let parts: Vec<_> = std::str::from_utf8(record).ok()?.split('|').collect();
    let [version, consumed_at, expires_at, digest, number] = parts.as_slice() else { return None };
    match *version {
        VERSION if read_digits::<u64>(number).is_some() => {}
        BOUND_VERSION if number.is_empty() => {}
        _ => return None,
    }
    let approval = Approval::new(place.approval?, ActionDigest::from_bytes(unhex(digest)?));
    let consumed = ConsumedAction::new(approval, place.login, place.scope, read_time(consumed_at)?);
    Some((consumed, read_time(expires_at)?))
}

/// Reads an action at its place.
pub(crate) fn read_action(place: &Place, record: &[u8]) -> Result<KeptAction, StoreError> {
    read_parts(place, record).ok_or_else(|| unreadable("an action"))
}

fn read_parts(place: &Place, record: &[u8]) -> Option<KeptAction> {
    let mut parts = record.splitn(7, |byte| *byte == b'|');
    let mut text = || std::str::from_utf8(parts.next()?).ok();
    if text()? != BOUND_VERSION {
        return None;
    }
    let (kept_at, expires_at) = (read_time(text()?)?, read_time(text()?)?);
    let digest = ActionDigest::from_bytes(unhex(text()?)?);
    let (of_words, of_canonical) = (read_digits(text()?)?, read_digits(text()?)?);
    let (words, rest) = parts.next()?.split_at_checked(of_words)?;
    let (canonical, target) = rest.split_at_checked(of_canonical)?;
    let target = match target {
        [] => None,
        [b'+', target @ ..] => Some(std::str::from_utf8(target).ok()?.to_owned()),
        _ => return None,
    };
    let approval = Approval::new(place.approval?, digest);
    let words = std::str::from_utf8(words).ok()?;
    let action = KeptAction::new(approval, place.login, place.scope, words, canonical);
    Some(action.with_target(target).with_times(kept_at, expires_at))
}

#[cfg(test)]
mod tests {
    use mfakit_core::{
        LoginId, Scope,
        store::{ApprovalId, KeptAction},
    };

    use super::*;

    fn action(words: &str, canonical: &[u8], target: Option<&str>) -> (Place, KeptAction) {
        let id = ApprovalId::from_bytes([1; 16]);
        let place = Place {
            login: LoginId::from_bytes([2; 16]),
            scope: Scope::new("pay").unwrap(),
            approval: Some(id),
        };
        let approval = Approval::new(id, ActionDigest::from_bytes([3; 32]));
        let action = KeptAction::new(approval, place.login, place.scope, words, canonical)
            .with_target(target.map(str::to_owned))
            .with_times(Timestamp::from_millis(1), Timestamp::from_millis(2));
        (place, action)
    }

    fn record(action: &KeptAction) -> Vec<u8> {
        let head = format!("2|1|2|{}|", action.approval.digest);
        [head.as_bytes(), &action_content(action)].concat()
    }

    #[test]
    fn an_action_is_read_back_whatever_it_contains() {
        let every_byte: Vec<u8> = (0..=255).collect();
        for (words, canonical, target) in [
            ("", &[] as &[u8], None),
            ("", &[], Some("")),
            ("+", b"+", Some("+")),
            ("0|0|", b"1|1|", Some("/pay?a=|\u{1f511}")),
            ("{\"payee\":\"\u{e9}\"}", &every_byte, Some("/pay")),
        ] {
            let (place, action) = action(words, canonical, target);
            assert_eq!(read_action(&place, &record(&action)).unwrap(), action);
        }
    }

    #[test]
    fn only_an_empty_content_means_consumed() {
        let (_, action) = action("", &[], None);
        assert!(!is_consumed(&record(&action)), "an action without texts has its lengths");
        let bare = format!("2|1|2|{}|", action.approval.digest);
        assert!(is_consumed(bare.as_bytes()));
        for other in ["", "|||", "2|1|2|03", &format!("{bare}|")] {
            assert!(!is_consumed(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_consumed_action_is_read_with_its_times() {
        let (place, action) = action("", &[], None);
        let bare = format!("2|1|2|{}|", action.approval.digest);
        let times = (Timestamp::from_millis(1), Timestamp::from_millis(2));
        let consumed = ConsumedAction::new(action.approval, place.login, place.scope, times.0);
        assert_eq!(read_consumed(&place, bare.as_bytes()).unwrap(), (consumed, times.1));
        let unbound = Place { approval: None, ..place };
        assert!(read_consumed(&unbound, bare.as_bytes()).is_err());
        let numbered = format!("{}7", bare.replacen('2', "1", 1));
        assert_eq!(read_consumed(&place, numbered.as_bytes()).unwrap(), (consumed, times.1));
        for bad in [
            String::new(),
            bare.replacen('2', "1", 1),
            numbered.replacen('1', "2", 1),
            numbered.replace('7', "-7"),
            format!("{numbered}|"),
            bare.replacen("2|", "3|", 1),
            bare.replacen("|1|", "||", 1),
            bare.replacen("|2|", "|-2|", 1),
            bare.replacen("|03", "|zz", 1),
            bare.replacen("|03", "|", 1),
            format!("{bare}|"),
            format!("{bare}0|0|"),
        ] {
            assert!(read_consumed(&place, bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        let (place, action) = action("words", b"canonical", Some("/pay"));
        let good = String::from_utf8(record(&action)).unwrap();
        for bad in [
            String::new(),
            "2|1|2|".to_owned(),
            good.replacen("2|", "1|", 1),
            good.replacen("2|", "3|", 1),
            good.replacen("|1|", "|-1|", 1),
            good.replacen("|1|", "||", 1),
            good.replacen("|03", "|zz", 1),
            good.replacen("|03", "|", 1),
            good.replacen("|5|", "|6|", 1),
            good.replacen("|5|", "|+5|", 1),
            good.replacen("|5|", "|18446744073709551615|", 1),
            good.replacen("|9|", "|8|", 1),
            good.replacen("|9|", "|99|", 1),
            good.replace('+', ""),
            good.replace("+/pay", "/pay"),
        ] {
            assert_ne!(bad, good);
            assert!(read_action(&place, bad.as_bytes()).is_err(), "{bad:?}");
        }
        let unbound = Place { approval: None, ..place };
        assert!(read_action(&unbound, good.as_bytes()).is_err());
        for end in 0..good.len() - "/pay".len() - 1 {
            assert!(read_action(&place, &good.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}
