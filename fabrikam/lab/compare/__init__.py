"""Two sides in every situation: experiment, comparison, cases, known differences."""
