"""How do listed people see, correct and contest their record, and leave? Without an account."""
