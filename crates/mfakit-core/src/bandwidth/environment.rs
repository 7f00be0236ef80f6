//! Reads the settings from the environment.

use std::ffi::OsString;

use super::{
    BandwidthConfigError, Credentials,
    config::{Config, Draft, Names, Setting},
};

const CLIENT_ID: &str = "BANDWIDTH_CLIENT_ID";
const CLIENT_SECRET: &str = "BANDWIDTH_CLIENT_SECRET";
const USERNAME: &str = "BANDWIDTH_USERNAME";
const PASSWORD: &str = "BANDWIDTH_PASSWORD";

/// Reads every variable through `lookup` and checks them all. An empty variable counts as not set.
pub(super) fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Config, BandwidthConfigError> {
    let mut variables = Variables { lookup, problems: Vec::new() };
    let mut setting = |setting| variables.text(Names::Variables.of(setting));
    let draft = Draft {
        account_id: setting(Setting::AccountId),
        from: setting(Setting::From),
        messaging_application: setting(Setting::MessagingApplication),
        voice_application: setting(Setting::VoiceApplication),
        base_url: setting(Setting::BaseUrl),
        token_url: setting(Setting::TokenUrl),
        notice_from: setting(Setting::NoticeFrom),
        notice_application: setting(Setting::NoticeApplication),
        messaging_url: setting(Setting::MessagingUrl),
        credentials: variables.credentials(),
    };
    draft.check(Names::Variables, variables.problems)
}

struct Variables<L> {
    lookup: L,
    problems: Vec<String>,
}

impl<L: Fn(&str) -> Option<OsString>> Variables<L> {
    fn text(&mut self, name: &str) -> Option<String> {
        let value = (self.lookup)(name).filter(|value| !value.is_empty())?;
        value.into_string().map_err(|_| self.problems.push(format!("{name} is not valid Unicode"))).ok()
    }

    /// Returns the pair to use. Half a pair is a mistake even if the other pair is complete, because it was meant to be
    /// used.
    fn credentials(&mut self) -> Option<Credentials> {
        let before = self.problems.len();
        let client = self.pair(CLIENT_ID, CLIENT_SECRET);
        let user = self.pair(USERNAME, PASSWORD);
        match (client, user) {
            (Some((id, secret)), _) => Some(Credentials::oauth2(id, secret)),
            // Half a pair of client credentials is a mistake. The other pair does not make up for it.
            (None, Some((name, password))) if self.problems.len() == before => {
                Some(Credentials::basic(name, password))
            }
            (None, _) => {
                if self.problems.len() == before {
                    self.problems.push(format!("{CLIENT_ID} and {CLIENT_SECRET} are not set"));
                }
                None
            }
        }
    }

    fn pair(&mut self, name: &str, secret: &str) -> Option<(String, String)> {
        let before = self.problems.len();
        let pair = (self.text(name), self.text(secret));
        let (there, missing) = match pair {
            (Some(name), Some(secret)) => return Some((name, secret)),
            (Some(_), None) => (name, secret),
            (None, Some(_)) => (secret, name),
            (None, None) => return None,
        };
        if self.problems.len() == before {
            self.problems.push(format!("{there} is set, but {missing} is not"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bandwidth::credentials::CredentialKind, channel::Channel};

    const GOOD: [(&str, &str); 5] = [
        ("BANDWIDTH_ACCOUNT_ID", "9900000"),
        ("BANDWIDTH_CLIENT_ID", "client"),
        ("BANDWIDTH_CLIENT_SECRET", "secret"),
        ("BANDWIDTH_FROM", "+19195554321"),
        ("BANDWIDTH_MESSAGING_APPLICATION_ID", "app"),
    ];

    /// Reads the good variables with these in their place.
    fn with(changes: &[(&str, &str)]) -> Result<Config, BandwidthConfigError> {
        read(|name| {
            let find =
                |list: &[(&str, &str)]| list.iter().find(|(key, _)| *key == name).map(|pair| pair.1.into());
            find(changes).or_else(|| find(&GOOD))
        })
    }

    #[test]
    fn five_variables_are_enough() {
        let config = with(&[]).ok().unwrap();
        assert_eq!(config.account_id, "9900000");
        assert_eq!(config.from.as_e164(), "+19195554321");
        assert_eq!(config.messaging_application.as_deref(), Some("app"));
        assert_eq!(config.voice_application, None);
        assert_eq!(config.credentials.kind(), CredentialKind::OAuth2);
    }

    #[test]
    fn urls_can_be_set_and_an_empty_variable_is_not() {
        let config = with(&[
            ("BANDWIDTH_MESSAGING_APPLICATION_ID", ""),
            ("BANDWIDTH_VOICE_APPLICATION_ID", "voice"),
            ("BANDWIDTH_BASE_URL", "http://localhost:4010/api/v1"),
            ("BANDWIDTH_TOKEN_URL", ""),
        ]);
        let config = config.ok().unwrap();
        assert_eq!(config.messaging_application, None);
        assert_eq!(
            config.send_url(Channel::Voice).to_string(),
            "http://localhost:4010/api/v1/accounts/9900000/code/voice"
        );
        assert_eq!(config.token_url.to_string(), "https://api.bandwidth.com/api/v1/oauth2/token");
    }

    #[test]
    fn client_credentials_are_preferred_and_a_password_works_on_this_machine() {
        let user = [("BANDWIDTH_USERNAME", "user"), ("BANDWIDTH_PASSWORD", "pass")];
        assert_eq!(with(&user).ok().unwrap().credentials.kind(), CredentialKind::OAuth2);
        let only_user = [user[0], user[1], ("BANDWIDTH_CLIENT_ID", ""), ("BANDWIDTH_CLIENT_SECRET", "")];
        let local = [&only_user[..], &[("BANDWIDTH_BASE_URL", "http://127.0.0.1:4010/api/v1")]].concat();
        assert_eq!(with(&local).ok().unwrap().credentials.kind(), CredentialKind::Basic);
        let error = with(&only_user).err().unwrap().to_string();
        assert!(error.contains("BANDWIDTH_CLIENT_ID and BANDWIDTH_CLIENT_SECRET"), "{error}");
    }

    #[test]
    fn half_a_pair_is_named_even_beside_a_whole_one() {
        for (changes, problem) in [
            (
                &[("BANDWIDTH_CLIENT_SECRET", "")][..],
                "BANDWIDTH_CLIENT_ID is set, but BANDWIDTH_CLIENT_SECRET is not",
            ),
            (
                &[("BANDWIDTH_CLIENT_ID", "")][..],
                "BANDWIDTH_CLIENT_SECRET is set, but BANDWIDTH_CLIENT_ID is not",
            ),
            (
                &[("BANDWIDTH_USERNAME", "user")][..],
                "BANDWIDTH_USERNAME is set, but BANDWIDTH_PASSWORD is not",
            ),
            (
                &[("BANDWIDTH_CLIENT_ID", ""), ("BANDWIDTH_USERNAME", "u"), ("BANDWIDTH_PASSWORD", "p")][..],
                "BANDWIDTH_CLIENT_SECRET is set, but BANDWIDTH_CLIENT_ID is not",
            ),
        ] {
            let error = with(changes).err().unwrap();
            assert_eq!(error.problems().collect::<Vec<_>>(), [problem]);
        }
    }

    #[test]
    fn an_empty_environment_gets_one_error_for_everything() {
        let error = read(|_| None).err().unwrap();
        assert_eq!(
            error.to_string(),
            "Bandwidth is not configured: \
             BANDWIDTH_CLIENT_ID and BANDWIDTH_CLIENT_SECRET are not set; \
             BANDWIDTH_ACCOUNT_ID is not set; \
             BANDWIDTH_FROM is not set; \
             neither BANDWIDTH_MESSAGING_APPLICATION_ID nor BANDWIDTH_VOICE_APPLICATION_ID is set: \
             at least one is required"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_unicode_is_named() {
        use std::os::unix::ffi::OsStringExt;

        let error = read(|name| {
            let good = GOOD.iter().find(|(key, _)| *key == name)?.1;
            Some(if name == "BANDWIDTH_CLIENT_SECRET" { OsString::from_vec(vec![0xff]) } else { good.into() })
        });
        let error = error.err().unwrap();
        assert_eq!(error.problems().collect::<Vec<_>>(), ["BANDWIDTH_CLIENT_SECRET is not valid Unicode"]);
    }
}
