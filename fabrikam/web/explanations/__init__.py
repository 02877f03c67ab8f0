"""What is said to people about their sign-in, in words.  Pure."""

from fabrikam.web.explanations.error_texts import ProblemPage as ProblemPage
from fabrikam.web.explanations.error_texts import forged_page as forged_page
from fabrikam.web.explanations.error_texts import http_error_page as http_error_page
from fabrikam.web.explanations.error_texts import lost_page as lost_page
from fabrikam.web.explanations.error_texts import problem_page as problem_page
from fabrikam.web.explanations.error_texts import store_away_page as store_away_page
from fabrikam.web.explanations.verdict_texts import claim_rows as claim_rows
from fabrikam.web.explanations.verdict_texts import denied_page as denied_page
from fabrikam.web.explanations.verdict_texts import level_of as level_of
from fabrikam.web.explanations.verdict_texts import shortfall_words as shortfall_words
from fabrikam.web.explanations.verdict_texts import strategy_rows as strategy_rows
