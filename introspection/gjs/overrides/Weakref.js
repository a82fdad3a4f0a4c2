// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported _init */

// The idiom of Map, Set and WeakRef over the C classes, whose own methods stay. The files with the
// parts are in _weakref.
//
// Two things about Gjs shape it:
//  - JavaScript can't be called while its garbage is collected, which is when most objects die: the
//    call is dropped. So whatever calls back from here is given a main context, and comes later.
//  - A C function that takes a callback can't be called again from inside that callback: Gjs then
//    frees the wrong closure. So no code of the user's runs inside `ensure` and `foreach` of C.

// Here and not on top of the file: Gjs takes a file that is missing there for an override that is
// missing, and says nothing.
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
    parts.registry.defineRegistry(this);
    parts.radar.defineRadar(this);

    for (const name of [
        'Bond', 'Cache', 'Finalizer', 'KeyTable', 'Proxy', 'Ref', 'Set', 'ValueTable',
    ]) {
        const Class = this[name];
        parts.arguments.define(Class.prototype, {[Symbol.toStringTag]: `Weakref_${name}`});
        // A Finalizer is not made by a function of this name.
        if (name !== 'Finalizer')
            Class.new = (...args) => new Class(...args);
    }
}
