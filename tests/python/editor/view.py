# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The view of a page, which knows what is embedded in its text."""

import weakref

from gi.repository import Gtk


class PageView(Gtk.TextView):
    def __init__(self, section):
        super().__init__()
        self.section = section
        self.listener = self.make_listener(weakref.ref(self))
        section.listeners.add(self.listener)
        self.embedded = weakref.WeakSet()

    @staticmethod
    def make_listener(get_view):
        def changed(key, value):
            view = get_view()
            if view is not None and key == 'width':
                view.resize(value)
        return changed

    def embed(self, widget):
        """Put a widget at the end of the text. GTK holds it; the view keeps a list."""
        buffer = self.get_buffer()
        self.add_child_at_anchor(widget, buffer.create_child_anchor(buffer.get_end_iter()))
        self.embedded.add(widget)

    def resize(self, width):
        for widget in self.embedded:
            widget.set_size_request(width, -1)

    def take_out(self, widget):
        self.embedded.remove(widget)
        self.remove(widget)
