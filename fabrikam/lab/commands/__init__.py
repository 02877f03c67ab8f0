"""The lab's commands: what joins comparison, linter, advice and reports."""
