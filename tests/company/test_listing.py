"""A listing is read from untrusted words, and is always usable."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.company.company import CUSTOMER_COLUMNS, EMPLOYEE_COLUMNS, SCHEMA, Company
from fabrikam.company.folding import folded
from fabrikam.company.listing import PAGE_SIZE, Listing, read_listing
from fabrikam.shared.sqlite import Database
from tests.web.odd import ODD_TEXTS


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    path = tmp_path_factory.mktemp("listing") / "company.sqlite"
    return Company(Database(path, SCHEMA))


@pytest.mark.parametrize(
    ("words", "listing"),
    [
        ({},                                Listing(sort="name")),
        ({"sort": "-salary"},               Listing(sort="salary", descending=True)),
        ({"page": "3"},                     Listing(sort="name", number=3)),
        ({"sort": "--salary"},              Listing(sort="name")),
        ({"sort": "-"},                     Listing(sort="name")),
        ({"sort": "salary DESC; --"},       Listing(sort="name")),
        ({"sort": "found_by"},              Listing(sort="name")),
        ({"sort": "-revenue"},              Listing(sort="name")),
        ({"page": "0"},                     Listing(sort="name")),
        ({"page": "-2"},                    Listing(sort="name")),
        ({"page": "two"},                   Listing(sort="name")),
        ({"page": "2.5"},                   Listing(sort="name")),
        ({"page": "\u0663"},                Listing(sort="name")),
        ({"page": "9" * 5000},              Listing(sort="name")),
        ({"q": " a\n\x00 b\ud800 "},        Listing(sort="name", query="a b")),
        ({"q": "x" * 5000},                 Listing(sort="name", query="x" * 100)),
        ({"q": "x" * 99 + " y"},            Listing(sort="name", query="x" * 99)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_becomes_a_default(words, listing):
    assert read_listing(EMPLOYEE_COLUMNS, **words) == listing


@given(q=ODD_TEXTS, sort=ODD_TEXTS, page=ODD_TEXTS)
def test_no_words_however_odd_break_a_listing(company, q, sort, page):
    shown = company.customers(read_listing(CUSTOMER_COLUMNS, q=q, sort=sort, page=page))
    assert len(shown.rows) <= min(PAGE_SIZE, shown.total)
    assert 1 <= shown.number <= shown.pages


@given(q=ODD_TEXTS, sort=st.sampled_from(["name", "-since", "x"]), page=ODD_TEXTS)
def test_an_address_reads_back_as_the_listing_that_made_it(q, sort, page):
    listing = read_listing(CUSTOMER_COLUMNS, q=q, sort=sort, page=page)
    address = listing.address(order=listing.order, number=listing.number)
    words = {name: values[0] for name, values in parse_qs(address[1:]).items()}
    assert read_listing(CUSTOMER_COLUMNS, **words) == listing


@given(ODD_TEXTS)
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Łódź", "lodz"), ("Straße", "strasse"), ("Y\u0131lmaz", "yilmaz"),
        ("İstanbul", "istanbul"), ("Đặng", "dang"), ("Ærø™", "aerotm"),
    ],
)  # fmt: skip
def test_letters_fold_to_what_people_type(text, plain):
    assert folded(text) == plain


def test_a_heading_sorts_by_itself_and_turns_round_when_it_is_sorted(company):
    name, *_, salary = company.employees(
        read_listing(EMPLOYEE_COLUMNS, q="a b", sort="salary", page="2")
    ).headings
    assert (name.sorted, name.address) == ("", "?q=a+b&sort=name&page=1")
    assert (salary.sorted, salary.address) == (
        "ascending",
        "?q=a+b&sort=-salary&page=1",
    )
