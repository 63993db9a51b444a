"""What helps a person to find a fault: the diagnostics report, the dump without private data, the last warnings."""
