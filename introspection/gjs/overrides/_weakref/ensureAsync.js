// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineEnsureAsync */

// This file makes promises of ensure_async() of C, which takes two functions: one that starts a
// creation, and one that is told of its end. When the user's function throws, C is given a GError,
// of which each caller gets a copy. But each caller should get what was thrown. So each creation
// has a flight, an object that stores what was thrown, and the callers find the flight by the key.

const {Gio, GLib, GObject} = imports.gi;
const {define, describe, requireFunction, requireKey, requireObject} =
    imports.overrides._weakref.arguments;

// This map leads from a table to the table of its flights. The callers keep the flights.
const flightsOf = new WeakMap();

// This is the cancellable of the creation whose function runs now, up to its first await.
let creating = null;

function requireCancellable(cancellable) {
    if (cancellable !== null && !(cancellable instanceof Gio.Cancellable)) {
        throw new TypeError(
            `The cancellable must be a Gio.Cancellable, not ${describe(cancellable)}`);
    }
}

function defineEnsureAsync(Weakref) {
    const {prototype} = Weakref.ValueTable;
    const {contains, ensure_async: ensureAsync, ensure_finish: ensureFinish, lookup} = prototype;

    const isKeyError = error =>
        error instanceof GLib.Error && error.matches(Weakref.Error, Weakref.Error.KEY_TYPE);

    function getFlights(table) {
        if (!flightsOf.has(table))
            flightsOf.set(table, new Weakref.ValueTable(table.key_type));
        return flightsOf.get(table);
    }

    // Returns an error that C can have.
    function toGError(error) {
        if (error instanceof GLib.Error)
            return error;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
        return new Weakref.Error({
            code: Weakref.Error.CREATE,
            message: text.replace(/[\0\ud800-\udfff]/gu, '\ufffd'),
        });
    }

    // Returns the object that is there, if there is one. A cache counts a missing key in
    // ensure_async(). An error of C about the type of the key becomes a TypeError.
    function findExisting(table, key) {
        try {
            return !(table instanceof Weakref.Cache) || contains.call(table, key)
                ? lookup.call(table, key) : null;
        } catch (error) {
            throw isKeyError(error) ? new TypeError(error.message) : error;
        }
    }

    // Returns what the user's function threw, if C got `error` from that.
    function toThrown(error, flight) {
        const {gerror, thrown} = flight?.failure ?? {};
        if (gerror && error.domain === gerror.domain && error.code === gerror.code &&
            error.message === gerror.message)
            return thrown;
        return error;
    }

    // Runs the user's function, and returns its result with the task.
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
            cancellable ??= creating;
            const value = requireKey(key);
            // C would give it too, but later.
            const existing = cancellable?.is_cancelled() ? null : findExisting(this, value);
            if (existing)
                return existing;

            const flights = getFlights(this);
            let flight = null;
            let task = null;
            let isInC = true;
            const result = new Promise(resolve => {
                // The user's function may call ensureAsync(), but GJS frees the wrong closure if
                // that happens inside this callback. So it is called after ensure_async(). If the
                // caller has waited for a reservation that was abandoned, C starts the creation
                // later. Then the user's function is called by a promise.
                const start = (_, newTask) => {
                    flight = new GObject.Object();
                    flights.set(value, flight);
                    if (isInC)
                        task = newTask;
                    else
                        Promise.resolve().then(() => run(flight, newTask, key, create));
                };
                ensureAsync.call(this, value, GLib.PRIORITY_DEFAULT, cancellable, start,
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
