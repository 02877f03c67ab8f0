"""The second floor: the intranet's Bottle parts."""

from fabrikam.web.company import CUSTOMER_COLUMNS as CUSTOMER_COLUMNS
from fabrikam.web.company import EMPLOYEE_COLUMNS as EMPLOYEE_COLUMNS
from fabrikam.web.company import Company as Company
from fabrikam.web.company import Employee as Employee
from fabrikam.web.company import just_changed as just_changed
from fabrikam.web.fields import every as every
from fabrikam.web.fields import field as field
from fabrikam.web.guard import Guard as Guard
from fabrikam.web.guard import requirement_of as requirement_of
from fabrikam.web.listing import Listed as Listed
from fabrikam.web.listing import read_listing as read_listing
from fabrikam.web.metrics import is_on_this_machine as is_on_this_machine
from fabrikam.web.middleware import StepUp as StepUp
from fabrikam.web.pages import Page as Page
from fabrikam.web.parts import Desk as Desk
from fabrikam.web.parts import House as House
from fabrikam.web.parts import furnish as furnish
from fabrikam.web.problem import problem as problem
from fabrikam.web.redis_store import RedisStore as RedisStore
from fabrikam.web.refusal import KEPT as KEPT
from fabrikam.web.refusal import see_other as see_other
from fabrikam.web.routes import add_sign_in as add_sign_in
from fabrikam.web.salary import SalaryProblem as SalaryProblem
from fabrikam.web.salary import changed_meanwhile as changed_meanwhile
from fabrikam.web.salary import read_salary as read_salary
from fabrikam.web.session import Lifetimes as Lifetimes
from fabrikam.web.sqlite_store import SqliteStore as SqliteStore
from fabrikam.web.store import STORE_ERRORS as STORE_ERRORS
from fabrikam.web.store import Store as Store
from fabrikam.web.stores import open_store as open_store
from fabrikam.web.words import claim_rows as claim_rows
from fabrikam.web.words import level_of as level_of
from fabrikam.web.words import strategy_rows as strategy_rows

__all__ = ["Listed"]
