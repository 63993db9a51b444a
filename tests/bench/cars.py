"""The cost of a refresh for each car, up to a thousand: if it is linear, it is the same for any number. And the memory that a car takes."""

from statistics import median

SIZES = (1, 10, 100, 1000)


def measure(house):
    told = house.inside("fleet", house.answer(), SIZES, 7)
    each = {size: 1000 * median(told[str(size)]) / size for size in SIZES}
    for size in SIZES[1:]:
        what = "cars: a car's share of a refresh of {} (ms of CPU)".format(size)
        note = "other: a single car"
        house.row(what, "{:.2f}".format(each[1]), "{:.2f}".format(each[size]), "{:.2f}".format(each[size] / each[1]), note)
    house.row("cars: heap of a car of {}, with its items (kB)".format(SIZES[-1]), "", "{:.0f}".format(told["heap"] / 1024))
