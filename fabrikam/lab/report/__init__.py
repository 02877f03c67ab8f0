"""The reports of the lab: the same data as text, as a page, as JSON and as JUnit."""

from __future__ import annotations

from fabrikam.lab.report.comparison_verdict import (
    ComparisonVerdict as ComparisonVerdict,
)
from fabrikam.lab.report.comparison_verdict import verdict_of as verdict_of
from fabrikam.lab.report.junit import junit as junit
from fabrikam.lab.report.page import page as page
from fabrikam.lab.report.record import Record as Record
from fabrikam.lab.report.record import record as record
from fabrikam.lab.report.terminal import print_record as print_record
from fabrikam.lab.report.terminal import print_replayed as print_replayed
