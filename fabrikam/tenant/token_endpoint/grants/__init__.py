"""The grants of the token endpoint, one file for each."""
