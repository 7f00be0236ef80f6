//! Text of a page, as a person reads it.

/// Returns the text of a piece of HTML: without tags, with its references replaced, without the marks that isolate the
/// direction of a text, and with single spaces.
pub fn reading(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in html.split('<') {
        // The first piece may begin within a tag.
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        text.push(' ');
    }
    let text = text.replace(['\u{2068}', '\u{2069}'], "");
    let references =
        [("&lt;", "<"), ("&gt;", ">"), ("&#60;", "<"), ("&#62;", ">"), ("&quot;", "\""), ("&#34;", "\"")];
    let text = references.iter().fold(text, |text, (written, read)| text.replace(written, read));
    let text = text.replace("&#39;", "'").replace("&amp;", "&").replace("&#38;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn markup_is_not_read() {
    for (html, read) in [
        (" class=x>Send <bdi>\u{2068}100.00 USD\u{2069}</bdi> to &lt;b&gt;", "Send 100.00 USD to <b>"),
        ("<dt>Amount</dt>\n<dd>1</dd>", "Amount 1"),
        ("&amp;lt;", "&lt;"),
    ] {
        assert_eq!(reading(html), read, "{html}");
    }
}
