"""Fabrikam Intranet: step-up authentication, once by a Rule and once by an Action."""
