//! All numbering plans, and lookups in them.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    numbering,
    phone::{
        lines::Line,
        plan::{Length, Plan},
    },
    region::Region,
};

/// Prefixes that a country has abolished but that address books still contain, by calling code. The metadata no longer
/// lists them.
const GIVEN_UP: [(u16, &str); 1] = [
    // Mexico: dialed before a mobile number until August 2019.
    (52, "1"),
];

/// Calling codes that also reach numbers of other calling codes. The national number is the same.
const REACHES: [(u16, &[u16]); 3] = [
    // France: overseas departments and collectivities are in the national plan.
    (33, &[262, 508, 590, 594, 596]),
    // Italy: San Marino.
    (39, &[378]),
    // Israel: Palestine.
    (972, &[970]),
];

static PLANS: LazyLock<Plans> = LazyLock::new(Plans::collect);

struct Plans {
    /// Plans by calling code, with the main country first.
    by_code: Vec<Vec<Plan>>,
    by_region: HashMap<Region, u16>,
}

impl Plans {
    fn collect() -> Self {
        let mut by_code: Vec<Vec<Plan>> = Vec::new();
        by_code.resize_with(1000, Vec::new);
        let mut by_region = HashMap::new();
        for plan in numbering::records().iter().map(Plan::new) {
            by_region.extend(plan.region.map(|region| (region, plan.code)));
            if let Some(plans) = by_code.get_mut(usize::from(plan.code)) {
                plans.push(plan);
            }
        }
        Self { by_code, by_region }
    }
}

/// Returns the plans of a calling code, with the main country first.
pub(super) fn of_code(code: u16) -> &'static [Plan] {
    PLANS.by_code.get(usize::from(code)).map_or(&[], Vec::as_slice)
}

/// Returns the plan of a country.
pub(super) fn of_region(region: Region) -> Option<&'static Plan> {
    of_code(calling_code(region)?).iter().find(|plan| plan.region == Some(region))
}

/// Returns the calling code of a country; `None` if there is no such country.
pub(crate) fn calling_code(region: Region) -> Option<u16> {
    PLANS.by_region.get(&region).copied()
}

/// Compiles the patterns that classify numbers of this calling code.
pub(crate) fn warm_up(code: u16) {
    let reached = REACHES.iter().filter(|(from, _)| *from == code).flat_map(|(_, reached)| *reached);
    for plan in reached.chain([&code]).flat_map(|code| of_code(*code)) {
        plan.warm_up();
    }
}

/// Number in E.164 form, split into its parts.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    /// The calling code.
    pub(super) code: u16,
    /// The digits after it.
    pub(super) national: &'a str,
    /// The plans of its calling code.
    plans: &'static [Plan],
}

impl<'a> Parts<'a> {
    /// Splits digits that begin with a calling code. `None` if they begin with none that is in use.
    pub(super) fn of(digits: &'a str) -> Option<Self> {
        if digits.starts_with('0') {
            return None;
        }
        // No calling code begins with another.
        (1..=3).find_map(|length| {
            let (code, national) = digits.split_at_checked(length)?;
            let code = code.parse().ok()?;
            Some(Self { code, national, plans: of_code(code) }).filter(|parts| !parts.plans.is_empty())
        })
    }

    /// Joins a calling code and a national number.
    pub(super) fn join(code: u16, national: &'a str) -> Self {
        Self { code, national, plans: of_code(code) }
    }

    /// Returns the country of the number and the kind of its line.
    pub(super) fn line(self) -> (Option<Region>, Line) {
        let [single] = self.plans else {
            let owner = self.plans.iter().find(|plan| plan.owns(self.national));
            let line = owner.map_or(Line::Unknown, |plan| plan.line(self.national));
            // A number that is unknown in its own country may be a service of a neighboring country.
            let is_service = || self.plans.iter().any(|plan| plan.line(self.national) == Line::Service);
            let line = if line == Line::Unknown && is_service() { Line::Service } else { line };
            return (owner.and_then(|plan| plan.region), line);
        };
        (single.region, single.line(self.national))
    }

    /// Returns whether the number may also be a personal line in `region`, because the metadata of several
    /// countries may contain the same ranges.
    pub(super) fn is_personal_in(self, region: Region) -> bool {
        let plan = self.plans.iter().find(|plan| plan.region == Some(region));
        plan.is_some_and(|plan| plan.line(self.national) == Line::Personal)
    }

    /// Returns whether the number is that of a landline, and may not be that of a mobile phone.
    pub(super) fn is_landline(self) -> bool {
        let [single] = self.plans else {
            return self
                .plans
                .iter()
                .find(|plan| plan.owns(self.national))
                .is_some_and(|plan| plan.is_landline(self.national));
        };
        single.is_landline(self.national)
    }

    /// Compares the number of digits with those that numbers of the calling code may have.
    pub(super) fn length(self) -> Length {
        self.plans.first().map_or(Length::Wrong, |plan| plan.length(self.national))
    }

    /// Returns the national number as E.164 has it. `None` if it is written that way already.
    pub(super) fn rewritten(self) -> Option<String> {
        let main = self.plans.first()?;
        main.without_prefix(self.national).or_else(|| {
            let of_code = GIVEN_UP.iter().filter(|(code, _)| *code == self.code);
            let mut rests = of_code.filter_map(|(_, prefix)| self.national.strip_prefix(prefix));
            let is_known = |rest: &&str| main.line(rest) != Line::Unknown;
            rests.find(is_known).filter(|_| main.line(self.national) == Line::Unknown).map(str::to_owned)
        })
    }

    /// Returns the canonical spelling for a phone that several numbers reach. `None` if this is the canonical
    /// one.
    pub(super) fn same_phone(self) -> Option<(u16, &'a str)> {
        if self.code == 54 {
            // Argentina: a 9 precedes a mobile number that is called from abroad. Without it, the number does not
            // belong to any other line.
            let rest = self.national.strip_prefix('9').filter(|rest| rest.len() == 10)?;
            return Some((54, rest));
        }
        let (_, reached) = REACHES.iter().find(|(from, _)| *from == self.code)?;
        let knows = |code: &&u16| Self::join(**code, self.national).line().1 != Line::Unknown;
        reached.iter().find(knows).map(|code| (*code, self.national))
    }
}
