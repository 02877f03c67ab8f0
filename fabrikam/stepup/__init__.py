"""The first floor: what a route needs, what a visitor has shown, what follows."""

from fabrikam.stepup.judge import judge as judge
from fabrikam.stepup.judge import judge_token as judge_token
from fabrikam.stepup.judge import preferred as preferred
from fabrikam.stepup.strategies import MFA_ACR as MFA_ACR
from fabrikam.stepup.strategies import Both as Both
from fabrikam.stepup.strategies import ClaimSource as ClaimSource
from fabrikam.stepup.strategies import Either as Either
from fabrikam.stepup.strategies import Legacy as Legacy
from fabrikam.stepup.strategies import Modern as Modern
from fabrikam.stepup.strategies import Strategy as Strategy
from fabrikam.stepup.verdict import LOGIN as LOGIN
from fabrikam.stepup.verdict import MULTI_FACTOR as MULTI_FACTOR
from fabrikam.stepup.verdict import NOTHING as NOTHING
from fabrikam.stepup.verdict import AnyOf as AnyOf
from fabrikam.stepup.verdict import Denied as Denied
from fabrikam.stepup.verdict import Granted as Granted
from fabrikam.stepup.verdict import LoginRequired as LoginRequired
from fabrikam.stepup.verdict import Need as Need
from fabrikam.stepup.verdict import Requirement as Requirement
from fabrikam.stepup.verdict import Shortfall as Shortfall
from fabrikam.stepup.verdict import StepUpRequired as StepUpRequired
from fabrikam.stepup.verdict import Verdict as Verdict
