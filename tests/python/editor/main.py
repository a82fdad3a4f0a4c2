# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small text editor: it opens a page, uses it, closes it, and prints what it saw."""

import gc
import json

import gi

gi.require_version('Gtk', '4.0')
from gi.repository import GLib, Gtk

from plugins import Tables
from settings import Settings
from view import PageView


def settle():
    gc.collect()
    context = GLib.MainContext.default()
    for _ in range(50):
        context.iteration(False)


def list_shown(view):
    return [child for child in view if isinstance(child, (Gtk.Label, Gtk.Frame))]


def main():
    seen = {}
    settings = Settings()
    section = settings.get_file('editor.conf').get_section('page', width=100)
    # Nobody has the file any more; the section is the program's.
    seen['files'] = len(settings.files)
    plugin = Tables()
    seen['plugin'] = Tables.registry['tables'] is plugin

    window = Gtk.Window()
    window.set_child(PageView(section))
    plugin.attach(window.get_child())
    window.present()
    settle()

    view = window.get_child()
    section.change('width', 321)
    shown = list_shown(view)
    seen['shown'] = len(shown)
    seen['tracked'] = len(view.embedded)
    seen['widths'] = [child.get_size_request()[0] for child in shown]
    seen['notes'] = plugin.notes.get(view)
    seen['closed early'] = list(plugin.closed)
    try:
        view.take_out(shown[0])
        seen['error'] = None
    except KeyError:
        seen['error'] = 'KeyError'
    del shown
    settle()
    seen['left'] = len(view.embedded)

    window.set_focus(None)  # GTK 4.8 does not do it
    window.set_child(None)
    window.destroy()
    del view
    settle()
    seen['notes after'] = len(plugin.notes)
    seen['listeners after'] = len(section.listeners)
    seen['closed'] = plugin.closed
    print(json.dumps(seen))


main()
