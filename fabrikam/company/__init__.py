"""The demo's company: customers, employees, salaries, and their lists."""

from fabrikam.company.company import CUSTOMER_COLUMNS as CUSTOMER_COLUMNS
from fabrikam.company.company import EMPLOYEE_COLUMNS as EMPLOYEE_COLUMNS
from fabrikam.company.company import Company as Company
from fabrikam.company.company import Employee as Employee
from fabrikam.company.company import just_changed as just_changed
from fabrikam.company.listing import Listed as Listed
from fabrikam.company.listing import read_listing as read_listing
from fabrikam.company.salary import SalaryProblem as SalaryProblem
from fabrikam.company.salary import changed_meanwhile as changed_meanwhile
from fabrikam.company.salary import read_salary as read_salary
