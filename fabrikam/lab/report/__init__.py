"""The reports of the lab: the same data as text, as a page, as JSON and as JUnit."""

from __future__ import annotations

from fabrikam.lab.report.junit import junit as junit
from fabrikam.lab.report.page import page as page
from fabrikam.lab.report.terminal import console as console
from fabrikam.lab.report.terminal import print_record as print_record
from fabrikam.lab.report.terminal import print_replay as print_replay
