// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported _init */

// This gives the C classes the members of Map, Set and WeakRef. The methods of C stay. The files
// with the parts are in _weakref.
//
// Two limits of GJS shape it:
//  - JavaScript can't be called during a garbage collection, which is when most objects die. GJS
//    drops such a call. So all callbacks have a main context, and come later.
//  - A C function that takes a callback can't be called again inside that callback. GJS would free
//    the wrong closure. So no user's code runs inside `ensure`, `ensure_async` and `foreach` of C.

// The parts are imported here and not on top of the file. If a file is missing there, GJS takes it
// for a missing override, and says nothing.
function _init() {
    const parts = imports.overrides._weakref;

    parts.references.defineRef(this);
    parts.references.defineProxy(this);
    parts.finalizer.defineFinalizer(this);
    parts.connection.defineConnect(this);
    parts.valueTable.defineValueTable(this);
    parts.valueTable.defineCache(this);
    parts.ensureAsync.defineEnsureAsync(this);
    parts.keyTable.defineKeyTable(this);
    parts.set.defineSet(this);
    parts.bond.defineBond(this);
    parts.tie.defineTie(this);
    parts.registry.defineRegistry(this);
    parts.radar.defineRadar(this);

    for (const name of [
        'Bond', 'Cache', 'Finalizer', 'KeyTable', 'Proxy', 'Ref', 'Set', 'Tie', 'ValueTable',
    ]) {
        const Class = this[name];
        parts.arguments.define(Class.prototype, {[Symbol.toStringTag]: `Weakref_${name}`});
        // A Finalizer is not made by a function of this name.
        if (name !== 'Finalizer')
            Class.new = (...args) => new Class(...args);
    }
}
