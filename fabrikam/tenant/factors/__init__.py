"""The second factors that the tenant knows: one row each, and their codes."""

from fabrikam.tenant.factors.factor import BY_NAME as BY_NAME
from fabrikam.tenant.factors.factor import FACTORS as FACTORS
from fabrikam.tenant.factors.factor import INDEPENDENT as INDEPENDENT
from fabrikam.tenant.factors.factor import OTP as OTP
from fabrikam.tenant.factors.factor import PUSH as PUSH
from fabrikam.tenant.factors.factor import RECOVERY_CODE as RECOVERY_CODE
from fabrikam.tenant.factors.factor import Factor as Factor
