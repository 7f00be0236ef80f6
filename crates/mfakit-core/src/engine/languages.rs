//! Checks the languages of an app.

use crate::{
    catalog::ScopeSettings,
    channel::Channel,
    engine::build_error::BuildError,
    messages::{InvalidText, Messages, check_label},
    policy::Policy,
    sent_text::{CODE_PLACEHOLDER, LONGEST_MESSAGE, LONGEST_RETRIEVED, SentText, compose},
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
                None if at == 0 => entry.label(),
                None => return Err(invalid(InvalidText::NoLabel { scope })),
            };
            let (lifetime, digits) = (policy.code_lifetime, policy.digits());
            let sent = |channel| {
                compose(&SentText { channel, site, messages, label, lifetime, digits, words: None })
            };
            if Channel::all().iter().any(|channel| sent(*channel).chars().count() > LONGEST_MESSAGE) {
                return Err(invalid(InvalidText::MessageTooLong { scope, longest: LONGEST_MESSAGE }));
            }
            let action = SentText {
                channel: Channel::Messaging,
                site,
                messages,
                label,
                lifetime,
                digits,
                words: None,
            };
            let messages_actions = entry.is_bound() && entry.channels().contains(&Channel::Messaging);
            if messages_actions && !action.has_room_for_payees() {
                return Err(invalid(InvalidText::ActionTooLong { scope }));
            }
            let code = "0".repeat(usize::from(digits));
            let retrieved = sent(Channel::Messaging).replace(CODE_PLACEHOLDER, &code);
            if site.android_app_hash().is_some() && retrieved.len() > LONGEST_RETRIEVED {
                return Err(invalid(InvalidText::TooLongForAndroid { scope, length: retrieved.len() }));
            }
        }
    }
    let default = languages.remove(0);
    Ok((default, languages))
}
