# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""References, proxies, and what they refer to: from the native module, or else in Python.

The environment variable WEAKREF_PYTHON, "native" or "pure", is for tests.
"""

import os

_choice = os.environ.get('WEAKREF_PYTHON')

try:
    if _choice == 'pure':
        raise ImportError
    from ._native import (CallableProxyType, ProxyType, ReferenceType, getweakrefcount, getweakrefs,
                          holds, make_end, proxy, unwrap)
    IS_NATIVE = True
except ImportError:
    if _choice == 'native':
        raise
    from .pure import ReferenceType, holds, make_end
    from .pure_proxies import (CallableProxyType, ProxyType, getweakrefcount, getweakrefs, proxy,
                               unwrap)
    IS_NATIVE = False

ref = ReferenceType
ProxyTypes = (ProxyType, CallableProxyType)
