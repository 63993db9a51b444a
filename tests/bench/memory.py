"""openHAB's heap after thousands of refreshes. Each brings a whole answer with one new value."""

FEW, MANY = 1000, 10000


def measure(house):
    few, many = (one / 1e6 for one in house.inside("many", house.answer(), FEW, MANY))
    what = "memory: heap after {:,} | {:,} refreshes (MB)".format(FEW, MANY)
    house.row(
        what.replace("|", "and"), "{:.1f}".format(few), "{:.1f}".format(many), "{:+.1f} MB".format(many - few), "other: after the first"
    )
