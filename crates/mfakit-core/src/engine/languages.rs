//! Checks the languages of an app.

use crate::{
    catalog::ScopeSettings,
    channel::Channel,
    engine::build_error::BuildError,
    messages::{InvalidText, Messages, check_label},
    policy::Policy,
    sent_text::{
        CODE_PLACEHOLDER, LONGEST_MESSAGE, LONGEST_RETRIEVED, SentText, notice::longer_than_two_segments,
    },
    site::Site,
};

/// Returns the default language and the others, after checking that each has a label for every scope and that every
/// message is short enough.
pub(super) fn languages(
    mut languages: Vec<Messages>,
    scopes: &[ScopeSettings],
    site: &Site,
    policy: &Policy,
) -> Result<(Messages, Vec<Messages>), BuildError> {
    if languages.is_empty() {
        languages.push(Messages::english());
    }
    for (at, messages) in languages.iter().enumerate() {
        let invalid = |why| BuildError::Messages { language: messages.language().to_owned(), why };
        messages.check().map_err(invalid)?;
        if languages.iter().take(at).any(|earlier| earlier.is_same_language(messages)) {
            return Err(invalid(InvalidText::Twice));
        }
        for (scope, label) in messages.labels() {
            let scope = scope.to_owned();
            if !scopes.iter().any(|entry| entry.scope.as_str() == scope) {
                return Err(invalid(InvalidText::UnknownLabel { scope }));
            }
            check_label(label).map_err(|why| invalid(InvalidText::Label { scope, why }))?;
        }
        for (path, said) in messages.alternatives() {
            let path = path.to_owned();
            if !site.theme().has_alternative(&path) {
                return Err(invalid(InvalidText::UnknownAlternative { path }));
            }
            check_label(said).map_err(|why| invalid(InvalidText::Alternative { path, why }))?;
        }
        for entry in scopes {
            let scope = entry.scope.to_string();
            let label = match messages.label_of(&entry.scope) {
                Some(label) => label,
                None => match entry.label_id() {
                    Some(id) => messages.text(id),
                    None if at == 0 => entry.label(),
                    None => return Err(invalid(InvalidText::NoLabel { scope })),
                },
            };
            check_label(label).map_err(|why| invalid(InvalidText::Label { scope, why }))?;
            check_lengths(entry, label, site, messages, policy).map_err(invalid)?;
        }
    }
    let default = languages.remove(0);
    Ok((default, languages))
}

/// Checks that every notice has at most two segments in each language.
pub(super) fn check_notices(
    site: &Site,
    default: &Messages,
    translations: &[Messages],
) -> Result<(), BuildError> {
    for messages in std::iter::once(default).chain(translations) {
        if let Some((id, excess)) = longer_than_two_segments(site.name(), messages) {
            let why = InvalidText::NoticeTooLong { id, excess, name: site.name().to_owned() };
            return Err(BuildError::Messages { language: messages.language().to_owned(), why });
        }
    }
    Ok(())
}

/// Checks that the messages of a scope are short enough in one language.
fn check_lengths(
    entry: &ScopeSettings,
    label: &str,
    site: &Site,
    messages: &Messages,
    policy: &Policy,
) -> Result<(), InvalidText> {
    let scope = entry.scope.to_string();
    let (lifetime, digits) = (policy.code_lifetime, policy.digits());
    let sent = |channel| SentText { channel, site, messages, label, lifetime, digits, words: None };
    let text = |channel| sent(channel).without_action();
    if Channel::all().iter().any(|channel| text(*channel).chars().count() > LONGEST_MESSAGE) {
        return Err(InvalidText::MessageTooLong { scope, longest: LONGEST_MESSAGE });
    }
    // The words of an unconfirmed number are empty.
    let messages_actions =
        entry.is_bound() && !entry.is_enroll() && entry.channels().contains(&Channel::Messaging);
    let excess = if messages_actions { sent(Channel::Messaging).missing_room() } else { 0 };
    if excess > 0 {
        let (name, host) = (site.name().to_owned(), site.code_host().to_owned());
        return Err(InvalidText::ActionTooLong { scope, excess, name, host });
    }
    let code = "0".repeat(usize::from(digits));
    let retrieved = text(Channel::Messaging).replace(CODE_PLACEHOLDER, &code);
    if site.android_app_hash().is_some() && retrieved.len() > LONGEST_RETRIEVED {
        return Err(InvalidText::TooLongForAndroid { scope, length: retrieved.len() });
    }
    Ok(())
}
