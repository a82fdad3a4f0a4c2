// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineEnsureAsync */

// Promises over ensure_async() of C. That takes two functions: one that starts a creation, and one
// that is told of its end. C is given a GError when the function of the user throws, and gives each
// caller a copy. So that all of them get what was thrown itself, a flight, which is an object of
// ours, has that, and is found by the key.

const {Gio, GLib, GObject} = imports.gi;
const {define, describe, requireFunction, requireKey, requireObject} =
    imports.overrides._weakref.arguments;

// Table → a table of the flights, which their callers keep.
const flightsOf = new WeakMap();

// The cancellable of the creation whose function runs now, up to its first await.
let creating = null;

function requireCancellable(cancellable) {
    if (cancellable !== null && !(cancellable instanceof Gio.Cancellable)) {
        throw new TypeError(
            `The cancellable must be a Gio.Cancellable, not ${describe(cancellable)}`);
    }
}

function defineEnsureAsync(Weakref) {
    const {prototype} = Weakref.ValueTable;
    const {ensure_async: ensureAsync, ensure_finish: ensureFinish} = prototype;

    function getFlights(table) {
        if (!flightsOf.has(table))
            flightsOf.set(table, new Weakref.ValueTable(table.key_type));
        return flightsOf.get(table);
    }

    // An error as C can have it.
    function toGError(error) {
        if (error instanceof GLib.Error)
            return error;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
        return new Weakref.Error({
            code: Weakref.Error.CREATE,
            message: text.replace(/[\0\ud800-\udfff]/gu, '\ufffd'),
        });
    }

    // The error that the function of the user threw, if that is what C had from it.
    function toThrown(error, flight) {
        const {gerror, thrown} = flight?.failure ?? {};
        if (gerror && error.domain === gerror.domain && error.code === gerror.code &&
            error.message === gerror.message)
            return thrown;
        if (error.matches(Weakref.Error, Weakref.Error.KEY_TYPE))
            return new TypeError(error.message);
        return error;
    }

    // Runs the function of the user, and returns the task.
    async function run(flight, task, key, create) {
        try {
            const cancellable = task.get_cancellable();
            const outer = creating;
            creating = cancellable;
            let promise;
            try {
                promise = create(key, cancellable);
            } finally {
                creating = outer;
            }
            task.return_value(
                requireObject(await promise, 'What the promise of a create function gives'));
        } catch (thrown) {
            const gerror = toGError(thrown);
            flight.failure = {gerror, thrown};
            task.return_error(gerror);
        }
    }

    define(prototype, {
        async ensureAsync(key, create, cancellable = null) {
            requireFunction(create, 'The create function');
            requireCancellable(cancellable);
            const value = requireKey(key);
            const flights = getFlights(this);

            let flight = null;
            let task = null;
            let isInC = true;
            const result = new Promise(resolve => {
                // Gjs allows no call of this kind inside the callback of another. So what the user
                // does comes after it. C starts the creation later if it was waiting for a
                // reservation that was given up; then a promise takes the user's function out.
                const start = (_, newTask) => {
                    flight = new GObject.Object();
                    flights.set(value, flight);
                    if (isInC)
                        task = newTask;
                    else
                        Promise.resolve().then(() => run(flight, newTask, key, create));
                };
                ensureAsync.call(this, value, GLib.PRIORITY_DEFAULT, cancellable ?? creating, start,
                    (_, asyncResult) => resolve(asyncResult));
            });
            isInC = false;
            if (task)
                run(flight, task, key, create);
            else
                flight = flights.get(value);
            task = null;

            try {
                return ensureFinish.call(this, await result);
            } catch (error) {
                throw toThrown(error, flight);
            }
        },
    });
}
