// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineFinalizer */

const {GObject} = imports.gi;
const {define, isPlain, requireFunction, requireObject} = imports.overrides._weakref.arguments;
const {getContext} = imports.overrides._weakref.delivery;
const {isProxy} = imports.overrides._weakref.proxy;

const initObject = GObject.Object.prototype._init;

// Returns whether the arguments of a finalizer lead to its target, as far as this can be seen from
// outside. It looks at not more than a thousand values.
function holds(values, target) {
    const pending = new Set(values);
    for (const value of pending) {
        if (value === target)
            return true;

        let parts = [];
        if (isProxy(value))
            continue;
        else if (value instanceof Map)
            parts = [...value].flat();
        else if (value instanceof Set || Array.isArray(value))
            parts = value;
        else if (isPlain(value))
            parts = Object.values(value);

        for (const part of parts) {
            if (pending.size >= 1000)
                break;
            pending.add(part);
        }
    }
    return false;
}

function defineFinalizer(Weakref) {
    const {Finalizer} = Weakref;
    const newFinalizer = Finalizer.new_full;
    const {run, start_for_binding: start} = Finalizer.prototype;

    // This is the call of run() that is about to call its function.
    let byHand = null;

    // GJS reports what a function throws if C has called it. But run() is called by somebody who
    // can catch the error, and so run() throws it again.
    function wrap(func) {
        return () => {
            const call = byHand;
            byHand = null;
            try {
                func();
            } catch (error) {
                if (!call)
                    throw error;
                call.thrown = {error};
            }
        };
    }

    Finalizer.new_full = function (target, context, phase, func) {
        target = requireObject(target, 'The target of a Weakref.Finalizer');
        requireFunction(func, 'The function of a Weakref.Finalizer');
        return newFinalizer.call(this, target, context, phase, wrap(func));
    };

    define(Finalizer.prototype, {
        _init(target, func, ...args) {
            target = requireObject(target, 'The target of a Weakref.Finalizer');
            requireFunction(func, 'The function of a Weakref.Finalizer');
            if (holds(args, target)) {
                console.warn('Weakref.Finalizer: the arguments hold the target itself, which ' +
                    'keeps it alive, so that the finalizer never runs by itself');
            }
            const call = () => void func(...args);
            if (this.constructor === Finalizer)
                return Finalizer.new_full(target, getContext(), Weakref.Phase.DISPOSE, call);

            const finalizer = initObject.call(this) ?? this;
            start.call(finalizer, target, getContext(), Weakref.Phase.DISPOSE, wrap(call));
            return finalizer;
        },

        run() {
            const call = {thrown: null};
            const outer = byHand;
            byHand = call;
            let ran;
            try {
                ran = run.call(this);
            } finally {
                byHand = outer;
            }
            if (call.thrown)
                throw call.thrown.error;
            return ran;
        },
    });

    Weakref.finalize = function (...args) {
        new Finalizer(...args);
    };
}
