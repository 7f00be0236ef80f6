//! Doc comments of a Rust source, each with the item below it.

/// One doc comment.
pub(super) struct Doc<'a> {
    /// Lines without their marker, each with its number in the file. Never empty.
    pub(super) lines: Vec<(usize, &'a str)>,
    pub(super) item: Item,
}

/// Kind of item that a doc comment describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// A `pub fn`, or a function of a `pub trait`.
    PublicFunction,
    /// A function that is not public.
    Function,
    /// A type, field, variant, constant or macro.
    Other,
    /// The module or crate that the comment stands in.
    Module,
}

impl Doc<'_> {
    /// Returns the number of the first line in the file.
    pub(super) fn first_line(&self) -> usize {
        self.lines.first().map_or(0, |(number, _)| *number)
    }

    /// Returns the first line that has text.
    pub(super) fn summary(&self) -> &str {
        self.lines.iter().map(|(_, text)| text.trim()).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// Returns all doc comments of a source file that rustfmt has formatted.
pub(super) fn all(source: &str) -> Vec<Doc<'_>> {
    let lines: Vec<_> = source.lines().collect();
    let (mut docs, mut traits, mut index) = (Vec::new(), PublicTrait::default(), 0);
    while let Some(line) = lines.get(index) {
        traits.enter(line);
        let Some((marker, _)) = comment(line) else {
            index += 1;
            continue;
        };
        let mut doc = Doc { lines: Vec::new(), item: Item::Module };
        while let Some((_, text)) = lines.get(index).and_then(|l| comment(l)).filter(|(m, _)| *m == marker) {
            doc.lines.push((index + 1, text));
            index += 1;
        }
        if marker == "///" {
            doc.item = below(lines.get(index..).unwrap_or_default(), traits.is_open());
        }
        docs.push(doc);
    }
    docs
}

/// Splits a line of a doc comment into its marker and its text.
fn comment(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let marker = ["///", "//!"].into_iter().find(|marker| line.starts_with(marker))?;
    let text = line.strip_prefix(marker)?;
    // Four slashes are an ordinary comment.
    (!text.starts_with('/')).then_some((marker, text))
}

/// Finds the item below a doc comment, past its attributes.
fn below(lines: &[&str], in_public_trait: bool) -> Item {
    let mut in_attribute = false;
    for line in lines.iter().map(|line| line.trim()) {
        if in_attribute || line.starts_with("#[") {
            in_attribute = !line.ends_with(']');
        } else if !line.is_empty() && !line.starts_with("//") {
            return item(line, in_public_trait);
        }
    }
    Item::Other
}

fn item(line: &str, in_public_trait: bool) -> Item {
    let mut words = line.split_whitespace().peekable();
    let visibility = words.next_if(|word| word.starts_with("pub"));
    while words.next_if(|word| ["async", "const", "unsafe", "default"].contains(word)).is_some() {}
    match (words.next(), visibility) {
        (Some("fn"), Some("pub")) => Item::PublicFunction,
        (Some("fn"), None) if in_public_trait => Item::PublicFunction,
        (Some("fn"), _) => Item::Function,
        _ => Item::Other,
    }
}

/// Public trait that the current line stands in. Its closing brace has the same indentation as its head.
#[derive(Default)]
struct PublicTrait {
    end: Option<String>,
}

impl PublicTrait {
    fn enter(&mut self, line: &str) {
        if self.end.as_deref() == Some(line) {
            self.end = None;
        }
        let code = line.trim_start();
        if code.starts_with("pub trait ") && !code.ends_with('}') {
            let indentation = line.len() - code.len();
            self.end = Some(format!("{}}}", " ".repeat(indentation)));
        }
    }

    fn is_open(&self) -> bool {
        self.end.is_some()
    }
}
