//! Guide to mfakit. It exists only in the documentation.
//!
//! | task | pages |
//! |---|---|
//! | start | [add mfakit to your app](getting_started), [guards], [payments](approve), [sessions](recipes), [phone numbers in your database](directory), [numbers that people add themselves](enrollment), [tests of your app](testing) |
//! | run | [deployment and going live](deployment), [operations], [limits], [the HTTP contract](http), [performance], [upgrading], [old and new names](names) |
//! | front ends | [the challenge page](page), [front ends on another origin, and bearer tokens](spa), [native clients](native) |
//! | extend | [your own provider](providers), [stores, and your own](stores) |
//! | audit | [threat model](threat_model), [security requirements and their tests](security) |

/// Makes a module of each page. The links between the pages come first, because the first definition of a link counts:
/// in the repository, the definitions at the end of each page lead to the files.
macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident: $file:literal,)+) => {$(
        $(#[$attribute])*
        #[doc = include_str!("guide/links.md")]
        #[doc = ""]
        #[doc = include_str!($file)]
        pub mod $name {}
    )+};
}

// A test in the repository compares the code of the pages without doctests with the files that it comes from.
pages! {
    #[cfg(not(doctest))]
    getting_started: "../docs/guide.md",
    guards: "../docs/guards.md",
    #[cfg(not(doctest))]
    approve: "../docs/approve.md",
    #[cfg(not(doctest))]
    recipes: "../docs/recipes.md",
    directory: "../docs/directory.md",
    enrollment: "../docs/enrollment.md",
    #[cfg(not(doctest))]
    testing: "../docs/testing.md",
    deployment: "../docs/deployment.md",
    #[cfg(not(doctest))]
    operations: "../docs/operations.md",
    limits: "../docs/limits.md",
    http: "../docs/http.md",
    performance: "../docs/performance.md",
    upgrading: "../docs/upgrading.md",
    names: "../docs/names.md",
    page: "../docs/page.md",
    #[cfg(not(doctest))]
    spa: "../docs/spa.md",
    native: "../docs/native.md",
    providers: "../docs/providers.md",
    stores: "../docs/stores.md",
    threat_model: "../docs/threat-model.md",
    security: "../docs/security.md",
}
