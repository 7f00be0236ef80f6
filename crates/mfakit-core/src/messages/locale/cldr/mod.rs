//! Languages by the data of the CLDR.

mod digits;
mod plurals;
mod tag;

pub(crate) use plurals::Plurals;
pub(crate) use tag::Tag;

#[cfg(test)]
mod tests;
