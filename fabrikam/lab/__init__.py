"""The lab: proves what changes for people when a Rule becomes an Action."""
