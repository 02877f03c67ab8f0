"""One page of a long table: what a visitor asks for, and what is shown.

A `Listing` is made from untrusted text and is always usable: what makes no sense
becomes a default, since a mistyped address deserves a table and not an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PAGE_SIZE", "Column", "Heading", "Listed", "Listing", "read_listing"]

PAGE_SIZE: Final = 25
_LONGEST_QUERY: Final = 100
_MOST_PAGE_DIGITS: Final = 6

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that may be sorted: its word in the address, its label, its SQL."""

    name: str
    label: str
    sql: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a visitor wants to see of a table."""

    query: str = ""
    sort: str
    descending: bool = False
    number: int = 1

    @property
    def order(self) -> str:
        """The sorting as it stands in an address: a minus turns it round."""
        return f"-{self.sort}" if self.descending else self.sort

    def address(self, *, order: str, number: int) -> str:
        """Link to the same search in another order or on another page."""
        asked = {"q": self.query, "sort": order, "page": str(number)}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column's heading; `sorted` is its direction in the words of ARIA, or empty."""

    label: str
    address: str
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Row]):
    """The rows that are shown, and the way to the others."""

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    listing: Listing
    columns: tuple[Column, ...]

    @property
    def query(self) -> str:
        """What was searched for."""
        return self.listing.query

    @property
    def sort(self) -> str:
        """The sorting as it stands in an address."""
        return self.listing.order

    @property
    def first(self) -> int:
        """The place of the first row in the whole table, from one."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row in the whole table."""
        return (self.number - 1) * PAGE_SIZE + len(self.rows)

    @property
    def previous(self) -> str | None:
        """The address of the page before, or None."""
        return self._neighbour(self.number - 1)

    @property
    def next(self) -> str | None:
        """The address of the page after, or None."""
        return self._neighbour(self.number + 1)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings, each with the address that sorts by it."""
        return tuple(self._heading(column) for column in self.columns)

    def _neighbour(self, number: int) -> str | None:
        if not 1 <= number <= self.pages:
            return None
        return self.listing.address(order=self.sort, number=number)

    def _heading(self, column: Column) -> Heading:
        is_sorted = column.name == self.listing.sort
        turned = is_sorted and not self.listing.descending
        order = f"-{column.name}" if turned else column.name
        return Heading(
            label=column.label,
            address=self.listing.address(order=order, number=1),
            sorted=_direction(self.listing) if is_sorted else "",
            numeric=column.numeric,
        )


def read_listing(
    columns: Sequence[Column], *, q: str = "", sort: str = "", page: str = ""
) -> Listing:
    """Read an address's words; what makes no sense becomes a default."""
    name = sort.removeprefix("-")
    known = name in {column.name for column in columns}
    return Listing(
        query=_searchable(q),
        sort=name if known else columns[0].name,
        descending=known and sort.startswith("-"),
        number=_page_number(page),
    )


def _searchable(text: str) -> str:
    # lone surrogates are not printable: SQLite and an address would choke on them
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:_LONGEST_QUERY].rstrip()


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_PAGE_DIGITS):
        return 1
    return max(1, int(text))


def _direction(listing: Listing) -> str:
    return "descending" if listing.descending else "ascending"
