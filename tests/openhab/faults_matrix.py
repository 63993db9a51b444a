"""The matrix: runs a row at all steps at the same time, judges every cell, prints the table."""

import traceback
from concurrent.futures import ThreadPoolExecutor

from tests.openhab.faults import person_reason
from tests.openhab.faults_cell import FAIL, NONE, OK, PERSON, Cell, unclear
from tests.openhab.faults_steps import STEPS
from tests.openhab.faults_wide import Wide
from tests.openhab.server import OpenHABError


class Matrix:
    def __init__(self, house):
        self.house = house
        self.steps = [step(house) for step in STEPS]
        self.rows = {}  # name -> {step name: Cell}

    def cell(self, row, step_name):
        """The Cell; the first call runs the whole row."""
        if row.name not in self.rows:
            self.rows[row.name] = self._run(row)
        return self.rows[row.name][step_name]

    def _run(self, row):
        house = self.house
        logs, calls = house.log_sizes(), house.trap.callers
        cells = self._run_wide(row) if isinstance(row, Wide) else self._each(lambda step: run_cell(row, step), self.steps)
        strange = ["{} calls reached another host".format(house.trap.callers - calls)] if house.trap.callers > calls else []
        strange += ["connected to " + place for place in sorted(house.watch.strangers)] + leaks(house, logs)
        for cell in cells.values():
            if cell.verdict != NONE:
                cell.problems += strange
                cell.verdict = FAIL if cell.problems else cell.verdict
        return cells

    def _each(self, do, steps):
        """Runs `do(step)` for all steps at the same time. Returns {step name: its result}."""
        with ThreadPoolExecutor(len(self.steps)) as pool:
            return dict(zip([step.name for step in steps], pool.map(do, steps)))

    def _run_wide(self, row):
        """Runs all steps phase by phase, each phase for all steps at the same time."""
        reasons = {step.name: row.why_not(self.house) or row.reason_against(step) for step in self.steps}
        cells = {name: Cell(NONE, reason) if reason else Cell(OK) for name, reason in reasons.items()}
        steps = [step for step in self.steps if not reasons[step.name]]
        if not steps:
            return cells

        def turn(*actions):
            def take(step):
                cell = cells[step.name]
                try:
                    for action in actions:
                        cell.problems += action(step) or []
                except Exception as error:
                    cell.problems.append(told(error))

            self._each(take, steps)

        def all_at_once(action):
            try:
                action(self.house)
            except Exception as error:
                for step in steps:
                    cells[step.name].problems.append(told(error))

        turn(lambda step: step.set_out())
        all_at_once(row.strike)
        turn(lambda step: row.meet(step, cells[step.name]))
        all_at_once(row.lift)
        turn(lambda step: row.heal(step), lambda step: step.succeed(), row.afterwards)
        return cells

    def text(self):
        """The table, the reasons and the failures as text."""
        width = max(map(len, self.rows)) + 2
        lines = [" " * width + "".join(step.title.ljust(15) for step in self.steps)]
        notes = {}
        for name, cells in self.rows.items():
            line = name.ljust(width)
            for step in self.steps:
                cell = cells[step.name]
                mark = ""
                if cell.note and cell.verdict in (PERSON, NONE):
                    mark = " ({})".format(notes.setdefault(cell.note, len(notes) + 1))
                line += (cell.verdict + mark).ljust(15)
            lines.append(line)
        lines += ["({}) {}".format(number, note) for note, number in notes.items()]
        for name, cells in self.rows.items():
            for step in self.steps:
                lines += ["FAIL {} / {}: {}".format(name, step.title, problem) for problem in cells[step.name].problems]
        return "\n".join(lines)

    def shown(self):
        """What users saw in each cell, one line per cell."""
        return "\n".join(
            "{} / {}: {}".format(name, step.title, ": ".join(filter(None, cells[step.name].shown)))
            for name, cells in self.rows.items()
            for step in self.steps
            if cells[step.name].shown
        )


def run_cell(row, step):
    reason = row.reason_against(step)
    if reason:
        return Cell(NONE, reason)
    cell = Cell()
    try:
        _live_through(row, step, cell)
    except Exception as error:
        cell.problems.append(told(error))
        _mend(step)
    return cell


def told(error):
    """An exception as text; with the traceback only if it is unexpected."""
    is_expected = isinstance(error, (AssertionError, OSError, OpenHABError))
    return "{}: {}".format(type(error).__name__, error) if is_expected else traceback.format_exc()


def _live_through(row, step, cell):
    step.prepare()
    before = step.car_states()
    row.strike(step)
    step.act()
    if row.is_hidden(step):
        step.finish()
        cell.verdict = OK
        step.house.heal(step.name)
        cell.problems += step.check()
        return
    cell.shown = step.trouble()
    cell.problems += unclear(*cell.shown)
    after = step.car_states()
    cell.problems += [
        "{} changed from {} to {}".format(name, state, after.get(name))
        for name, state in before.items()
        if after.get(name) != state and state != "NULL"  # a new item has no last state to lose
    ]
    step.house.heal(step.name)
    cell.note = person_reason(row.name, step.name)
    if cell.note:
        step.person()
        cell.verdict = PERSON
    else:
        step.recovered()
        cell.verdict = OK
    cell.problems += step.check()


def _mend(step):
    """Repairs the step after a failed cell, so that the next row starts well."""
    step.house.heal(step.name)
    try:
        step.person()
    except Exception:
        pass  # the next cell fails then, and says why


def leaks(house, logs):
    """Where a secret is in the new log lines or in an item (list of str, without the secret itself)."""
    logged = house.logged(logs)
    shown = str([(one["state"], one.get("label")) for one in house.openhab.items().values()])
    secrets = house.secrets()
    places = (("a log", logged), ("an item", shown))
    return ["secret {} is in {}".format(number, place) for place, text in places for number, secret in enumerate(secrets) if secret in text]
