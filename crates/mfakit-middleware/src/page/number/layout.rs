//! Markup of the page of the number.

use crate::page::{
    markup::{Html, Markup, html},
    number::{NumberForm, NumberPage},
};

impl Markup for NumberPage<'_> {
    fn write(&self, html: &mut Html) {
        self.frame.around(html, |html| self.main(html));
    }
}

impl NumberPage<'_> {
    fn main(&self, html: &mut Html) {
        html!(
            html,
            "<main class=\"mfa\" data-mfa-state=\"{}\" data-mfa-number=\"1\" data-mfa-offline=\"{}\">\n",
            self.state,
            self.offline
        );
        self.frame.head(html);
        html!(html, "<h1 id=\"mfa-title\" tabindex=\"-1\">{}</h1>\n", self.heading);
        if let Some(good) = self.good {
            html!(html, "<p class=\"mfa-good\" role=\"status\">{}</p>\n", good);
        }
        if let Some(on_file) = &self.on_file {
            html!(html, "<p>{}</p>\n", on_file);
        }
        if let Some(notice) = &self.notice {
            html!(html, "<p class=\"mfa-notice\" role=\"alert\" id=\"mfa-notice\">{}</p>\n", notice);
        }
        if let Some((text, link)) = &self.pending {
            html!(html, "<p>{} <a href=\"{}\">{}</a></p>\n", text, link.href, link.words);
        }
        if let Some(introduction) = self.introduction {
            html!(html, "<p>{}</p>\n", introduction);
        }
        if let Some(form) = &self.form {
            self.form(html, form);
        }
        if let Some(remove) = &self.remove {
            html!(html, "<form class=\"mfa-remove\" method=\"post\" action=\"{}\">\n", remove.href);
            html!(html, "<input type=\"hidden\" name=\"token\" value=\"{}\">\n", self.token);
            html!(html, "<button type=\"submit\" class=\"mfa-quiet\">{}</button>\n</form>\n", remove.words);
        }
        if let Some(on) = &self.on {
            html!(html, "<p><a class=\"mfa-button");
            // Only the link to what has to happen first stands out.
            if self.recovery.as_ref().is_some_and(|recovery| recovery.sign_in.is_some()) {
                html!(html, " mfa-quiet");
            }
            html!(html, "\" href=\"{}\">{}</a></p>\n", on.href, on.words);
        }
        if let Some(recovery) = &self.recovery {
            recovery.write(html, &self.token);
        }
        self.frame.foot(html, Some(&self.back));
        html!(html, "</main>\n");
    }

    fn form(&self, html: &mut Html, form: &NumberForm<'_>) {
        html!(html, "<form class=\"mfa-number\" method=\"post\" action=\"{}\">\n", form.action);
        html!(html, "<input type=\"hidden\" name=\"token\" value=\"{}\">\n", self.token);
        html!(html, "<label for=\"mfa-number\">{}</label>\n", form.label);
        html!(
            html,
            r#"<p class="mfa-hint" id="mfa-hint">{}</p>
<input id="mfa-number" name="number" type="tel" dir="ltr" autocomplete="tel" required maxlength="40" value="{}" aria-describedby="{}mfa-hint""#,
            form.hint,
            form.typed,
            if form.described { "mfa-notice " } else { "" }
        );
        if form.invalid {
            html!(html, r#" aria-invalid="true" autofocus"#);
        }
        html!(html, ">\n");
        for (channel, words, quiet) in &form.buttons {
            html!(html, r#"<button type="submit" name="channel" value="{}""#, channel);
            if *quiet {
                html!(html, r#" class="mfa-quiet""#);
            }
            html!(html, ">{}</button>\n", words);
        }
        html!(html, "</form>\n");
    }
}
