"""Real third-party servers for the suites of `make test-servers`, one module each.

Every server listens on loopback, keeps its data under .testservers/, is waited for with a deadline
and stopped by its recorded process id. What is missing is installed when we may, and is otherwise
named in one sentence (`Missing`). docs/guides/test-servers.md says what each one is for.
"""
