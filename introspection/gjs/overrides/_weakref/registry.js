// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineRegistry */

const {GObject} = imports.gi;
const {describe, requireFunction, requireObject, unwrap} =
    imports.overrides._weakref.arguments;

function isObject(value) {
    return value !== null && (typeof value === 'object' || typeof value === 'function');
}

function requireToken(token) {
    if (!isObject(token)) {
        throw new TypeError('The token of a Weakref.Registry must be an object, ' +
            `not ${describe(token)}`);
    }
    return unwrap(token);
}

function defineRegistry(Weakref) {
    // A Registry follows objects where FinalizationRegistry follows wrappers.
    Weakref.Registry = class Registry {
        #callback;

        // These two lead from a token to its finalizers, for GObjects and for other tokens.
        #byObject = new Weakref.KeyTable();
        #byValue = new WeakMap();

        constructor(callback) {
            requireFunction(callback, 'The callback of a Weakref.Registry');
            this.#callback = callback;
        }

        get [Symbol.toStringTag]() {
            return 'Weakref_Registry';
        }

        #getFinalizers(token) {
            return token instanceof GObject.Object ? this.#byObject : this.#byValue;
        }

        register(target, held, token) {
            target = requireObject(target, 'The target of a Weakref.Registry');
            if (unwrap(held) === target) {
                throw new TypeError('The held value of a Weakref.Registry must not be the target ' +
                    'itself, which it would keep alive');
            }
            if (token !== undefined)
                token = requireToken(token);

            const finalizer = new Weakref.Finalizer(target, this.#callback, held);
            finalizer.at_exit = false;
            if (token !== undefined) {
                const finalizers = this.#getFinalizers(token);
                finalizers.set(token, [...finalizers.get(token) ?? [], finalizer]);
            }
        }

        unregister(token) {
            token = requireToken(token);
            const finalizers = this.#getFinalizers(token);
            const detached = (finalizers.get(token) ?? []).map(finalizer => finalizer.detach());
            finalizers.delete(token);
            return detached.includes(true);
        }
    };
}
