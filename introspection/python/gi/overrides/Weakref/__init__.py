# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's weakref that follows GObjects: the names of the standard module, and its behaviour.

The difference is what they follow. A GObject may outlive the Python object that stands for it, its
wrapper: then the standard module sees it die, and this one does not. Any other object is treated as
the standard module treats it, by the same classes.

How it is done. Each life of a GObject has an *anchor*, a plain Python object that dies with it. The
anchor is a value in a Weakref.KeyTable whose key is the GObject, and the table is its only owner:
when the GObject dies, the table drops it. All weak references to the GObject are weak references of
the standard module to the anchor, and those to another object are what they always were. So the
interpreter itself does the rest: it runs callbacks, newest first, reports what they raise, lets the
garbage collector see their circles, and keeps the containers of the standard module right, which
are used here as they are. Only what is called to get the target is our own: `ref.__call__`.

No Python function is called when a target dies, it is only the anchor that is dropped. That
matters: PyGObject calls a function with a pending exception if the last reference is dropped while
one is on its way up the stack, and then loses it or crashes.
"""

import pkgutil
import sys
from gi import get_required_version, require_version

# The native module may be in another directory.
__path__ = pkgutil.extend_path(__path__, __name__)

from .classes import Weakref
from .containers import WeakKeyDictionary, WeakSet, WeakValueDictionary
from .finalizers import finalize
from .kernel import (CallableProxyType, ProxyType, ProxyTypes, ReferenceType, getweakrefcount,
                     getweakrefs, proxy, ref)
from .lifetimes import SignalHandler, connect, dead
from .references import KeyedRef, WeakMethod
from . import radar  # noqa: F401 (a name of the module, as in `Weakref.radar.check()`)

__all__ = ['CallableProxyType', 'ProxyType', 'ProxyTypes', 'ReferenceType', 'WeakKeyDictionary',
           'WeakMethod', 'WeakSet', 'WeakValueDictionary', 'finalize', 'getweakrefcount',
           'getweakrefs', 'proxy', 'radar', 'ref']

# Who imports the module gets the one version there is, and no warning: `import weakref` has none.
if get_required_version('Weakref') is None:
    require_version('Weakref', Weakref._version)

# What programs expect of the standard module, and print.
for _name in __all__:
    if getattr(_thing := globals()[_name], '__module__', 'weakref') != 'weakref':
        _thing.__module__ = 'weakref'
Weakref.__all__ = __all__
Weakref.KeyedRef = KeyedRef
# What the standard module has nothing like.
for _thing in connect, dead, SignalHandler:
    setattr(Weakref, _thing.__name__, _thing)
