"""Great Expectations: suites in, verdicts out."""
