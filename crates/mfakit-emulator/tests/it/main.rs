//! The emulator over real HTTP on loopback, as an app and a person see it.

mod api_limits;
mod authentication;
mod calls;
mod clock;
mod desk;
mod faults;
mod loopback;
mod page;
mod program;
mod sending;
mod verifying;
