"""bmw.worker: one thread, a timetable, and an end that ends."""

import logging
import threading
import time

import pytest

from bmw.worker import Worker

DEADLINE = 10


@pytest.fixture
def worker():
    worker = Worker("bmw-test")
    worker.start()
    yield worker
    worker.stop()
    worker._thread.join(DEADLINE)
    assert not worker._thread.is_alive()


def done(worker):
    """Waits until all work that was due is done."""
    event = threading.Event()
    worker.submit("marker", event.set)
    assert event.wait(DEADLINE)


def test_work_is_done_in_order_on_a_thread_of_its_own(worker):
    order = []
    for number in range(5):
        worker.submit("work {}".format(number), lambda number=number: order.append((number, threading.current_thread().name)))
    done(worker)
    assert order == [(number, "bmw-test") for number in range(5)]


def test_the_thread_does_not_keep_openhab_alive(worker):
    assert worker._thread.daemon


def test_waiting_work_of_the_same_name_is_replaced(worker):
    order, go = [], threading.Event()
    worker.submit("blocker", lambda: go.wait(DEADLINE))
    worker.submit("refresh", lambda: order.append("first"))
    worker.submit("refresh", lambda: order.append("second"))
    go.set()
    done(worker)
    assert order == ["second"]


def test_waiting_work_of_the_same_name_can_stay_with_its_time():
    worker, done_work = Worker("bmw-test", monotonic=lambda: 100.0), []
    worker.later_unless_waiting("same", 0, lambda: done_work.append("first"))
    worker.later_unless_waiting("same", 3600, lambda: done_work.append("second"))
    worker.start()
    done(worker)
    assert done_work == ["first"]
    worker.later_unless_waiting("same", 0, lambda: done_work.append("third"))
    done(worker)
    assert done_work == ["first", "third"]
    worker.stop()


def test_later_work_waits_for_its_time_and_sooner_work_goes_before(worker):
    order, both = [], threading.Event()
    started = time.monotonic()
    worker.later("late", 0.1, lambda: (order.append("late"), both.set()))
    worker.later("soon", 0.01, lambda: order.append("soon"))
    assert both.wait(DEADLINE)
    assert order == ["soon", "late"]
    assert time.monotonic() - started >= 0.1


def test_cancelled_work_is_not_done(worker):
    order = []
    worker.later("work", 0.01, lambda: order.append("work"))
    worker.cancel("work")
    worker.cancel("never heard of")
    after = threading.Event()
    worker.later("after", 0.02, after.set)
    assert after.wait(DEADLINE)
    assert order == []


def test_work_that_fails_is_logged_and_ends_nothing(worker, caplog):
    def fail():
        raise ValueError("strange")

    with caplog.at_level(logging.ERROR, "bmw"):
        worker.submit("fail", fail)
        done(worker)
    assert "Unexpected error in bmw-test" in caplog.text


def test_work_may_plan_further_work(worker):
    event = threading.Event()
    worker.submit("first", lambda: worker.submit("second", event.set))
    assert event.wait(DEADLINE)


def test_after_a_stop_nothing_is_done_and_the_thread_ends():
    worker, order = Worker("bmw-test"), []
    worker.start()
    worker.later("later", 3600, lambda: order.append("later"))
    worker.stop()
    worker.submit("work", lambda: order.append("work"))
    worker._thread.join(DEADLINE)
    assert worker.is_stopped and not worker._thread.is_alive()
    assert order == []


def test_a_stop_lets_the_running_piece_of_work_end():
    worker, running, order = Worker("bmw-test"), threading.Event(), []

    def work():
        running.set()
        while not worker.is_stopped:
            threading.Event().wait(0.001)
        order.append("ended")

    worker.start()
    worker.submit("work", work)
    assert running.wait(DEADLINE)
    worker.stop(timeout=DEADLINE)
    assert order == ["ended"]


def test_a_stop_does_not_wait_for_ever_for_work_that_hangs():
    worker, running, go = Worker("bmw-test"), threading.Event(), threading.Event()
    worker.start()
    worker.submit("hang", lambda: (running.set(), go.wait(DEADLINE)))
    assert running.wait(DEADLINE)
    started = time.monotonic()
    worker.stop(timeout=0.05)
    assert time.monotonic() - started < DEADLINE / 2
    go.set()
    worker._thread.join(DEADLINE)


def test_work_may_stop_its_own_worker():
    worker = Worker("bmw-test")
    worker.start()
    worker.submit("stop", worker.stop)
    worker._thread.join(DEADLINE)
    assert not worker._thread.is_alive()


def test_stopping_a_worker_that_was_never_started_or_twice_is_no_error():
    worker = Worker("bmw-test")
    worker.stop()
    worker.stop()
    assert worker.is_stopped
