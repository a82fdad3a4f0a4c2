# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""References, and what they refer to: from the native module, or else in Python.

The environment variable WEAKREF_PYTHON, "native" or "pure", is for tests.
"""

import os

CHOICE = os.environ.get('WEAKREF_PYTHON')

try:
    if CHOICE == 'pure':
        raise ImportError
    from . import _native as kernel
except ImportError:
    if CHOICE == 'native':
        raise
    from . import pure as kernel

ReferenceType = ref = kernel.ReferenceType
find_referents = kernel.find_referents
get_referent = kernel.get_referent
get_shared_referent = kernel.get_shared_referent
make_ref = kernel.make_ref
refuse = kernel.refuse
