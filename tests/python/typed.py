# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program may do with the module, for mypy and pyright: test_stubs.py. A line that is wrong says so."""

from typing import Optional

from gi.repository import GObject, Weakref


class Thing(GObject.Object):
    def greet(self, other: str) -> str:
        return other


class NamedRef(Weakref.ref[Thing]):
    def __init__(self, thing: Thing, name: str) -> None:
        super().__init__(thing)
        self.name = name


def died(dead: 'Weakref.ref[Thing]') -> None:
    print(dead())


thing = Thing()

reference = Weakref.ref(thing)
found: Optional[Thing] = reference()
Weakref.ref(thing, died)
NamedRef(thing, 'name').name.upper()
reference().greet('x')  # wrong: may be None
wrong: Optional[int] = reference()  # wrong
Weakref.ref()  # wrong
Weakref.ref(thing, 1)  # wrong

method = Weakref.WeakMethod(thing.greet)
bound = method()
if bound is not None:
    bound('x').upper()
    bound(1)  # wrong

Weakref.proxy(thing).greet('x')
Weakref.getweakrefs(thing)
Weakref.getweakrefcount(thing) + 1

values: 'Weakref.WeakValueDictionary[str, Thing]' = Weakref.WeakValueDictionary()
values['a'] = thing
values['a'].greet('x')
values['a'] = 'x'  # wrong
values[1] = thing  # wrong
values.copy()['a'].greet('x')
keys = Weakref.WeakKeyDictionary({thing: 1})
keys[thing] + 1
keys['x']  # wrong
things = Weakref.WeakSet([thing])
(things | things).pop().greet('x')
things.add(1)  # wrong

finalizer = Weakref.finalize(thing, print, 'x', end='')
finalizer.atexit = False
Weakref.finalize(thing, thing.greet, 1)  # wrong
Weakref.finalize(thing)  # wrong

table: 'Weakref.ValueTable[str, Thing]' = Weakref.ValueTable.new(GObject.TYPE_STRING)
table['a'] = thing
table.ensure('a', lambda key: Thing()).greet('x')
table.ensure(1, lambda key: Thing())  # wrong
len(table) + len(Weakref.KeyTable.new()) + len(Weakref.Set.new(GObject.Object))


async def create(key: str) -> Thing:
    return Thing()


async def use() -> None:
    (await table.ensure_async('a', create)).greet('x')
    await table.ensure_async(1, create)  # wrong
    await table.ensure_async('a', lambda key: Thing())  # wrong
    await Weakref.dead(thing)


handler = Weakref.connect(thing, 'notify', print, thing, after=True)
handler.disconnect() and handler + 1
Weakref.connect(thing, 'notify', 3)  # wrong
for key in table:
    key.upper()
Weakref.Finalizer.new_full(thing, None, Weakref.Phase.FINALIZE, print).detach()
Weakref.Ref.new(thing).get_id() + 1
Weakref.Proxy.new(thing).set_target_property('name', 1)
Weakref.nothing  # wrong
