//! Part of the page of the number that is about recovery, and its markup.

use crate::page::{
    frame::Link,
    markup::{Html, html},
};

/// Part of the page that is about recovery.
pub(super) struct RecoveryPart<'a> {
    /// Sentence about what the app allows.
    pub(super) allowed: Option<String>,
    pub(super) sign_in: Option<Link<'a>>,
    /// Number of codes that are left.
    pub(super) left: String,
    /// Sentence about recovery codes while they cannot be entered.
    pub(super) later: Option<&'a str>,
    pub(super) form: Option<RecoveryForm<'a>>,
    pub(super) make: Option<MakeForm<'a>>,
}

/// Form that makes recovery codes.
pub(super) struct MakeForm<'a> {
    pub(super) button: Link<'a>,
    /// Signed state that the form is shown for.
    pub(super) shown: String,
}

/// Form for a recovery code.
pub(super) struct RecoveryForm<'a> {
    pub(super) action: String,
    pub(super) summary: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: &'a str,
    pub(super) send: &'a str,
    /// True after a code that was rejected. The form is then open, and its field is marked.
    pub(super) invalid: bool,
}

impl RecoveryPart<'_> {
    pub(super) fn write(&self, html: &mut Html, token: &str) {
        if let Some(allowed) = &self.allowed {
            html!(html, "<p class=\"mfa-allowed\">{}</p>\n", allowed);
        }
        if let Some(sign_in) = &self.sign_in {
            html!(html, "<p><a class=\"mfa-button\" href=\"{}\">{}</a></p>\n", sign_in.href, sign_in.words);
        }
        html!(html, "<p class=\"mfa-hint\">{}</p>\n", self.left);
        if let Some(later) = &self.later {
            html!(html, "<p class=\"mfa-later\">{}</p>\n", later);
        }
        if let Some(make) = &self.make {
            html!(html, "<form class=\"mfa-make\" method=\"post\" action=\"{}\">\n", make.button.href);
            html!(html, "<input type=\"hidden\" name=\"token\" value=\"{}\">\n", token);
            html!(html, "<input type=\"hidden\" name=\"shown\" value=\"{}\">\n", make.shown);
            html!(
                html,
                "<button type=\"submit\" class=\"mfa-quiet\">{}</button>\n</form>\n",
                make.button.words
            );
        }
        if let Some(form) = &self.form {
            form.write(html, token);
        }
    }
}

impl RecoveryForm<'_> {
    fn write(&self, html: &mut Html, token: &str) {
        html!(html, "<details class=\"mfa-lost\"");
        if self.invalid {
            html!(html, " open");
        }
        html!(html, ">\n<summary>{}</summary>\n", self.summary);
        html!(html, "<form class=\"mfa-recover\" method=\"post\" action=\"{}\">\n", self.action);
        html!(html, "<input type=\"hidden\" name=\"token\" value=\"{}\">\n", token);
        html!(html, "<label for=\"mfa-recovery\">{}</label>\n", self.label);
        html!(
            html,
            r#"<p class="mfa-hint" id="mfa-recovery-hint">{}</p>
<input id="mfa-recovery" name="code" type="text" dir="ltr" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="60" aria-describedby="{}mfa-recovery-hint""#,
            self.hint,
            if self.invalid { "mfa-notice " } else { "" }
        );
        if self.invalid {
            html!(html, r#" aria-invalid="true" autofocus"#);
        }
        html!(html, ">\n<button type=\"submit\">{}</button>\n</form>\n</details>\n", self.send);
    }
}
