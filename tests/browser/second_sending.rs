//! The form that is sent after the code equals the one before it, and the app's changes to its form are
//! undone.

use serde_json::json;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, DIALOG, SEND_TEXT},
    site::{Post, Site},
    visitor::Visitor,
};

on_both! {
    the_second_sending_equals_the_first,
    a_page_that_is_redrawn_meanwhile_sends_what_was_typed,
    a_canceled_form_is_as_it_was,
    a_button_that_leads_elsewhere_is_left_to_the_browser,
    a_second_click_sends_nothing_again,
    a_route_with_two_guards_prompts_for_both,
    a_confirmation_whose_cookie_is_lost_leads_to_the_page,
}

/// Enters the code that the dialog prompts for.
async fn confirm(site: &Site, alice: &Visitor) {
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
}

/// Returns the form that was sent, with a fixed boundary in place of the one that the browser chose.
fn bare(post: &Post) -> (String, String, String) {
    let boundary = post.content_type.split_once("boundary=").map_or("\0", |(_, boundary)| boundary);
    let bare = |text: &str| text.replace(boundary, "BOUNDARY");
    (post.target.clone(), bare(&post.content_type), bare(&post.body))
}

async fn the_second_sending_equals_the_first(bank: &BankServer, alice: &Visitor) {
    for (what, html, sent) in [
        ("its button", "<form method=post action=/kept/text data-mfa><button name=go value=yes>", "go=yes"),
        (
            "a button's own action and format",
            "<form method=post action=/kept/json data-mfa><input name=a value='1 2'>
                <button name=go value=yes formaction=/kept/text formenctype=text/plain>",
            "a=1 2\r\ngo=yes",
        ),
        (
            "a button's own method",
            "<form method=get action=/kept/text data-mfa><button name=go value=yes formmethod=post>",
            "go=yes",
        ),
        (
            "a query in its address",
            "<form method=post action='/kept/text?to=b%20b&x=%C3%A9+1' data-mfa><button name=go value=yes>",
            "go=yes",
        ),
        (
            "a button that a listener disables",
            "<form method=post action=/kept/text data-mfa><button name=go value=yes></form>
                <script>document.forms[0].onsubmit = event => { event.submitter.disabled = true }</script>",
            "go=yes",
        ),
        (
            "a button that is disabled a moment later",
            "<form method=post action=/kept/text data-mfa><button name=go value=yes></form>
                <script>document.forms[0].onsubmit = event =>
                    setTimeout(() => { event.submitter.disabled = true })</script>",
            "go=yes",
        ),
        (
            "fields that a listener disables",
            "<form method=post action=/kept/text data-mfa><fieldset><input name=a value=1>
                <button name=go value=yes></fieldset></form>
                <script>document.forms[0].onsubmit = event =>
                    setTimeout(() => { document.querySelector('fieldset').disabled = true })</script>",
            "a=1&go=yes",
        ),
        (
            "a listener that lets only one event pass",
            "<form method=post action=/kept/text data-mfa><input name=a value=1><button></form>
                <script>let once; document.forms[0].onsubmit = () => once ? false : (once = true)</script>",
            "a=1",
        ),
        (
            "a listener that adds a field each time",
            "<form method=post action=/kept/text data-mfa><input name=a value=1><button></form>
                <script>document.forms[0].onsubmit = event => event.target.append(Object.assign(
                    document.createElement('input'), { name: 'csrf', value: 'x' }))</script>",
            "a=1&csrf=x",
        ),
        (
            "a listener that adds to what is sent",
            "<form method=post action=/kept/text data-mfa><input name=a value=1><button></form>
                <script>let times = 0; document.addEventListener('formdata', ({ formData }) =>
                    formData.append('time', ++times))</script>",
            "a=1&time=1",
        ),
        (
            "a listener that no other is to hear",
            "<form method=post action=/kept/text data-mfa><input name=a value=1><button></form>
                <script>document.forms[0].onsubmit = event => event.stopImmediatePropagation()</script>",
            "a=1",
        ),
        (
            "several lines",
            "<form method=post action=/kept/text data-mfa><textarea name=t>\n1\n2</textarea><button>",
            "t=1%0D%0A2",
        ),
        (
            "another alphabet",
            "<form method=post action=/kept/text accept-charset=iso-8859-1 data-mfa>
                <input type=hidden name=_charset_><input name=a value='é€'><button>",
            "_charset_=windows-1252&a=%E9%80",
        ),
        (
            "an image that is clicked",
            "<form method=post action=/kept/text data-mfa><input type=image name=at width=40 height=20
                src='data:,' alt=Send>",
            "at.x=20&at.y=10",
        ),
        (
            "fields elsewhere on the page",
            "<form id=f method=post action=/kept/text data-mfa></form><input name=a value=1 form=f>
                <button name=go value=yes form=f>",
            "a=1&go=yes",
        ),
        (
            "a direction",
            "<form method=post action=/kept/text data-mfa><input name=a value=1 dirname=dir><button>",
            "a=1&dir=ltr",
        ),
        (
            "no file",
            "<form method=post action=/kept/text enctype=multipart/form-data data-mfa>
                <input type=file name=f><button>",
            "filename=\"\"\r\nContent-Type: application/octet-stream",
        ),
        (
            "files",
            "<form method=post action=/kept/text enctype=multipart/form-data data-mfa>
                <input type=file name=f multiple><input name=a value='1\"2'><button></form>
                <script>const chosen = new DataTransfer();
                    for (const name of ['é.txt', 'b.txt'])
                        chosen.items.add(new File([`inside ${name}`], name, { type: 'text/x-odd' }));
                    document.querySelector('[type=file]').files = chosen.files</script>",
            "Content-Type: text/x-odd\r\n\r\ninside b.txt",
        ),
    ] {
        let site = Site::seen_by(alice, bank.framework(), html).await;
        alice.click("button, [type=image]").await;
        confirm(&site, alice).await;
        alice.wait_for_text("body", "made as text").await;
        let posts = site.posts();
        assert_eq!(site.statuses(), [204, 200], "{what}: {posts:?}");
        assert!(posts[0].body.contains(sent), "{what}: {posts:?}");
        assert_eq!(bare(&posts[0]), bare(&posts[1]), "{what}");
    }
    alice.quiet_but_for(&["favicon.ico"]).await;
}

async fn a_page_that_is_redrawn_meanwhile_sends_what_was_typed(bank: &BankServer, alice: &Visitor) {
    const HTML: &str =
        "<main><form method=post action=/kept/text data-mfa><input name=a value=1><button name=go value=yes>";
    for (what, script) in [
        ("the form goes", "document.forms[0].remove()"),
        ("the form is emptied", "document.forms[0].replaceChildren()"),
        (
            "a new one comes in its place",
            "const main = document.querySelector('main'); main.innerHTML = main.innerHTML",
        ),
        ("the whole body is drawn anew", "document.body.innerHTML = '<h1>anew</h1>'"),
        ("the body is another", "document.body = document.createElement('body')"),
        ("a field changes", "document.querySelector('[name=a]').value = 2"),
        ("the address changes", "history.pushState(null, '', '/other/place')"),
    ] {
        let site = Site::seen_by(alice, bank.framework(), HTML).await;
        alice.click("form[data-mfa] button").await;
        alice.wait_for(SEND_TEXT).await;
        alice.script(script).await;
        confirm(&site, alice).await;
        alice.wait_for_text("body", "made as text").await;
        let posts = site.posts();
        assert_eq!(site.statuses(), [204, 200], "{what}: {posts:?}");
        assert_eq!(posts[1].body, "a=1&go=yes", "{what}");
        assert_eq!(posts[1].target, "/kept/text", "{what}");
    }

    // If the app removes the dialog, the page prompts instead.
    let site = Site::seen_by(alice, bank.framework(), HTML).await;
    alice.click("form[data-mfa] button").await;
    alice.wait_for(SEND_TEXT).await;
    alice.script("document.querySelector('dialog').remove()").await;
    alice.wait_until_path("/mfa/pay").await;
    assert_eq!(site.statuses(), [204]);
    alice.quiet_but_for(&["favicon.ico"]).await;
}

async fn a_canceled_form_is_as_it_was(bank: &BankServer, alice: &Visitor) {
    const HTML: &str = "<form method=post action=/kept/text data-mfa>
        <input name=what value=it><button name=go value=yes>Send</button>
        <fieldset><button name=go value=no>Other</button></fieldset><button name=go disabled>Never</button></form>";
    for listener in [
        "event => { event.submitter.disabled = true; fieldset.disabled = true }",
        "event => setTimeout(() => { event.submitter.disabled = true; fieldset.disabled = true })",
    ] {
        let site = Site::seen_by(alice, bank.framework(), HTML).await;
        let listen = format!(
            "const fieldset = document.querySelector('fieldset');
            document.forms[0].addEventListener('submit', {listener});
            window.cancelled = 0;
            document.addEventListener('mfa-cancel', ({{ target }}) => {{
                if (target === document.forms[0]) window.cancelled++;
            }});"
        );
        alice.script(&listen).await;
        alice.type_into("[name=what]", "mine").await;
        for times in 1..=2 {
            alice.click("button[value=yes]").await;
            alice.wait_for(SEND_TEXT).await;
            alice.click(CANCEL).await;
            alice.wait_until_gone(DIALOG).await;
            let disabled =
                "return [...document.querySelectorAll('button, fieldset')].map(found => found.disabled)";
            assert_eq!(alice.script(disabled).await, json!([false, false, false, true]));
            assert_eq!(alice.value("[name=what]").await, "mine");
            assert_eq!(alice.script("return window.cancelled").await, times);
            let focused = "return document.activeElement.value";
            assert_eq!(alice.script(focused).await, "yes", "the focus is where it was");
        }
        assert_eq!(site.statuses(), [204, 204]);
    }
    alice.quiet().await;
}

async fn a_button_that_leads_elsewhere_is_left_to_the_browser(bank: &BankServer, alice: &Visitor) {
    for html in [
        "<form method=post action=/kept/text data-mfa><button formtarget=frame>Send</button></form><iframe name=frame>",
        "<base target=frame><form method=post action=/kept/text data-mfa><button>Send</button></form><iframe name=frame>",
    ] {
        let site = Site::seen_by(alice, bank.framework(), html).await;
        alice.click("form[data-mfa] button").await;
        alice.wait_until("the frame's form is answered", async || site.statuses() == [303]).await;
        assert!(!alice.sees(DIALOG).await);
    }
    let html =
        "<form method=post action=/kept/text data-mfa><button formmethod=get formaction=/look>Look</button>";
    let site = Site::seen_by(alice, bank.framework(), html).await;
    alice.click("form[data-mfa] button").await;
    alice.wait_until_path("/look").await;
    assert_eq!(site.statuses(), [0; 0]);
}

async fn a_second_click_sends_nothing_again(bank: &BankServer, alice: &Visitor) {
    const HTML: &str =
        "<form method=post action=/once/text data-mfa><input name=a value=1><button>Send</button>";
    let twice = "const send = document.querySelector('form[data-mfa] button'); send.click(); send.click()";
    let site = Site::seen_by(alice, bank.framework(), HTML).await;
    alice.script(twice).await;
    confirm(&site, alice).await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.statuses(), [204, 200]);

    // While the dialog is open, scripts find the form busy as well.
    alice.open(&site.at("/")).await;
    alice.script(twice).await;
    alice.wait_for(DIALOG).await;
    alice.wait_for(SEND_TEXT).await;
    alice.script("document.forms[0].requestSubmit()").await;
    confirm(&site, alice).await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.statuses(), [204, 200, 204, 200]);
    assert_eq!(site.provider().sends(), 2);
    alice.quiet_but_for(&["favicon.ico"]).await;
}

async fn a_route_with_two_guards_prompts_for_both(bank: &BankServer, alice: &Visitor) {
    let html = "<form method=post action=/both/text data-mfa><input name=a value=1><button>Send</button>";
    let site = Site::seen_by(alice, bank.framework(), html).await;
    alice.click("form[data-mfa] button").await;
    alice.wait_for_text("dialog", "make a payment").await;
    confirm(&site, alice).await;
    alice.wait_for_text("dialog", "Enter a code to sign").await;
    confirm(&site, alice).await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.statuses(), [204, 204, 200]);
    alice.quiet().await;
}

async fn a_confirmation_whose_cookie_is_lost_leads_to_the_page(bank: &BankServer, alice: &Visitor) {
    let html = "<form method=post action=/kept/text data-mfa><input name=a value=1><button>Send</button>";
    let site = Site::seen_by(alice, bank.framework(), html).await;
    let hold = "const { submit } = HTMLFormElement.prototype;
        HTMLFormElement.prototype.submit = function () { window.send = () => submit.call(this); };";
    alice.script(hold).await;
    alice.click("form[data-mfa] button").await;
    confirm(&site, alice).await;
    alice
        .wait_until("the form is to be sent", async || alice.script("return !!window.send").await == true)
        .await;
    alice.delete_cookie("__Host-mfa-pay").await;
    alice.script("window.send()").await;
    alice.wait_until_path("/mfa/pay").await;
    alice.wait_for("main[data-mfa-state=unkept]").await;
    assert_eq!(site.statuses(), [204, 204]);
    alice.quiet().await;
}
