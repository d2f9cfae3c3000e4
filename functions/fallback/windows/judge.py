"""What the ends of attempts say about the windows. Pure, as the book is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from fallback.core.failure import QUOTA_KINDS, Failure, Scope
from fallback.core.probes import ProbeResult, probe_result
from fallback.core.size_windows import keeps_out_large_only, size_window_after
from fallback.core.window_rules import (
    Streak,
    WindowRules,
    streak_after,
    streak_after_answer,
    window_after,
)
from fallback.core.windows import Window, after_failed_probe, outlasts, same_at_target, size_key
from fallback.store_tasks import Task
from fallback.windows.book import Book
from fallback.windows.leases import RunningAttempt


class Judge:
    """Enters the ends of attempts into a book. Not safe for many threads."""

    def __init__(self, book: Book, rules: WindowRules) -> None:
        """Knows of no failure.

        Args:
            book: What is known of the windows.
            rules: Lengths of windows.
        """
        self._book = book
        self._rules = rules
        self._streaks: dict[str, Streak] = {}
        self._projects: dict[str, str] = {}

    def failed(
        self, running: RunningAttempt, failure: Failure, now: datetime, jitter: float
    ) -> tuple[list[Task], list[tuple[str, Window]]]:
        """Takes in a failure.

        Targets of one project share its quotas, so they share the windows of quotas. Which project
        a target has is known once it was refused.

        What began before a window's present state changes nothing: a probe whose lease has run
        out, an attempt from before the window was closed.

        Args:
            running: What failed.
            failure: How.
            now: The present instant.
            jitter: A random number from 0 up to 1.

        Returns:
            What the store has to do about the leases; and the windows that the failure opens, each
            with its name.
        """
        book = self._book
        verdicts = {ProbeResult.ANSWERS: book.close, ProbeResult.UNKNOWN: book.release}
        is_about_size = keeps_out_large_only(failure, running.tokens)
        ended = [
            verdicts[verdict](held, now)
            for name, held in running.leases.items()
            if (verdict := probe_result(name, failure, is_about_size=is_about_size)) in verdicts
        ]
        if is_about_size:
            name = size_key(running.key)
            window = self._opened_for_size(name, running, failure, now, jitter)
        else:
            name = running.target_key if failure.scope is Scope.SERVICE else running.key
            window = self._opened(name, running, failure, now, jitter)
        if failure.consumer is not None:
            self._projects[running.target_key] = failure.consumer
        opened = [] if window is None else [(name, window)]
        if window is not None and failure.kind in QUOTA_KINDS:
            opened += self._put_for_project(name, window, running.target_key, now)
        return [task for task in ended if task is not None], opened

    def _put_for_project(
        self, name: str, window: Window, target_key: str, now: datetime
    ) -> Iterator[tuple[str, Window]]:
        """Opens the same window for the other targets of the project."""
        project = self._projects.get(target_key)
        for other, its_project in self._projects.items():
            if other == target_key or its_project != project:
                continue
            sibling = same_at_target(name, other)
            if outlasts(window, self._book.window(sibling)):
                shared = replace(window, version=None)
                self._book.put(sibling, shared, None, now)
                yield sibling, shared

    def has_failed(self, key: str) -> bool:
        """Whether a candidate has transient failures to forget. Safe for many threads."""
        return key in self._streaks

    def answered(self, key: str, began_at: datetime | None = None) -> None:
        """Forgets the transient failures of a candidate, see `streak_after_answer`.

        Args:
            key: The candidate's.
            began_at: When the attempt that was answered began; None if that was after all of them.
        """
        streak = self._streaks.pop(key, None)
        if streak is not None and began_at is not None:
            left = streak_after_answer(streak, began_at)
            if left is not None:
                self._streaks[key] = left

    def _opened_for_size(
        self, name: str, running: RunningAttempt, failure: Failure, now: datetime, jitter: float
    ) -> Window | None:
        standing = self._book.window(name)
        window = size_window_after(
            failure, now, self._rules, running.tokens, standing=standing, jitter=jitter
        )
        if window is None:
            return None
        if standing is not None and not standing.is_open(now):
            window = replace(window, version=standing.version)  # Its threshold is not the old one.
        self._book.put(name, window, None, now)
        return window

    def _opened(
        self, name: str, running: RunningAttempt, failure: Failure, now: datetime, jitter: float
    ) -> Window | None:
        lease = running.leases.get(name)
        if lease is not None and not self._book.holds(lease, now):
            return None
        if lease is None and self._book.closed_since(name, running.started_at):
            return None
        standing = lease.window if lease is not None else self._book.window(name)
        streak = None
        if standing is None:  # What was under way when a window opened is part of no row.
            streak = streak_after(
                failure,
                now,
                self._streaks.get(running.key),
                self._rules,
                began_at=running.started_at,
            )
            if streak is not None:
                self._streaks[running.key] = streak
        window = window_after(
            failure,
            now,
            self._rules,
            standing=standing,
            is_probe=lease is not None,
            streak=streak,
            jitter=jitter,
        )
        if window is None:
            return None
        if lease is not None:
            window = after_failed_probe(lease.window, window)
        elif not outlasts(window, standing):
            return None
        self._streaks.pop(running.key, None)
        self._book.put(name, window, lease, now)
        return window
