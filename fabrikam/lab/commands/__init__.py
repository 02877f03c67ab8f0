"""The lab's commands: what joins comparison, linter, advice and reports."""

from fabrikam.lab.commands.parsers import add_advise as add_advise
from fabrikam.lab.commands.parsers import add_lab as add_lab
from fabrikam.lab.commands.parsers import add_lint as add_lint
