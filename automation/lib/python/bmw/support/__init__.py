"""Help for finding faults: the diagnostics report, the anonymised dump, the last warnings."""
