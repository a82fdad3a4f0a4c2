// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Is only compiled. Each line after an @ts-expect-error must be an error.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Gio from 'gi://Gio';
import Weakref from 'gi://Weakref';

const action = new Gio.SimpleAction({ name: 'a' });

const ref = new Weakref.Ref(action, dead => {
    const none: Gio.SimpleAction | undefined = dead.deref();
});
const name: string | undefined = ref.deref()?.name;
const alive: boolean = ref.alive;
const same: Weakref.Ref<Gio.SimpleAction> = Weakref.Ref.new(action);
new Weakref.Ref({ target: action });
ref.connect('notify::alive', () => {});
ref.equal(same);
// @ts-expect-error
ref.deref().name;
// @ts-expect-error
new Weakref.Ref('a');
// @ts-expect-error
new Weakref.Ref(action, 5);
// @ts-expect-error
ref.alive = true;

class Named extends Weakref.Ref<Gio.SimpleAction> {
    label = '';

    constructor(target: Gio.SimpleAction, label: string) {
        super(target);
        this.label = label;
    }
}
const target: Gio.SimpleAction | undefined = new Named(action, 'x').deref();

const finalizer = new Weakref.Finalizer(action, (a: number, b: string) => {}, 1, 'b');
const ran: boolean = finalizer.run();
finalizer.at_exit = false;
Weakref.Finalizer.run_at_exit();
Weakref.finalize(action, print, 'gone');
Weakref.finalize(action, (a: number, b: string) => {}, 1, 'b');
// @ts-expect-error
Weakref.finalize(action, (a: number, b: string) => {}, 'b');
Weakref.Finalizer.new_full(action, null, Weakref.Phase.FINALIZE, () => {});
// @ts-expect-error
new Weakref.Finalizer(action);

const table = new Weakref.ValueTable<string, Gio.SimpleAction>(String);
table.set('a', action).set('b', action);
const got: Gio.SimpleAction | undefined = table.get('a');
const made: Gio.SimpleAction = table.ensure('c', key => new Gio.SimpleAction({ name: key }));
const size: number = table.size;
for (const [key, value] of table)
    print(key.length, value.name);
table.forEach((value, key, self) => self.delete(key));
const keys: string[] = [...table.keys()];
new Weakref.ValueTable(GObject.TYPE_INT).set(1, action);
new Weakref.ValueTable().set(new GLib.Bytes(new Uint8Array([1])), action).get(action);
new Weakref.ValueTable({ key_type: GObject.TYPE_INT });
// @ts-expect-error
table.set(1, action);
// @ts-expect-error
table.set('a', 5);
// @ts-expect-error
new Weakref.ValueTable(5);

const notes = new Weakref.KeyTable<GObject.Object, { text: string }>();
notes.set(action, { text: 'a' });
const text: string | undefined = notes.get(action)?.text;
for (const [key, value] of notes)
    key.connect('notify', () => print(value.text));
// @ts-expect-error
notes.set('a', { text: 'a' });
// @ts-expect-error
notes.set(action, 5);

const set = new Weakref.Set<Gio.SimpleAction>(Gio.SimpleAction);
set.add(action).add(action);
const model: Gio.ListModel = set;
const items: Gio.SimpleAction[] = [...set.union(set), ...set.values()];
const subset: boolean = set.isSubsetOf(set);
const n: number = set.get_n_items();
// @ts-expect-error
set.add('a');

set.connect('items-changed', (self, position, removed, added) => {
    const sum: number = position + removed + added + self.size;
});
ref.connect('notify::alive', (self, pspec) => print(self.alive, pspec.get_name()));
set.emit('items-changed', 0, 0, 1);
finalizer.connect('notify::at-exit', self => print(self.at_exit));
table.connect_after('notify::key-type', self => print(self.size));
// @ts-expect-error
set.connect('items-changed', (self, position: string) => {});
// @ts-expect-error
set.connect('no-such-signal', () => {});
// @ts-expect-error
set.emit('items-changed', 0, 0);
type SetSignals = keyof (typeof set)['$signals'];
const signal: SetSignals = 'items-changed';
// @ts-expect-error
const noSignal: SetSignals = 'no-such-signal';

class Win extends GObject.Object {
    title = '';
}
const windows = new Weakref.Set(Win);
for (const win of windows)
    print(win.title.length);
windows.add(new Win());
// @ts-expect-error
windows.add(action);
const listed: Weakref.Set<Win> = new Weakref.Set([new Win()]);

const inferred = new Weakref.Cache(String, 16);
const win: Win = inferred.ensure('a', key => {
    const length: number = key.length;
    return new Win();
});
// @ts-expect-error
inferred.ensure(5, () => new Win());
const counted: number[] = [...new Weakref.ValueTable(GObject.TYPE_INT).keys()];
const byObject: Win[] = [...new Weakref.ValueTable(Win).keys()];
const entries = new Weakref.ValueTable(String, [['a', win]]).getOrInsert('b', win).title;
const noted: string = new Weakref.KeyTable([[win, 'a']]).getOrInsertComputed(win, () => 'b');
// @ts-expect-error
new Weakref.Finalizer(win, (a: number) => {}, 'str');
// @ts-expect-error
new Weakref.Finalizer(win, (a: number) => {});

const waited: Promise<void> = ref.dead();
const ended: Gio.Cancellable = Weakref.cancellableFor(win);

const later: Promise<Win> = inferred.ensureAsync('a', async (key, cancellable) => {
    const sameCancellable: Gio.Cancellable = cancellable;
    const length: number = key.length;
    return new Win();
}, ended);
inferred.ensureAsync('a', () => win).then(made => print(made.title));
// @ts-expect-error
inferred.ensureAsync(5, async () => new Win());
// @ts-expect-error
table.ensureAsync('a', async () => win);
// @ts-expect-error
inferred.ensureAsync('a', async () => new Win(), 5);

const tie = new Weakref.Tie([win, action], self => print(self.dup_survivors().length));
const untied: boolean = tie.break() || tie.detach();
// @ts-expect-error
new Weakref.Tie([win, 'a'], () => {});
// @ts-expect-error
new Weakref.Tie(win, () => {});

const connection = Weakref.connect(set, 'items-changed', (self, position, removed, added, view) => {
    const sum: number = position + removed + added + self.size;
    print(view.title.length);
}, win);
const isFirst: boolean = connection.connected && connection.disconnect();
Weakref.connect(win, 'a-signal', (self, a, b) => print(self.title, a, b), action, win);
Weakref.connect(win, 'a-signal', () => {}).disconnect();
// @ts-expect-error
Weakref.connect(win, 'a-signal', () => {}, 'a');

const registry = new Weakref.Registry((held: string) => print(held.length));
registry.register(win, 'a', win);
const unregistered: boolean = registry.unregister(win);
// @ts-expect-error
registry.register(win, 5);
// @ts-expect-error
registry.register(win, 'a', 5);

const likes: boolean = set.isDisjointFrom(new Set([action])) && set.equal(notes);
const union: Weakref.Set<Gio.SimpleAction> = set.union(new Map([[action, 1]]));
// @ts-expect-error
set.union([action]);

const cache = new Weakref.Cache<string, Gio.SimpleAction>(String, 5);
cache.max_idle_seconds = cache.maxIdle + cache.n_idle + cache.hits;
const cached: Gio.SimpleAction = cache.ensure('a', key => new Gio.SimpleAction({ name: key }));
cache.set('b', cached).trim(1);
for (const [key, value] of cache)
    print(key.length, value.name);
new Weakref.Cache({ key_type: GObject.TYPE_INT, max_idle: 5 }).memory_monitor = null;
// @ts-expect-error
cache.set(1, action);
// @ts-expect-error
cache.n_idle = 1;
// @ts-expect-error
new Weakref.Cache(String, 'a');

const bond = new Weakref.Bond(action, notes);
const owner: Gio.SimpleAction | null = bond.owner;
const broken: boolean = Weakref.Bond.new(set, bond).break();
// @ts-expect-error
new Weakref.Bond(action);
// @ts-expect-error
bond.owner.name;

const stand = new Weakref.Proxy(action, self => print(self.alive));
const behind: Gio.SimpleAction = stand.dup_target();
const [isSet, enabled] = stand.get_target_property('enabled');
Weakref.Proxy.new(action).set_target_property('enabled', isSet && enabled);
// @ts-expect-error
stand.target.name;
// @ts-expect-error
new Weakref.Proxy('a');

const version: number = Weakref.MAJOR_VERSION;

const proxy: Gio.SimpleAction = Weakref.proxy(action);
print(proxy.name);
// @ts-expect-error
Weakref.proxy({});

try {
    table.ensure('a', key => table.ensure(key, () => action));
} catch (e) {
    if (e instanceof Weakref.Error)
        e.matches(Weakref.Error, Weakref.Error.RECURSION);
}

const legacy: typeof Weakref = imports.gi.Weakref;
const count: number = legacy.count_refs(action) + legacy.list_refs(action).length;
