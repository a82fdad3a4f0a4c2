# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A cache of named objects, like named-objects.c: once weak, once strong."""

from gi.repository import GObject, Weakref


class NamedObject(GObject.Object):
    def __init__(self, name):
        super().__init__()
        self.name = name
        print(f'  made {name}')


def demonstrate(title, cache):
    def get(name):
        found = cache.get(name)
        if found is None:
            found = cache[name] = NamedObject(name)
        return found

    print(f'{title}:')

    a = get('apple')
    b = get('pear')
    c = get('apple')
    print('  a is c:', 'yes' if a is c else 'no')
    print(f'  all in use: {len(cache)} in the cache')

    del b
    print(f'  b dropped: {len(cache)} in the cache')

    del a, c
    print(f'  all dropped: {len(cache)} in the cache')


demonstrate('A weak table', Weakref.WeakValueDictionary())
demonstrate('A strong table', {})
