# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loads the pictures of a directory for the rows of a list, like image-loader.c.

    python3 image-loader.py [DIRECTORY]

It is written with callbacks, as it needs nothing but GLib's main loop then. Where there is an event
loop, `await cache.ensure_async(file, load)` does the same with a coroutine function.
"""

import base64
import collections
import pathlib
import sys
import tempfile

from gi.repository import Gio, GLib, GObject, Weakref

AT_A_TIME = 8

# A picture of one pixel, to have some where no directory is given.
PNG = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+'
                       'M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')


def is_cancelled(error):
    return error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


class Loader:
    """A picture is a GBytesIcon here; with GTK, Gdk.Texture.new_from_bytes() makes one."""

    def __init__(self, size):
        self.cache = Weakref.Cache(key_type=Gio.File, max_idle=size)
        self.turns = collections.deque()
        self.running = 0
        self.start_counting()

    def start_counting(self):
        self.asked = self.read = self.most = self.cancelled = self.never_begun = 0

    def load(self, file, cancellable, callback):
        self.cache.ensure_async(file, GLib.PRIORITY_DEFAULT, cancellable, self.create, callback)

    def create(self, file, task):
        """Called once for a file, however many ask for it."""
        self.asked += 1
        self.turns.append((file, task))
        self.load_next()

    def load_next(self):
        while self.running < AT_A_TIME and self.turns:
            file, task = self.turns.popleft()
            if task.return_error_if_cancelled():
                self.never_begun += 1
                continue
            self.running += 1
            self.most = max(self.most, self.running)
            file.load_contents_async(task.get_cancellable(), self.loaded, task)

    def loaded(self, file, result, task):
        self.running -= 1
        try:
            _, contents, _ = file.load_contents_finish(result)
        except GLib.Error as error:
            self.cancelled += is_cancelled(error)
            task.return_error(error)
        else:
            self.read += 1
            task.return_value(Gio.BytesIcon.new(GLib.Bytes.new(contents)))
        self.load_next()


class Row(GObject.Object):
    """A row is any GObject. Its request does not keep it."""

    waiting = 0

    def __init__(self, loader, path):
        super().__init__()
        self.picture = None
        Row.waiting += 1
        ref = Weakref.ref(self)
        loader.load(Gio.File.new_for_path(str(path)), Weakref.cancellable_new(self),
                    lambda cache, result: Row.show(ref, cache, result))

    @staticmethod
    def show(ref, cache, result):
        Row.waiting -= 1
        try:
            picture = cache.ensure_finish(result)
        except GLib.Error as error:
            if not is_cancelled(error):
                print(error.message, file=sys.stderr)
        else:
            ref().picture = picture


def make_rows(loader, paths):
    """Make a row for each path, and one more for each of the first four."""
    return [Row(loader, path) for path in (*paths, *paths[:4])]


def count_shown(rows, loader):
    while Row.waiting > 0 or loader.running > 0:
        GLib.MainContext.default().iteration(True)
    return sum(row.picture is not None for row in rows)


def show(directory):
    paths = sorted(directory.glob('*.png'))
    if len(paths) < 12:
        sys.exit(f'There are not 12 pictures in {directory}')
    loader = Loader(len(paths))

    rows = make_rows(loader, paths)
    print(f'{len(rows)} rows ask for {len(paths)} pictures: {loader.asked} loads, '
          f'{loader.running} of them begun')

    # Two whose pictures other rows want too, two that are being loaded, two that wait for it.
    for i in sorted((0, 1, 6, 7, len(paths) - 2, len(paths) - 1), reverse=True):
        del rows[i]
    shown = count_shown(rows, loader)
    print(f'6 rows go, {shown} show a picture: {loader.read} files were read, '
          f'at most {loader.most} at a time')
    print(f'{loader.cancelled} loads were cancelled, '
          f'{loader.never_begun} more before they had begun')

    loader.start_counting()
    rows = make_rows(loader, paths)
    shown = count_shown(rows, loader)
    print(f'The rows are made anew, and {shown} show a picture: {loader.read} files were read, '
          f'for {loader.asked} loads')


if len(sys.argv) > 1:
    show(pathlib.Path(sys.argv[1]))
else:
    with tempfile.TemporaryDirectory(prefix='image-loader-') as directory:
        for i in range(20):
            pathlib.Path(directory, f'{i:02}.png').write_bytes(PNG)
        show(pathlib.Path(directory))
