"""The script pipeline: Rules and Actions of a tenant folder, run in Node as they stand.

A script changes nothing: it sees an `Occasion` and leaves an `Outcome`.
"""

from __future__ import annotations

from fabrikam.tenant.pipeline.engine import Engine as Engine
from fabrikam.tenant.pipeline.event import Connection as Connection
from fabrikam.tenant.pipeline.event import Occasion as Occasion
from fabrikam.tenant.pipeline.event import PassedMethod as PassedMethod
from fabrikam.tenant.pipeline.event import Resume as Resume
from fabrikam.tenant.pipeline.folder import Folder as Folder
from fabrikam.tenant.pipeline.folder import Policy as Policy
from fabrikam.tenant.pipeline.folder import connection_id as connection_id
from fabrikam.tenant.pipeline.folder import fingerprint as fingerprint
from fabrikam.tenant.pipeline.folder import read_folder as read_folder
from fabrikam.tenant.pipeline.keywords import NO_KEYWORDS as NO_KEYWORDS
from fabrikam.tenant.pipeline.keywords import quoted_literals as quoted_literals
from fabrikam.tenant.pipeline.keywords import replaced as replaced
from fabrikam.tenant.pipeline.management import Account as Account
from fabrikam.tenant.pipeline.management import Users as Users
from fabrikam.tenant.pipeline.outcome import Access as Access
from fabrikam.tenant.pipeline.outcome import Challenge as Challenge
from fabrikam.tenant.pipeline.outcome import Denial as Denial
from fabrikam.tenant.pipeline.outcome import Enrollment as Enrollment
from fabrikam.tenant.pipeline.outcome import Failure as Failure
from fabrikam.tenant.pipeline.outcome import Lasting as Lasting
from fabrikam.tenant.pipeline.outcome import MultifactorRequest as MultifactorRequest
from fabrikam.tenant.pipeline.outcome import Outcome as Outcome
from fabrikam.tenant.pipeline.outcome import Pause as Pause
from fabrikam.tenant.pipeline.outcome import Redirect as Redirect
from fabrikam.tenant.pipeline.outcome import ScriptLine as ScriptLine
from fabrikam.tenant.pipeline.patches import too_much as too_much
from fabrikam.tenant.pipeline.problems import FolderRejected as FolderRejected
from fabrikam.tenant.pipeline.problems import Problem as Problem
from fabrikam.tenant.pipeline.scripts import Action as Action
from fabrikam.tenant.pipeline.scripts import Dependency as Dependency
from fabrikam.tenant.pipeline.scripts import Rule as Rule
