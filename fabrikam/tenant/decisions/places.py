"""Where a login may come from, in the words of an Action's `event.request.geoip`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PLACES"]

# code, code of three letters, country, city, latitude, longitude, continent, time zone
_CAPITALS: Final = (
    ("CH", "CHE", "Switzerland", "Bern", 46.948, 7.447, "EU", "Europe/Zurich"),
    ("DE", "DEU", "Germany", "Berlin", 52.52, 13.405, "EU", "Europe/Berlin"),
    ("FR", "FRA", "France", "Paris", 48.857, 2.352, "EU", "Europe/Paris"),
    ("GB", "GBR", "United Kingdom", "London", 51.507, -0.128, "EU", "Europe/London"),
    ("IN", "IND", "India", "New Delhi", 28.614, 77.209, "AS", "Asia/Kolkata"),
    ("JP", "JPN", "Japan", "Tokyo", 35.69, 139.692, "AS", "Asia/Tokyo"),
    ("US", "USA", "United States", "Washington", 38.907, -77.037, "NA",
     "America/New_York"),
)  # fmt: skip
_NAMES: Final = (
    "countryCode", "countryCode3", "countryName", "cityName", "latitude", "longitude",
    "continentCode", "timeZone",
)  # fmt: skip

PLACES: Final[Mapping[str, Mapping[str, str | float]]] = MappingProxyType(
    {place[0]: dict(zip(_NAMES, place, strict=True)) for place in _CAPITALS}
)
