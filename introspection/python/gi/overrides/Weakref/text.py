# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What references and proxies look like when they are printed."""


def describe(what, target):
    if target is None:
        return f'<{what}; dead>'
    kind = type(target)
    name = getattr(target, '__name__', None)
    name = f' ({name})' if isinstance(name, str) else ''
    return f"<{what}; to '{kind.__module__}.{kind.__qualname__}' at {id(target):#x}{name}>"
