//! Markup of the challenge page.

use crate::{
    approval_name::with_approval,
    page::{
        challenge::{ChallengePage, CodeForm, Done, GoOn, PageAction, Ways},
        markup::{Html, Markup, html},
    },
};

impl Markup for ChallengePage<'_> {
    fn write(&self, html: &mut Html) {
        self.frame.around(html, |html| self.main(html));
    }
}

impl ChallengePage<'_> {
    fn main(&self, html: &mut Html) {
        html!(
            html,
            "<main class=\"mfa\" data-mfa-state=\"{}\" data-mfa-offline=\"{}\">\n",
            self.state,
            self.offline
        );
        self.frame.head(html);
        self.introduction(html);
        if let Some(code) = &self.code {
            self.code_form(html, code);
        }
        if let Some(ways) = &self.ways {
            self.ways_form(html, ways);
        }
        if let Some(done) = &self.done {
            self.done(html, done);
        }
        if let Some(add) = &self.add {
            html!(html, "<p><a class=\"mfa-button\" href=\"{}\">{}</a></p>\n", add.href, add.words);
        }
        self.other_ways(html);
        if let Some(back) = &self.back {
            html!(
                html,
                "<p><a class=\"mfa-button\" data-mfa-cancel href=\"{}\">{}</a></p>\n",
                back.href,
                back.words
            );
        }
        if let Some(warning) = self.warning {
            html!(html, "<p class=\"mfa-hint\">{}</p>\n", warning);
        }
        self.frame.foot(html, self.cancel.as_ref());
        html!(html, "</main>\n");
    }

    fn introduction(&self, html: &mut Html) {
        html!(html, "<h1 id=\"mfa-title\" tabindex=\"-1\">{}</h1>\n", self.heading);
        if let Some(action) = self.action {
            action.write(html);
        }
        if let Some(purpose) = &self.purpose {
            html!(html, "<p>{}", purpose);
            if let Some(holds) = &self.holds {
                html!(html, " {}", holds);
            }
            html!(html, "</p>\n");
        }
        if let Some(notice) = &self.notice {
            html!(html, "<p class=\"mfa-notice\" role=\"alert\" id=\"mfa-notice\">{}</p>\n", notice);
        }
        html!(html, "<p class=\"mfa-status\" role=\"status\"></p>\n");
    }

    /// Writes a form up to its hidden fields.
    fn open_form(&self, html: &mut Html, class: &'static str, route: &'static str) {
        // The challenge names the approval that a code is for.
        let approval = self.action.map(PageAction::approval).filter(|_| route != "verify");
        let action = with_approval(format!("{}/{route}", self.path), approval);
        html!(html, "<form class=\"{}\" method=\"post\" action=\"{}\">\n", class, action);
        html!(html, "<input type=\"hidden\" name=\"token\" value=\"{}\">\n", self.token);
    }

    fn return_field(&self, html: &mut Html) {
        if let Some(signed) = self.signed {
            html!(html, "<input type=\"hidden\" name=\"return\" value=\"{}\">\n", signed);
        }
    }

    fn code_form(&self, html: &mut Html, code: &CodeForm<'_>) {
        self.open_form(html, "mfa-code", "verify");
        html!(html, "<input type=\"hidden\" name=\"challenge\" value=\"{}\">\n", code.challenge);
        self.return_field(html);
        html!(html, "<p>{}</p>\n<label for=\"mfa-code\">{}</label>\n", code.sent, code.label);
        html!(
            html,
            r#"<p class="mfa-hint" id="mfa-hint" data-mfa-expires="{}" data-mfa-expired="{}">{} {}</p>
<input id="mfa-code" name="code" type="text" dir="ltr" inputmode="numeric" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required autofocus aria-describedby="{}mfa-hint""#,
            code.expires_in,
            code.expired,
            code.hint,
            code.tries,
            if self.alarming { "mfa-notice " } else { "" }
        );
        if code.invalid {
            html!(html, r#" aria-invalid="true""#);
        }
        html!(html, ">\n<button type=\"submit\">{}</button>\n</form>\n", code.submit);
    }

    fn ways_form(&self, html: &mut Html, ways: &Ways<'_>) {
        self.open_form(html, "mfa-ways", "challenge");
        self.return_field(html);
        if let Some(heading) = ways.heading {
            html!(html, "<h2>{}</h2>\n", heading);
        }
        if let Some(will_go) = &ways.will_go {
            html!(html, "<p>{}</p>\n", will_go);
        }
        if let Some(wait) = &ways.wait {
            html!(
                html,
                r#"<p class="mfa-hint" id="mfa-wait" role="timer" data-mfa-wait="{}" data-mfa-forms="{}" data-mfa-over="{}">{}<span>{}</span>{}</p>
"#,
                wait.seconds,
                wait.forms,
                wait.over,
                wait.before,
                wait.time,
                wait.after
            );
        }
        for button in &ways.buttons {
            html!(html, r#"<button type="submit" name="channel" value="{}""#, button.channel);
            if button.quiet {
                html!(html, r#" class="mfa-quiet""#);
            }
            if ways.wait.is_some() {
                html!(html, r#" aria-describedby="mfa-wait""#);
            }
            html!(html, ">{}</button>\n", button.words);
        }
        html!(html, "</form>\n");
    }

    fn done(&self, html: &mut Html, done: &Done<'_>) {
        let Done { words, go_on, drop } = done;
        html!(html, "<p class=\"mfa-good\">{}</p>\n", words);
        match go_on {
            GoOn::To(link) => {
                html!(html, "<p><a class=\"mfa-button\" href=\"{}\">{}</a></p>\n", link.href, link.words);
            }
            GoOn::Repeat(link) => {
                html!(html, "<form class=\"mfa-go\" method=\"post\" action=\"{}\">\n", link.href);
                html!(html, "<button type=\"submit\">{}</button>\n</form>\n", link.words);
            }
        }
        self.open_form(html, "mfa-drop", "drop");
        html!(html, "<button type=\"submit\" class=\"mfa-quiet\">{}</button>\n</form>\n", drop);
    }

    fn other_ways(&self, html: &mut Html) {
        if self.other_ways.is_empty() {
            return;
        }
        html!(
            html,
            r#"<section class="mfa-other" aria-labelledby="mfa-other">
<h2 id="mfa-other">{}</h2>
<ul>
"#,
            self.other_ways_heading
        );
        for way in &self.other_ways {
            html!(html, "<li><a href=\"{}\">{}</a></li>\n", way.href, way.words);
        }
        html!(html, "</ul>\n</section>\n");
    }
}
