"""A line for each check."""

import traceback
from contextlib import contextmanager


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    @contextmanager
    def check(self, client, name):
        """A check is a block of code that raises something when it fails; the ones after it are run all the same."""
        try:
            yield
        except Exception as error:  # noqa: BLE001: a client may raise anything
            where = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error}".replace("\n", " | ")
            self.add(client, name, f"{what} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno}: {where.line})")
        else:
            self.add(client, name)

    def add(self, client, name, failure=None):
        if failure is None:
            self.passed += 1
            print(f"ok      {client}: {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {client}: {name}: {failure}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"
