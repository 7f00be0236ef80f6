//! Pronouns for people without a name.

/// Each pronoun, and what to write instead.
const PRONOUNS: [(&str, &str); 5] = [
    ("nobody", "name what does not happen: `no request passes`, `is never sent`, `unauthenticated requests`"),
    ("somebody", "name the actor: `the user`, `another thread`, `the client`, or use the passive"),
    ("anybody", "name the actor: `any client`, `the user`, or use the passive"),
    ("whoever", "name the actor: `the client that …`, `the caller`"),
    ("whomever", "name the actor: `the user that …`"),
];

/// Returns advice for each pronoun in a line.
pub(super) fn all(line: &str) -> impl Iterator<Item = String> {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter_map(|word| {
        let lowered = word.to_lowercase();
        let (_, instead) = PRONOUNS.iter().find(|(pronoun, _)| *pronoun == lowered)?;
        Some(format!("`{word}`: {instead}"))
    })
}
