"""bmw.worker: one thread with a timetable; a stop ends it."""

import logging
import threading
import time

import pytest
from bmw.cli.worker import CliWorker, Timetable
from bmw.errors import Stopped
from bmw.worker import Worker

from tests.unit.fakes import FakeClock, HandWorker, UNEXPECTED, raising

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
    """Waits until all due work is done."""
    event = threading.Event()
    worker.submit(event.set)
    assert event.wait(DEADLINE)


def test_work_is_done_in_order_on_a_thread_of_its_own(worker):
    order = []
    for number in range(5):
        worker.submit(lambda number=number: order.append((number, threading.current_thread().name)))
    done(worker)
    assert order == [(number, "bmw-test") for number in range(5)]


@pytest.mark.parametrize(
    "stand_in", [None, HandWorker, lambda clock: Timetable(clock).of("home")], ids=["Worker", "HandWorker", "CliWorker"]
)
def test_work_without_a_name_is_merged_with_nothing(clock, stand_in):
    order = []
    worker = stand_in(clock) if stand_in else Worker("bmw-test", monotonic=clock.now)
    for number in range(100):
        worker.submit(lambda number=number: order.append(number))
        worker.later("merged", 0, lambda number=number: order.append("last {}".format(number)))
        worker.submit(lambda number=number: order.append(number))
    do_all(worker)
    assert order[:-2] == [number for number in range(100) for _twice in range(2)][:-1]
    assert order[-2:] == ["last 99", 99]


def do_all(worker):
    """Runs all due work, with any kind of worker."""
    if isinstance(worker, HandWorker):
        worker.run()
    elif isinstance(worker, CliWorker):
        worker._timetable.run_due()
    else:
        worker.start()
        done(worker)
        worker.stop()


def test_the_thread_does_not_keep_openhab_alive(worker):
    assert worker._thread.daemon


def test_waiting_work_of_the_same_name_is_replaced(worker):
    order, go = [], threading.Event()
    worker.submit(lambda: go.wait(DEADLINE))
    worker.later("refresh", 0, lambda: order.append("first"))
    worker.later("refresh", 0, lambda: order.append("second"))
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
        worker.submit(fail)
        done(worker)
    assert "Unexpected error in bmw-test" in caplog.text


@pytest.mark.parametrize("error", UNEXPECTED)
def test_work_goes_on_when_an_error_cannot_even_be_logged(worker, monkeypatch, error):
    """Happens when memory is short. If the thread ended, there were no commands and no token refresh until a restart of openHAB."""
    failed = threading.Event()

    def fail():
        failed.set()
        raise error("nobody expects this")

    monkeypatch.setattr("bmw.worker.log.exception", raising(error))
    worker.submit(fail)
    assert failed.wait(DEADLINE)
    done(worker)


def test_work_that_ends_because_of_a_stop_is_no_error(worker, caplog):
    def fail():
        raise Stopped()

    with caplog.at_level(logging.INFO, "bmw"):
        worker.submit(fail)
        done(worker)
    assert caplog.text == ""


def test_work_may_plan_further_work(worker):
    event = threading.Event()
    worker.submit(lambda: worker.submit(event.set))
    assert event.wait(DEADLINE)


def test_after_a_stop_nothing_is_done_and_the_thread_ends():
    worker, order = Worker("bmw-test"), []
    worker.start()
    worker.later("later", 3600, lambda: order.append("later"))
    worker.stop()
    worker.submit(lambda: order.append("work"))
    assert worker._timetable == {}, "nothing is kept of what will never be done"
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
    worker.submit(work)
    assert running.wait(DEADLINE)
    worker.stop(timeout=DEADLINE)
    assert order == ["ended"]


def test_a_stop_does_not_wait_for_ever_for_work_that_hangs():
    worker, running, go = Worker("bmw-test"), threading.Event(), threading.Event()
    worker.start()
    worker.submit(lambda: (running.set(), go.wait(DEADLINE)))
    assert running.wait(DEADLINE)
    started = time.monotonic()
    worker.stop(timeout=0.05)
    assert time.monotonic() - started < DEADLINE / 2
    go.set()
    worker._thread.join(DEADLINE)


def test_a_stop_with_no_time_does_not_wait_at_all(monkeypatch):
    """On Jython ``join(0)`` waits without limit."""
    worker, running, go, joined = Worker("bmw-test"), threading.Event(), threading.Event(), []
    worker.start()
    worker.submit(lambda: (running.set(), go.wait(DEADLINE)))
    assert running.wait(DEADLINE)
    with monkeypatch.context() as patch:
        patch.setattr(worker._thread, "join", joined.append)
        worker.stop(timeout=0)
    assert (worker.is_stopped, joined) == (True, [])
    go.set()
    worker._thread.join(DEADLINE)


def test_work_may_stop_its_own_worker():
    worker = Worker("bmw-test")
    worker.start()
    worker.submit(worker.stop)
    worker._thread.join(DEADLINE)
    assert not worker._thread.is_alive()


def test_stopping_a_worker_that_was_never_started_or_twice_is_no_error():
    worker = Worker("bmw-test")
    worker.stop()
    worker.stop()
    assert worker.is_stopped


@pytest.mark.parametrize("error", UNEXPECTED)
def test_recurring_work_comes_again_after_an_unexpected_error(error):
    worker, runs, done = Worker("recurring"), [], threading.Event()

    def work():
        runs.append(None)
        if len(runs) == 1:
            raise error()
        done.set()

    worker.start()
    worker.every("it", 0.01, work)
    assert done.wait(10)
    worker.stop()


def test_recurring_work_may_say_when_it_comes_again_and_a_cancel_ends_it():
    clock = FakeClock()
    for worker, go in on_every_worker(clock):
        runs, waits = [], [30, None]

        def work():
            runs.append(clock.now())
            if not waits:
                worker.cancel("it")
                return None
            return waits.pop(0)

        start = clock.now()
        worker.every("it", 100, work)
        for _step in range(50):
            go()
            clock.advance(10)
        assert [at - start for at in runs] == [0, 30, 130]


def on_every_worker(clock):
    """[(worker without a thread, function that runs its due work)]"""
    by_hand = HandWorker(clock)
    timetable = Timetable(clock)
    return ((by_hand, by_hand.run), (timetable.of("home"), timetable.run_due))


@pytest.mark.parametrize("error", UNEXPECTED)
def test_each_worker_repeats_recurring_work_after_an_unexpected_error(error):
    clock = FakeClock()
    for worker, go in on_every_worker(clock):
        worker.every("it", 100, raising(error))
        for _time in range(3):
            with pytest.raises(error):
                go()
            clock.advance(99)
            go()
            clock.advance(1)


def test_of_two_pieces_of_recurring_work_with_one_name_the_newer_goes_on():
    clock = FakeClock()
    for worker, go in on_every_worker(clock):
        runs = []
        worker.every("it", 10, lambda: runs.append("older"))
        go()
        worker.every("it", 10, lambda: runs.append("newer"), first=10)
        worker.every("other", 10, lambda: runs.append("other"), first=10)
        for _time in range(2):
            clock.advance(10)
            go()
        assert sorted(runs) == ["newer"] * 2 + ["older"] + ["other"] * 2


def test_recurring_work_may_replace_itself():
    clock = FakeClock()
    for worker, go in on_every_worker(clock):
        runs = []

        def older():
            runs.append("older")
            worker.every("it", 10, lambda: runs.append("newer"), first=10)

        worker.every("it", 10, older)
        for _time in range(3):
            go()
            clock.advance(10)
        assert runs == ["older", "newer", "newer"]


def test_a_stop_ends_all_recurring_work_also_the_one_that_runs():
    worker, running, go, runs = Worker("recurring"), threading.Event(), threading.Event(), []

    def work():
        runs.append(None)
        running.set()
        go.wait(DEADLINE)
        return 0

    worker.every("it", 0, work)
    worker.every("other", 3600, lambda: None, first=3600)
    worker.start()
    assert running.wait(DEADLINE)
    worker.stop(timeout=0)
    go.set()
    worker._thread.join(DEADLINE)
    assert not worker._thread.is_alive()
    assert (len(runs), worker._timetable) == (1, {})
