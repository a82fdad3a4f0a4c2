// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineBond */

const {define, requireObject} = imports.overrides._weakref.arguments;
const {getContext} = imports.overrides._weakref.delivery;

function defineBond(Weakref) {
    const {Bond} = Weakref;
    const newBond = Bond.new_full;

    define(Bond.prototype, {
        _init(owner, owned) {
            if (this.constructor !== Bond)
                throw new TypeError('Weakref.Bond has no subclasses');
            return newBond(
                requireObject(owner, 'The owner of a Weakref.Bond'),
                requireObject(owned, 'What a Weakref.Bond makes owned'),
                getContext());
        },
    });
}
