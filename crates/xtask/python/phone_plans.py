"""Writes the numbering plans of `crates/mfakit-core/src/numbering` from the package `phonenumbers`.

Usage: phone_plans.py FOLDER

The package contains the metadata of libphonenumber, and its version is that of the metadata. The folder gets two
files: `plans.txt`, which `mfakit-core` reads, and `examples.txt`, which its tests read.
"""

import pathlib
import sys

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

NON_GEOGRAPHICAL = "001"

# Names of the kinds in the files, and in the package. The order is that of `numbering/kind.rs`.
KINDS = [
    ("general", "general_desc"),
    ("premium", "premium_rate"),
    ("toll-free", "toll_free"),
    ("shared-cost", "shared_cost"),
    ("voip", "voip"),
    ("personal", "personal_number"),
    ("pager", "pager"),
    ("uan", "uan"),
    ("voicemail", "voicemail"),
    ("fixed", "fixed_line"),
    ("mobile", "mobile"),
]

NOTICE = f"""\
# Derived from the metadata of libphonenumber {phonenumbers.__version__} <https://github.com/google/libphonenumber>.
# Copyright (C) 2009, 2010-2026 The Libphonenumber Authors.
# Licensed under the Apache License, Version 2.0: see LICENSE-APACHE in the root of this crate, or
# <https://www.apache.org/licenses/LICENSE-2.0>. Distributed on an "AS IS" basis, without warranties or conditions of
# any kind, either express or implied.
# Changes: converted to text lines from the Python package `phonenumbers`, and reduced to what mfakit reads.
#
# Written by `cargo xtask phone-plans`. Do not edit.
"""

PLANS = f"""\
# Numbering plans of all countries and territories, one field per line.
#
{NOTICE}#
# plan <calling code> <territory> [main]
# international|national|parsing|transform|leading <value>
# <kind>[,<kind>] <lengths>[/<lengths without area code>] <pattern>
"""

EXAMPLES = f"""\
# Example numbers for the kinds of lines in each numbering plan.
#
{NOTICE}#
# <calling code> <territory> <kind> <national number>
"""


def plans():
    """Yields all plans by calling code. The main country comes first, then the territories in alphabetical order."""
    for code, territories in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        found = []
        for territory in territories:
            if territory == NON_GEOGRAPHICAL:
                found.append(PhoneMetadata.metadata_for_nongeo_region(code))
            else:
                found.append(PhoneMetadata.metadata_for_region(territory))
        yield from sorted(found, key=lambda plan: (not plan.main_country_for_code, plan.id))


def kinds(plan):
    """Yields the name and the description of each kind of number that a plan has."""
    for name, attribute in KINDS:
        described = getattr(plan, attribute)
        if described is not None and described.national_number_pattern is not None:
            yield name, described


def lengths(plan, described):
    """Returns the lengths of one kind. A description without lengths has those of the plan."""
    return described.possible_length or plan.general_desc.possible_length


def listed(numbers):
    return ",".join(str(number) for number in sorted(numbers))


def kind_lines(plan):
    """Yields a line for each pattern. Kinds with the same pattern and the same lengths share a line."""
    lines = {}
    for name, described in kinds(plan):
        # The other kinds limit the length of a valid number, so the general pattern needs no lengths.
        allowed = "any" if name == "general" else listed(lengths(plan, described))
        pattern = "".join(described.national_number_pattern.split())
        names, local = lines.setdefault((allowed, pattern), ([], set()))
        names.append(name)
        if name != "general":
            local.update(described.possible_length_local_only)
    for (allowed, pattern), (names, local) in lines.items():
        without_area_code = f"/{listed(local)}" if local else ""
        yield f"{','.join(names)} {allowed}{without_area_code} {pattern}"


def plan_lines(plan):
    yield f"plan {plan.country_code} {plan.id}{' main' if plan.main_country_for_code else ''}"
    rule = plan.national_prefix_transform_rule
    parsing = plan.national_prefix_for_parsing
    for name, value in [
        ("international", plan.international_prefix),
        ("national", plan.national_prefix),
        ("parsing", parsing if parsing != plan.national_prefix else None),
        ("transform", rule and rule.replace("\\", "$")),
        ("leading", plan.leading_digits),
    ]:
        if value:
            yield f"{name} {''.join(value.split())}"
    yield from kind_lines(plan)


def example_lines(plan):
    for name, described in kinds(plan):
        if described.example_number:
            yield f"{plan.country_code} {plan.id} {name} {described.example_number}"


def write(file, head, groups):
    blocks = [head] + ["".join(f"{line}\n" for line in lines) for lines in groups]
    file.write_text("\n".join(blocks), encoding="utf-8")


def main():
    folder = pathlib.Path(sys.argv[1])
    write(folder / "plans.txt", PLANS, [plan_lines(plan) for plan in plans()])
    write(folder / "examples.txt", EXAMPLES, [example_lines(plan) for plan in plans()])


main()
