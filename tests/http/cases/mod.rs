//! The cases, by subject.

mod addresses;
mod bodies;
mod bound;
mod caching;
mod client_addresses;
mod composition;
mod cookies;
mod cors;
mod detours;
mod dialogs;
mod dresses;
mod drops;
mod failures;
mod files;
mod forgery;
mod formats;
mod guards;
mod languages;
mod late_bodies;
mod leaks;
mod limits;
mod nameless;
mod nests;
mod numbers;
mod once;
mod pages;
mod prefixes;
mod recovery;
mod rejections;
mod repeats;
mod return_targets;
mod situations;
mod start;
mod states;
mod stays;
mod verify;

use crate::http::case::Case;

/// Returns all cases.
pub(super) fn all() -> Vec<Case> {
    let groups = [
        guards::cases(),
        numbers::cases(),
        recovery::cases(),
        once::cases(),
        bound::cases(),
        late_bodies::cases(),
        cookies::cases(),
        detours::cases(),
        situations::cases(),
        start::cases(),
        limits::cases(),
        client_addresses::cases(),
        verify::cases(),
        repeats::cases(),
        drops::cases(),
        pages::cases(),
        states::cases(),
        stays::cases(),
        dialogs::cases(),
        dresses::cases(),
        addresses::cases(),
        bodies::cases(),
        forgery::cases(),
        formats::cases(),
        prefixes::cases(),
        rejections::cases(),
        return_targets::cases(),
        caching::cases(),
        failures::cases(),
        composition::cases(),
        nameless::cases(),
        nests::cases(),
        cors::cases(),
        files::cases(),
        leaks::cases(),
        languages::cases(),
    ];
    groups.into_iter().flatten().collect()
}
