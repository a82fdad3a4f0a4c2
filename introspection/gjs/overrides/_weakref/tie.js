// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineTie */

const {define, describe, isIterable, requireFunction, requireObject} =
    imports.overrides._weakref.arguments;
const {getContext} = imports.overrides._weakref.delivery;

const WHAT = 'What a Weakref.Tie ties';

function defineTie(Weakref) {
    const {Tie} = Weakref;
    const newTie = Tie.new_full;

    define(Tie.prototype, {
        _init(objects, func) {
            if (this.constructor !== Tie)
                throw new TypeError('Weakref.Tie has no subclasses');
            if (!isIterable(objects))
                throw new TypeError(`${WHAT} must be iterable, not ${describe(objects)}`);
            objects = Array.from(objects, object => requireObject(object, WHAT));
            if (objects.length === 0)
                throw new TypeError('A Weakref.Tie needs an object');
            requireFunction(func, 'The function of a Weakref.Tie');
            return newTie(objects, getContext(), Weakref.Phase.DISPOSE, func);
        },
    });
}
