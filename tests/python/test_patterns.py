# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs do: widgets in a WeakSet, pages by name, a finalizer on a media stream.

Each is written once, and run with the standard module and with this one. With PyGObject 3.55 and
later the standard module loses what GTK still shows.
"""

import gc
import unittest
import weakref

import gi

try:
    gi.require_version('Gtk', '4.0')
    from gi.repository import Gtk
except (ImportError, ValueError) as error:
    raise unittest.SkipTest(f'no GTK 4: {error}') from None
from gi.repository import GObject, Weakref

if not Gtk.init_check():
    raise unittest.SkipTest('no display')

FOLLOWS_WRAPPERS = gi.version_info >= (3, 55)


def make_view(module):
    class View(Gtk.TextView):
        """An editor's text view, which tracks the widgets that plugins put into the text."""

        __gtype_name__ = f'TestView{module.__name__.replace(".", "")}'

        def __init__(self):
            super().__init__()
            self.settings = Settings()
            self.children = module.WeakSet([self.settings])

        def insert(self, text):
            child = Gtk.Label(label=text)
            buffer = self.get_buffer()
            anchor = buffer.create_child_anchor(buffer.get_end_iter())
            self.add_child_at_anchor(child, anchor)
            self.children.add(child)

    return View()


class Stream(Gtk.MediaStream):
    __gtype_name__ = 'TestStream'


class Settings:
    """A program's own objects are in the same containers."""


class PatternTest(unittest.TestCase):
    def test_widgets_in_a_set(self):
        counts = []
        for module in (weakref, Weakref):
            view = make_view(module)
            view.insert('a')
            gc.collect()
            shown = [child for child in view if isinstance(child, Gtk.Label)]
            self.assertEqual(len(shown), 1)
            counts.append(len(view.children))
            if module is Weakref:
                self.assertEqual(set(view.children), {shown[0], view.settings})
                view.children.remove(shown[0])
                self.assertEqual(list(view.children), [view.settings])
                view.insert('b')
                view.get_buffer().set_text('')
                shown.clear()
                gc.collect()
                self.assertEqual(list(view.children), [view.settings])
        self.assertEqual(counts[1], 2)
        if FOLLOWS_WRAPPERS:
            self.assertEqual(counts[0], 1, 'the standard module is right again')

    def test_pages_by_name(self):
        found = []
        for module in (weakref, Weakref):
            notebook, pages = Gtk.Notebook(), module.WeakValueDictionary()

            def get_page(name):
                page = pages.get(name)
                if page is None:
                    page = pages[name] = Gtk.Label(label=name)
                    notebook.append_page(page, None)
                return page.get_label()

            pages['settings'] = settings = Settings()
            self.assertEqual([get_page('home') for _ in range(3)], ['home'] * 3)
            self.assertIs(pages['settings'], settings)
            found.append(notebook.get_n_pages())
            notebook.remove_page(0)
            gc.collect()
            if module is Weakref:
                self.assertEqual(list(pages), ['settings'])
        self.assertEqual(found[1], 1)
        if FOLLOWS_WRAPPERS:
            self.assertEqual(found[0], 3, 'the standard module is right again')

    def test_a_finalizer_on_a_stream(self):
        early = []
        for module in (weakref, Weakref):
            log = []
            picture = Gtk.Picture()

            def play(name):
                stream = Stream()
                module.finalize(stream, log.append, name)
                picture.set_paintable(stream)

            play('a')
            gc.collect()
            early.append(list(log))
            picture.set_paintable(None)
            gc.collect()
            self.assertEqual(log, ['a'])
        self.assertEqual(early[1], [])
        if FOLLOWS_WRAPPERS:
            self.assertEqual(early[0], ['a'], 'the standard module is right again')


if __name__ == '__main__':
    unittest.main()
