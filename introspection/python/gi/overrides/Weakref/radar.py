# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The radar: what should be dead and is not, and who may hold it.

The functions of the C library, with Python's collector run before each verdict.
"""

import gc

from gi.repository import GLib

from .classes import Weakref
from .kernel import ref

__all__ = ['add_root', 'assert_dies', 'assert_dies_before', 'check', 'check_text', 'dump',
           'dump_text', 'expect_death', 'inspect', 'inspect_text', 'is_running', 'mark',
           'set_check_delay', 'start', 'stop', 'track_type']

start = Weakref.radar_start
stop = Weakref.radar_stop
is_running = Weakref.radar_is_running
add_root = Weakref.radar_add_root
mark = Weakref.radar_mark
set_check_delay = Weakref.radar_set_check_delay
inspect_text = Weakref.radar_inspect_text
dump_text = Weakref.radar_dump_text


def expect_death(object, description=None):
    """Say that an object should go from now on."""
    Weakref.radar_expect_death(object, description)


def track_type(type):
    """Track all objects of a type, given as a class or by its name in GObject."""
    Weakref.radar_track_type(type if isinstance(type, str) else type.__gtype__.name)


def check():
    """Return a list of dictionaries, one for each object that should be dead and is not."""
    gc.collect()
    return Weakref.radar_check().unpack()


def check_text():
    """Return what check() finds as text, or None."""
    gc.collect()
    return Weakref.radar_check_text()


def inspect(object):
    """Return what check() says of an object, as a dictionary."""
    return Weakref.radar_inspect(object).unpack()


def dump():
    """Return a list of (type, number alive, growth since the mark)."""
    return Weakref.radar_dump().unpack()


class assert_dies:
    """A context at whose end the objects have to be dead.

    with radar.assert_dies(page):
        stack.remove(page)
        del page
    """

    def __init__(self, *objects):
        self.order = []
        self.refs = [ref(each, lambda dead: self.order.append(dead)) for each in objects]

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            return
        # What a frame on its way out holds, what is due, and what it leaves to the collector.
        gc.collect()
        context = GLib.MainContext.default()
        for _ in range(10_000):
            if not context.iteration(False):
                break
        gc.collect()
        for each in self.refs:
            survivor = each()
            if survivor is not None:
                raise AssertionError('should have died, and is alive: '
                                     + Weakref.radar_inspect_text(survivor))
        self.judge_order()

    def judge_order(self):
        pass


class assert_dies_before(assert_dies):
    """A context at whose end the objects have to be dead, in the order in which they are given."""

    def judge_order(self):
        if [self.order.index(each) for each in self.refs] != list(range(len(self.refs))):
            raise AssertionError('should have died in another order')
