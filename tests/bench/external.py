"""The way of the forum thread, to compare with: a Python process per refresh, as an Exec binding starts it.

It reads its token from an item over openHAB's REST, asks BMW once, and writes each item over REST again.
Arguments: openHAB's address, the cloud's address of the car's data, container id, a file with lines "descriptor item".
Prints how many requests it made, and when the last item was written.
"""

import sys
import time

import requests

openhab, cloud, container, table = sys.argv[1:]
token = requests.get(openhab + "/rest/items/Thread_Token/state").text
answer = requests.get(
    cloud,
    params={"containerId": container},
    headers={"Authorization": "Bearer " + token, "x-version": "v1"},
)
answer.raise_for_status()
entries = answer.json()["telematicData"]
count = 2
for line in open(table):
    descriptor, item = line.split()
    value = (entries.get(descriptor) or {}).get("value")
    text = "UNDEF" if value is None else str(value)
    headers = {"Content-Type": "text/plain"}
    requests.put("{}/rest/items/{}/state".format(openhab, item), data=text.encode(), headers=headers).raise_for_status()
    count += 1
print(count, time.time())
