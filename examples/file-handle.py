# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file handle that is closed when its owner goes, like file-handle.c."""

import tempfile

from gi.repository import Gio, Weakref


def close(file):
    print('closed')
    file.close()


def own_handle(owner, file):
    return Weakref.finalize(owner, close, file)


def state(file):
    return 'closed' if file.closed else 'open'


owner = Gio.SimpleAction.new('save', None)
file = tempfile.TemporaryFile()
own_handle(owner, file)
print('the handle is', state(file))

print('the owner goes')
del owner
print('the handle is', state(file))

other = Gio.SimpleAction.new('print', None)
file = tempfile.TemporaryFile()
finalizer = own_handle(other, file)
print('another handle is', state(file))

# Calling it runs it.
finalizer()
print('run by hand: yes')
finalizer()
print('and once more:', 'yes' if finalizer.alive else 'too late')
print('another handle is', state(file))

print('its owner goes')
del other
