"""How many stream messages a second the module processes without a growing queue: the last one of three seconds must show within a second."""

import json
import time

from tests.cloud.clock import iso
from tests.openhab.server import wait_until

CHARGE = "BMW_i3_StateOfCharge"
DESCRIPTOR = "vehicle.drivetrain.batteryManagement.header"
RATES = (25, 50, 100, 200, 400, 800, 1600, 3200, 4000, 5000, 6400)
#: seconds: duration of each rate; how late the last message may arrive
LASTS, LATE = 3, 1
#: a car that drives sends a message every so many seconds; number of messages of a measurement
EVERY, MESSAGES = 5, 12


def measure(house):
    house.configure(**house.settings(stream_url=house.stream.url))
    house.openhab.wait_state("BMW_StreamState", "CONNECTED", 60)
    good, why = 0, "no queue at the highest rate tried"
    for number, rate in enumerate(RATES):
        mark = "{:d}".format(90 + number)
        cpu = house.cpu()
        sent = _publish(house, rate, mark)
        begin = time.monotonic()
        wait_until(lambda: house.openhab.state(CHARGE).split()[0].partition(".")[0] == mark, 60, "the last message", house.openhab)
        late = time.monotonic() - begin
        print("  {:.0f} a second sent, the last {:.2f} s late, {:.2f} s of CPU".format(sent, late, house.cpu() - cpu), flush=True)
        if late > LATE:
            why = "a queue at {:.0f}".format(sent)
            break
        good = max(good, sent)
        if sent < 0.8 * rate:
            why = "the simulated broker sends no more"
            break
    house.row("stream: messages a second without a queue", "", "{:.0f}".format(good), "", why)
    _usual(house)
    house.configure(**house.settings())


def _usual(house):
    """The CPU of the module's own threads at the rate of a car that drives, beside that of a parked car."""
    shares = []
    for count in (0, MESSAGES):
        begin, cpu = time.monotonic(), house.inside("threads")
        for number in range(count):
            send(house, 10 + number, time.time())
            time.sleep(EVERY)
        time.sleep(max(0, begin + EVERY * MESSAGES - time.monotonic()))
        shares.append(100 * (house.inside("threads") - cpu) / (time.monotonic() - begin))
    what = "stream: a message every {} s, CPU of the module's threads (% of a core)".format(EVERY)
    house.row(what, "{:.2f}".format(shares[0]), "{:.2f}".format(shares[1]), "", "other: no message")


def send(house, charge, now):
    moment = iso(now)
    data = {DESCRIPTOR: {"value": charge, "unit": "percent", "timestamp": moment}}
    house.stream.publish(house.vin, json.dumps({"vin": house.vin, "timestamp": moment, "data": data}).encode())


def _publish(house, rate, mark):
    """Publishes messages at an even rate; the last one has the value ``mark``. Returns the reached rate."""
    begin, count = time.monotonic(), rate * LASTS
    for number in range(count):
        send(house, int(mark) if number == count - 1 else 10 + number % 80, time.time())
        pause = begin + (number + 1) / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
    return count / (time.monotonic() - begin)
