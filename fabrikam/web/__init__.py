"""The second floor: the intranet's Bottle parts."""

from fabrikam.web.assembly import Services as Services
from fabrikam.web.assembly import StepUpConfiguration as StepUpConfiguration
from fabrikam.web.assembly import install_step_up as install_step_up
from fabrikam.web.explanations import claim_rows as claim_rows
from fabrikam.web.explanations import level_of as level_of
from fabrikam.web.explanations import strategy_rows as strategy_rows
from fabrikam.web.guard import Guard as Guard
from fabrikam.web.guard import requirement_of as requirement_of
from fabrikam.web.metrics import is_on_this_machine as is_on_this_machine
from fabrikam.web.middleware import StepUp as StepUp
from fabrikam.web.pages import Page as Page
from fabrikam.web.problem_details import problem as problem
from fabrikam.web.refusal import KEPT as KEPT
from fabrikam.web.refusal import see_other as see_other
from fabrikam.web.request_fields import every as every
from fabrikam.web.request_fields import field as field
from fabrikam.web.routes import add_sign_in as add_sign_in
from fabrikam.web.sessions import SessionLifetimes as SessionLifetimes
from fabrikam.web.stores import Store as Store
from fabrikam.web.stores import StoreUnavailable as StoreUnavailable
from fabrikam.web.stores import open_store as open_store
