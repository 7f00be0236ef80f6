//! The client of Bandwidth's MFA API.
