//! Links of the documents lead somewhere, in the repository, on the registry and in the API documentation.

use super::{markdown, text};

/// Address of the guide in the API documentation.
const GUIDE: &str = "https://docs.rs/mfakit/latest/mfakit/guide/";

/// Page of the guide: its module and its file.
fn pages() -> Vec<(String, String)> {
    let guide = text("crates/mfakit/src/guide.rs");
    let lines = guide.lines().filter_map(|line| line.trim().strip_suffix("\","));
    let pages = lines.filter_map(|line| line.split_once(": \"../docs/"));
    pages.map(|(module, file)| (module.to_owned(), file.to_owned())).collect()
}

/// Returns the anchors of a page's headings.
fn anchors(page: &str) -> Vec<String> {
    let text = text(page);
    let headings =
        text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_matches(['#', ' ']));
    headings.map(anchor).collect()
}

/// Returns the anchor of a heading, as GitHub and rustdoc form it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Asserts that `fragment`, such as `#tls`, is empty or the anchor of a heading of the page.
fn assert_heading(page: &str, fragment: &str, link: &str) {
    let found =
        fragment.is_empty() || anchors(page).iter().any(|anchor| fragment.strip_prefix('#') == Some(anchor));
    assert!(found, "{link} leads to a heading that {page} does not have");
}

/// Splits a target into its page and its fragment, which begins with `#`.
fn split(target: &str) -> (&str, &str) {
    target.split_at(target.find('#').unwrap_or(target.len()))
}

/// Returns the definitions of reference links: `[label]: target`.
fn definitions(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix('['));
    lines.filter_map(|line| line.split_once("]: ")).collect()
}

#[test]
fn the_guide_has_every_page() {
    let files: Vec<_> = pages().into_iter().map(|(_, file)| format!("docs/{file}")).collect();
    for page in markdown("docs/") {
        // Checklists for maintainers are not part of the guide.
        let is_internal = page == "docs/releasing.md";
        assert!(is_internal || files.contains(&page), "crates/mfakit/src/guide.rs lacks {page}");
    }
}

#[test]
fn links_between_pages_work_in_the_repository_and_in_the_guide() {
    let (pages, links) = (pages(), text("crates/mfakit/src/guide/links.md"));
    let in_guide = definitions(&links);
    for (_, file) in &pages {
        let page = format!("docs/{file}");
        let text = text(&page);
        for (inline, _) in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let is_elsewhere = inline.starts_with("https://");
            assert!(
                is_elsewhere || inline.starts_with('#'),
                "{page}: write [text][{inline}], and define [{inline}]: {inline} at the end, so that the guide can \
                 define it as a module"
            );
            if !is_elsewhere {
                assert_heading(&page, inline, inline);
            }
        }
        for (label, target) in
            definitions(&text).into_iter().filter(|(_, target)| !target.starts_with("https://"))
        {
            assert_eq!(label, target, "{page}");
            let (file, fragment) = split(target);
            let module = pages.iter().find(|(_, other)| other == file);
            let (module, _) =
                module.unwrap_or_else(|| panic!("{page} links to {file}, which the guide lacks"));
            assert_heading(&format!("docs/{file}"), fragment, target);
            let wanted = format!("crate::guide::{module}{fragment}");
            assert!(
                in_guide.contains(&(label, wanted.as_str())),
                "crates/mfakit/src/guide/links.md lacks [{label}]: {wanted}"
            );
        }
        for (label, _) in text.split("][").skip(1).filter_map(|rest| rest.split_once(']')) {
            let is_defined = definitions(&text).iter().any(|(defined, _)| *defined == label);
            assert!(is_defined || !label.contains(".md"), "{page} does not define [{label}]");
        }
    }
}

#[test]
fn links_of_the_readmes_need_no_repository() {
    let pages = pages();
    let readmes = [
        "mfakit",
        "mfakit-core",
        "mfakit-emulator",
        "mfakit-macros",
        "mfakit-middleware",
        "mfakit-redis",
        "mfakit-sqlx",
    ];
    for readme in readmes.map(|name| format!("crates/{name}/README.md")) {
        let text = text(&readme);
        let inline =
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for target in inline.chain(definitions(&text).into_iter().map(|(_, target)| target)) {
            assert!(target.starts_with("https://"), "{readme}: {target} needs a repository");
            let Some(path) = target.strip_prefix(GUIDE).filter(|path| !path.is_empty()) else { continue };
            let (module, fragment) = split(path);
            let page = pages.iter().find(|(name, _)| module.strip_suffix('/') == Some(name));
            let (_, file) = page.unwrap_or_else(|| panic!("{readme}: the guide has no {module}"));
            assert_heading(&format!("docs/{file}"), fragment, target);
        }
    }
}

#[test]
fn the_guide_shows_the_picture_of_the_readme() {
    use base64::Engine as _;

    let shown = text("crates/mfakit/src/guide/dialog.md");
    let (_, encoded) = shown.trim().split_once("[dialog]: data:image/png;base64,").unwrap();
    let picture = std::fs::read(super::root().join("docs/screenshots/dialog.png")).unwrap();
    assert!(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap() == picture, "encode it again");
}
