"""Where a car is, as people say it: how far from home, at home, at one of their own places. Pure."""
