# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plugins add to a page, and what they note of it."""

import weakref

from gi.repository import Gtk


class Frame(Gtk.Frame):
    """What a plugin embeds: a widget of its own class."""


class Tables:
    """A plugin, which is no GObject: it has notes of pages, and is asked about by its name."""

    registry = weakref.WeakValueDictionary()

    def __init__(self):
        self.registry['tables'] = self
        self.notes = weakref.WeakKeyDictionary()
        self.closed = []

    def attach(self, view):
        view.embed(Gtk.Label(label='a formula'))
        view.embed(Frame(label='a table'))
        self.notes[view] = 'two objects'
        weakref.finalize(view, self.closed.append, 'page')
