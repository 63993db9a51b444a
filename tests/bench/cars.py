"""The cost of a refresh for each car, and the heap that a car takes: if it is linear, it is the same for any number of cars."""

from statistics import median

SIZES = (1, 3, 10, 30, 100, 300, 1000)
ROUNDS = 10


def measure(house):
    told = house.inside("fleet", house.answer(), SIZES, ROUNDS)
    each = {size: 1000 * median(told["seconds"][str(size)]) / size for size in SIZES}
    heap = {size: (told["heap"][str(size)] - told["heap"]["0"]) / size / 1e6 for size in SIZES}
    for size in SIZES[1:]:
        what = "cars: a car's share of a refresh of {} (ms of CPU)".format(size)
        note = "other: a single car"
        house.row(what, "{:.2f}".format(each[1]), "{:.2f}".format(each[size]), "{:.2f}".format(each[size] / each[1]), note)
    few, many = SIZES[-3], SIZES[-1]
    what = "memory: a car's heap with its items, of {} cars (MB)".format(many)
    house.row(
        what, "{:.2f}".format(heap[few]), "{:.2f}".format(heap[many]), "{:.2f}".format(heap[many] / heap[few]), "other: of {}".format(few)
    )
