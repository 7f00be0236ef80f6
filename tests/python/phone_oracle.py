"""Prints numbers with their countries and kinds of lines, as the Python port of libphonenumber finds them.

Each line is a number in E.164 form, its country (or `-`), and `personal` or `other`. The numbers are the examples of
the metadata, and their variants: each of the first digits replaced by every other digit, and one digit more or less.
"""

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberType,
    number_type,
    region_code_for_number,
)

PERSONAL = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
}

KINDS = [
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
]

VARIED_DIGITS = 5


def plans():
    for code, territories in COUNTRY_CODE_TO_REGION_CODE.items():
        for territory in territories:
            if territory == "001":
                yield PhoneMetadata.metadata_for_nongeo_region(code)
            else:
                yield PhoneMetadata.metadata_for_region(territory)


def examples(plan):
    for kind in KINDS:
        described = getattr(plan, kind)
        if described is not None and described.example_number:
            yield described.example_number


def variants(national):
    yield national
    yield national[:-1]
    yield national + "0"
    for at in range(min(VARIED_DIGITS, len(national))):
        for digit in "0123456789":
            yield national[:at] + digit + national[at + 1 :]


def number(code, national):
    """Returns a number with its leading zeros, which the package keeps apart from the other digits."""
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(
        country_code=code,
        national_number=int(national),
        italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def main():
    numbers = {(plan.country_code, n) for plan in plans() for example in examples(plan) for n in variants(example)}
    for code, national in sorted(numbers):
        if len(f"{code}{national}") > 15 or not national.strip("0"):
            continue
        found = number(code, national)
        region = region_code_for_number(found)
        line = "personal" if number_type(found) in PERSONAL else "other"
        print(f"+{code}{national} {'-' if region in (None, '001') else region} {line}")


main()
