//! Text of strangers, made safe where the words of an action become text [SEND-10].
//!
//! A payee is a name that a stranger may have chosen. It can do this to a text, unless it is kept from it:
//!
//! | place | kept from |
//! |---|---|
//! | page, JSON | control characters and line breaks; invisible and bidirectional characters; piles of marks |
//! | message | all of that; placeholders of the provider; links and addresses; a line such as `@host #code`; digits that look like a code; more than 70 characters |
//! | call | all of that; everything that is not read as a word; full stops and commas, which would end a sentence |
//!
//! The page shows everything else of the name, and the digest covers all of it.

use crate::{
    action::{
        invisible::{is_invisible, is_piling},
        look_alike::{digits_shown, looks_like_digit},
        sign::{
            begins_label, is_colon, is_dot, is_of_host, is_several_letters, is_slash, looks_like_dot, plain,
        },
    },
    code::FEWEST_DIGITS,
};

/// Maximum length of a name in a message or a call, in characters. Banks transfer this many.
const LONGEST_NAME: usize = 70;

/// Maximum number of marks over and under a character. Vietnamese has two.
const MOST_MARKS: usize = 2;

/// Number of digits that are kept of a number that looks like a code, as banks show the end of an account number. A
/// test shows that the shortest code has more.
const SHOWN_DIGITS: usize = 4;

/// Text of a name without a visible character.
const NOTHING: &str = "?";

/// Returns whether a text has no visible character, in a message as well as on the page.
pub(crate) fn is_blank(text: &str) -> bool {
    !text.chars().any(|c| c.is_alphanumeric())
}

/// Returns a text for the challenge page and its JSON, which escape it.
pub(crate) fn for_page(text: &str) -> String {
    or_nothing(visible(text))
}

/// Returns a value for the challenge page and its JSON. `None` if nothing of it is visible.
pub(crate) fn value_for_page(text: &str) -> Option<String> {
    Some(visible(text)).filter(|text| !text.is_empty())
}

/// Returns a name for a text message.
pub(crate) fn for_message(name: &str) -> String {
    shortened(&harmless(name, |digits| format!("..{digits}")))
}

/// Returns a name for a voice call. It is read in one breath, because a stop ends the sentence of the payment.
pub(crate) fn for_call(name: &str) -> String {
    let spaced = |digits: &str| digits.chars().map(|digit| format!(" {digit} ")).collect();
    let harmless: Vec<char> = harmless(name, spaced).chars().collect();
    let is_within_word = |place: usize| {
        let at = |place: Option<usize>| place.and_then(|place| harmless.get(place));
        let neighbors = [at(place.checked_sub(1)), at(place.checked_add(1))];
        neighbors.iter().all(|c| c.is_some_and(|c| c.is_alphanumeric() || is_piling(*c)))
    };
    let read = |(place, c): (usize, &char)| match c {
        c if c.is_alphanumeric() || is_piling(*c) => *c,
        '\'' | '\u{2019}' | '-' => *c,
        ',' | '.' if is_within_word(place) => *c,
        _ => ' ',
    };
    let words: String = harmless.iter().enumerate().map(read).collect();
    shortened(&words)
}

/// Returns a name without what means something in a message or a call. `shown` writes the last digits of a long number.
fn harmless(name: &str, shown: impl Fn(&str) -> String) -> String {
    let plain: String = visible(name).chars().map(plain).collect();
    masked(&without_links(&plain), shown)
}

/// Returns the visible part of a name, as long as a message or a call has room for it.
fn shortened(name: &str) -> String {
    or_nothing(cut(&visible(name), LONGEST_NAME).to_owned())
}

/// Returns the number of characters of a text, each with its marks.
pub(crate) fn characters(text: &str) -> usize {
    text.chars().filter(|c| !is_piling(*c)).count()
}

/// Returns the beginning of a text, of at most this many characters. It ends neither within a character and its marks
/// nor with a space.
pub(crate) fn cut(text: &str, characters: usize) -> &str {
    let Some((mut end, _)) = text.char_indices().nth(characters) else { return text };
    while text.get(end..).is_some_and(|rest| rest.starts_with(is_piling)) {
        end = text.get(..end).and_then(|head| head.char_indices().next_back()).map_or(0, |(at, _)| at);
    }
    text.get(..end).unwrap_or_default().trim_end()
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

/// Removes what cannot be seen, and makes one space of every gap.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let (mut gap, mut marks) = (false, 0);
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = !shown.is_empty();
            continue;
        }
        marks = if is_piling(c) { marks + 1 } else { 0 };
        // A mark at the beginning would be drawn over the text before the name.
        if marks > MOST_MARKS || marks > 0 && shown.is_empty() {
            continue;
        }
        if std::mem::take(&mut gap) {
            shown.push(' ');
        }
        shown.push(c);
    }
    shown
}

/// Breaks up everything that a phone turns into a link: hosts, addresses of machines, and schemes.
fn without_links(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| characters.get(place)).copied();
    let mut broken = String::with_capacity(text.len());
    for (place, c) in characters.iter().copied().enumerate() {
        let (before, after) = (at(place.checked_sub(1)), at(place.checked_add(1)));
        let after_next = at(place.checked_add(2));
        let is = |c: Option<char>, kind: fn(char) -> bool| c.is_some_and(kind);
        broken.push(c);
        let ends_host = is(after_next, is_of_host) || is(after, is_several_letters);
        // A dot of another kind may stand for the end of a label, too.
        let begins_host = !c.is_ascii() || is(before, is_of_host) || is(before, is_dot);
        let host = looks_like_dot(c) && begins_host && is(after, begins_label) && ends_host;
        // Addresses of machines are numbers with dots, as are many other things.
        let machine = is_dot(c) && is(before, looks_like_digit) && is(after, looks_like_digit);
        let scheme = (is_slash(c) || is_colon(c)) && is(after, is_slash);
        if host || machine && dots(&characters, place) > 2 || scheme {
            broken.push(' ');
        }
    }
    broken
}

/// Returns the number of dots in the word at this place.
fn dots(characters: &[char], place: usize) -> usize {
    let (before, after) = characters.split_at(place);
    let word = before
        .iter()
        .rev()
        .take_while(|c| !c.is_whitespace())
        .chain(after.iter().take_while(|c| !c.is_whitespace()));
    word.filter(|c| is_dot(**c)).count()
}

/// Shortens every number that is long enough for a code, over spaces and signs between its digits. `shown` writes its last
/// digits.
fn masked(text: &str, shown: impl Fn(&str) -> String) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut place = 0;
    while let Some(c) = characters.get(place) {
        let (length, digits) = number(characters.get(place..).unwrap_or_default());
        let count: usize = digits.iter().copied().map(digits_shown).sum();
        if count >= usize::from(FEWEST_DIGITS) {
            masked.push_str(&shown(&last_digits(&digits)));
            let rest = characters.get(place + length..).unwrap_or_default();
            place += length + rest.iter().take_while(|c| is_piling(**c)).count();
        } else {
            let run = characters.get(place..place + length.max(1)).unwrap_or(std::slice::from_ref(c));
            masked.extend(run);
            place += run.len();
        }
    }
    masked
}

/// Returns the last characters that show at most [`SHOWN_DIGITS`].
fn last_digits(digits: &[char]) -> String {
    let mut left = SHOWN_DIGITS;
    let fits = |c: &&char| {
        let rest = left.checked_sub(digits_shown(**c));
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    let last = digits.iter().rev().take_while(fits).count();
    digits.iter().skip(digits.len().saturating_sub(last)).collect()
}

/// Returns the length of the number with which a text begins, and its digits. Only a letter ends a number, because every
/// sign between two digits may be left out of the text, or be seen as a space.
fn number(characters: &[char]) -> (usize, Vec<char>) {
    let (mut length, mut digits) = (0, Vec::new());
    for (place, c) in characters.iter().copied().enumerate() {
        if looks_like_digit(c) {
            digits.push(c);
            length = place + 1;
        } else if c.is_alphanumeric() || place == 0 {
            break;
        }
    }
    (length, digits)
}
