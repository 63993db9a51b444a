"""When BMW is asked, and for what: one account at work, its cars, the day's calls.

``service.py`` joins the parts. ``poll.py`` polls the cars, ``display.py`` shows them, ``estimates.py`` estimates the state of charge
meanwhile. ``poll_times.py`` says when the next poll is due, by ``intervals.py``; ``budget.py`` counts the calls of a day.
``rare_calls.py`` asks for what changes rarely. ``vehicle_list.py`` keeps the list of cars.
Knows no item by name, no Java, no single cloud.
"""
