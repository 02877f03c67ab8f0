"""What every room may stand on: clocks, counting, exit codes, SQLite."""
