# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is awaited: the object of a key, and the death of an object.

The answer to a request for an object comes from C as a source of the caller's main context, and is
passed on to the event loop that the caller's coroutine runs in, in whatever thread that is. So any
event loop will do, as long as somebody iterates that context. A death comes from the reference to
the object, and needs no main context.
"""

import asyncio
import contextlib
import contextvars
from gi.module import get_introspection_module
from gi.repository import Gio, GLib, GObject

from .containers import WeakKeyDictionary
from .keys import from_key, is_text, to_plain_key, to_python_error
from .kernel import ref

Weakref = get_introspection_module('Weakref')

# The creation that the coroutine which runs is part of, or None.
_creation = contextvars.ContextVar('weakref_creation', default=None)

# Those that are under way: for each table, by their keys.
_creations = WeakKeyDictionary()


def _call_in(loop, function, *args):
    """Call the function in the event loop, from any thread; return whether the loop is open."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *args)
        return True
    return False


def _settle(future, result, error):
    """Set the result or the exception of the future, unless nobody waits for it any more."""
    if future.done():
        pass
    elif error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _make_cancelled_error():
    return GLib.Error.new_literal(Gio.io_error_quark(), 'The request for the object was cancelled',
                                  Gio.IOErrorEnum.CANCELLED)


def _make_closed_error():
    return GLib.Error.new_literal(Weakref.error_quark(),
                                  'The event loop of the creation was closed', Weakref.Error.CREATE)


def _on_cancelled(cancellable, callback):
    """Call back when it is cancelled, or at once if it has been; return the handler's number.

    Gio.Cancellable's own connect() goes with its disconnect(), which may wait.
    """
    handler = GObject.Object.connect(cancellable, 'cancelled', callback)
    if cancellable.is_cancelled():
        callback(cancellable)
    return handler


def _describe(error):
    """Return the message of an exception for C: its type and its text."""
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:
        return name
    return f'{name}: {text}' if is_text(text) else f'{name}: {text!a}'


async def _make(create, key):
    made = await create(key)
    if not issubclass(type(made), GObject.Object):
        raise TypeError(f'create must return a GObject, not {type(made).__name__}')
    return made


class _Creation:
    """A coroutine that makes the object of a key, and the task of C that its outcome is for.

    If the event loop is closed before the coroutine has ended, nobody has that any more. So nothing
    here has a reference to it either, and its death is the end of the creation.
    """

    def __init__(self, loop, context, table, key, create, task):
        self.loop = loop
        self.key = to_plain_key(key)
        self.task = task
        self.cancellable = task.get_cancellable()
        self.is_over = False
        self.error = None  # what the coroutine raised
        self.told_error = None  # what C is told about it
        self.siblings = _creations.setdefault(table, {})
        self.siblings[self.key] = self
        self.handler = 0
        context.run(_creation.set, self)
        if not _call_in(loop, context.run, self.start, create, from_key(key)):
            self.end_with(None, _make_closed_error())

    def start(self, create, key):
        making = self.loop.create_task(_make(create, key))
        making.add_done_callback(self.end)
        self.making = ref(making, self.lose)
        self.handler = _on_cancelled(self.cancellable, self.cancel)

    def cancel(self, _):
        making = self.making()
        if making is not None:
            _call_in(self.loop, making.cancel)

    def lose(self, _):
        if not self.is_over:
            self.end_with(None, _make_closed_error())

    def end(self, making):
        error = _make_cancelled_error() if making.cancelled() else making.exception()
        self.end_with(None if error else making.result(), error)

    def end_with(self, made, error):
        if self.handler:
            GObject.signal_handler_disconnect(self.cancellable, self.handler)
        self.is_over = True
        if self.siblings.get(self.key) is self:
            del self.siblings[self.key]
        # The task has the function of C, which has this creation: that would be a circle.
        task, self.task = self.task, None
        self.error = self.told_error = error
        if error is None:
            task.return_value(made)
            return
        if not isinstance(self.error, GLib.Error):
            self.told_error = GLib.Error.new_literal(
                Weakref.error_quark(), _describe(self.error), Weakref.Error.CREATE)
        task.return_error(self.told_error)

    def find_cause(self, error):
        """Return what the coroutine raised, if that is where the error comes from."""
        told = self.told_error
        is_told = told is not None and (error.domain, error.code, error.message) == (
            told.domain, told.code, told.message)
        return self.error if is_told else error


async def ensure(table, ensure_async, key, create, cancellable):
    """Return the object of the key; if there is none, it is what the coroutine create(key) returns.

    ensure_async is the function of C.
    """
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    context = contextvars.copy_context()
    creation = None
    # A request that is part of a creation has the cancellable of that: so C finds circles.
    outer = _creation.get()
    is_part = outer is not None and not outer.is_over
    request = outer.cancellable if is_part else Gio.Cancellable()

    def create_cb(key, task, *_):
        nonlocal creation
        creation = _Creation(loop, context, table, key, create, task)

    def answered_cb(table, result, *_):
        waiting = answer
        if waiting is None:  # nobody waits any more
            return
        found = error = None
        try:
            found = table.ensure_finish(result)
        except GLib.Error as caught:
            error = to_python_error(caught) if creation is None else creation.find_cause(caught)
        _call_in(loop, _settle, waiting, found, error)

    def cancelled_cb(_):
        waiting = answer
        if not is_part:
            request.cancel()
        elif waiting is not None:
            _call_in(loop, _settle, waiting, None, _make_cancelled_error())

    handler = _on_cancelled(cancellable, cancelled_cb) if cancellable is not None else 0
    try:
        ensure_async(table, key, GLib.PRIORITY_DEFAULT, request, create_cb, answered_cb)
        if creation is None:
            creation = _creations.get(table, {}).get(to_plain_key(key))
        return await answer
    except asyncio.CancelledError:
        if not is_part:
            request.cancel()
        raise
    finally:
        if cancellable is not None:
            GObject.signal_handler_disconnect(cancellable, handler)
        answer = creation = None  # an error in them refers to this very frame


async def wait(reference):
    """Return when the object of the reference is dead."""
    target = reference()
    if target is None:
        return
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    waiting = ref(target, lambda _: _call_in(loop, _settle, over, None, None))
    del target
    await over
    del waiting
