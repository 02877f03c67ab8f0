"""Advice for the move: a traced Rule, a draft of its Action, and the lab's verdict."""

from __future__ import annotations

from fabrikam.lab.advise.advice import Advice as Advice
from fabrikam.lab.advise.advice import advise as advise
