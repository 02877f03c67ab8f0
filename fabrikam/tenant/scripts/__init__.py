"""The script pipeline: Rules and Actions of a tenant folder, run in Node as they stand.

A script changes nothing: it sees an `ScriptInput` and leaves an `Outcome`.
"""

from __future__ import annotations

from fabrikam.tenant.scripts.compile_check import uncompiled as uncompiled
from fabrikam.tenant.scripts.engine import Engine as Engine
from fabrikam.tenant.scripts.event import Connection as Connection
from fabrikam.tenant.scripts.event import PassedMethod as PassedMethod
from fabrikam.tenant.scripts.event import Resume as Resume
from fabrikam.tenant.scripts.event import ScriptInput as ScriptInput
from fabrikam.tenant.scripts.folder import Folder as Folder
from fabrikam.tenant.scripts.folder import Policy as Policy
from fabrikam.tenant.scripts.folder import connection_id as connection_id
from fabrikam.tenant.scripts.folder import fingerprint as fingerprint
from fabrikam.tenant.scripts.folder import read_folder as read_folder
from fabrikam.tenant.scripts.folder import survey_folder as survey_folder
from fabrikam.tenant.scripts.folder_problems import FolderRejected as FolderRejected
from fabrikam.tenant.scripts.folder_problems import Problem as Problem
from fabrikam.tenant.scripts.keywords import NO_KEYWORDS as NO_KEYWORDS
from fabrikam.tenant.scripts.keywords import quoted_literals as quoted_literals
from fabrikam.tenant.scripts.keywords import replaced as replaced
from fabrikam.tenant.scripts.management_api import Account as Account
from fabrikam.tenant.scripts.management_api import Users as Users
from fabrikam.tenant.scripts.node import NodeMissing as NodeMissing
from fabrikam.tenant.scripts.outcome import Access as Access
from fabrikam.tenant.scripts.outcome import Challenge as Challenge
from fabrikam.tenant.scripts.outcome import Denial as Denial
from fabrikam.tenant.scripts.outcome import Enrollment as Enrollment
from fabrikam.tenant.scripts.outcome import Failure as Failure
from fabrikam.tenant.scripts.outcome import MultifactorRequest as MultifactorRequest
from fabrikam.tenant.scripts.outcome import Outcome as Outcome
from fabrikam.tenant.scripts.outcome import Pause as Pause
from fabrikam.tenant.scripts.outcome import Redirect as Redirect
from fabrikam.tenant.scripts.outcome import ScriptLine as ScriptLine
from fabrikam.tenant.scripts.outcome import SessionLimits as SessionLimits
from fabrikam.tenant.scripts.reports import Argued as Argued
from fabrikam.tenant.scripts.reports import ChanceTaken as ChanceTaken
from fabrikam.tenant.scripts.reports import Compared as Compared
from fabrikam.tenant.scripts.reports import Decided as Decided
from fabrikam.tenant.scripts.reports import LookedUp as LookedUp
from fabrikam.tenant.scripts.reports import Report as Report
from fabrikam.tenant.scripts.script_files import Action as Action
from fabrikam.tenant.scripts.script_files import Dependency as Dependency
from fabrikam.tenant.scripts.script_files import Module as Module
from fabrikam.tenant.scripts.script_files import Rule as Rule
from fabrikam.tenant.scripts.user_update import too_much as too_much
