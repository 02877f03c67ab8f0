"""What every room above is handed: one tenant, its settings and what it keeps."""

from fabrikam.tenant.context.configuration import Configuration as Configuration
from fabrikam.tenant.context.configuration import ScriptEngine as ScriptEngine
from fabrikam.tenant.context.configuration import (
    tenant_settings_from as tenant_settings_from,
)
from fabrikam.tenant.context.tenant_context import LogoutDelivery as LogoutDelivery
from fabrikam.tenant.context.tenant_context import TenantContext as TenantContext
from fabrikam.tenant.context.tenant_context import TenantLifetimes as TenantLifetimes
