# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Observers that vanish, like observers.c."""

from gi.repository import Gio, Weakref


def tell(news):
    print('told to', len(observers))
    for observer in observers:
        print(f'  {observer.get_name()} hears: {news}')


# Weakref.WeakSet is a set of Python's; this one keeps the order, and is a Gio.ListModel.
observers = Weakref.Set.new(Gio.Action)
save = Gio.SimpleAction.new('save', None)
print_ = Gio.SimpleAction.new('print', None)

observers.add(save)
observers.add(print_)
observers.add(save)
tell('document opened')

del print_
tell('document changed')

del save
tell('document closed')
