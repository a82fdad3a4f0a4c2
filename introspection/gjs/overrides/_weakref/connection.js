// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineConnect */

// signal_connect() of C gives a handler its objects, and disconnects it when one of them dies. But
// C has a function as a root of the garbage collector, with all that it refers to. So C gets a
// function that refers to nothing, and the wrapper of the instance has a map from this function to
// the handler. The entry goes when C drops the function, or when the wrapper goes.

const {GObject} = imports.gi;
const {describe, requireFunction, requireObject} = imports.overrides._weakref.arguments;

// A class may have a method of the same name.
const {connect} = GObject.Object.prototype;

// This property of a wrapper has the map. It also makes the wrapper last as long as the object.
const HANDLERS = Symbol('handlers of Weakref.connect()');

// The function is made here, where it can refer to no variable but itself.
function makeRoot() {
    return function root(instance, ...args) {
        return instance[HANDLERS].get(root)(instance, ...args);
    };
}

function requireSignal(instance, name) {
    if (typeof name !== 'string')
        throw new TypeError(`The signal must be a string, not ${describe(name)}`);
    const {$gtype} = instance.constructor;
    if (!GObject.signal_parse_name(name, $gtype, true)[0])
        throw new TypeError(`No signal '${name}' on ${$gtype.name}`);
    return name;
}

function defineConnect(Weakref) {
    const {signal_connect: signalConnect} = Weakref;

    // A connection holds neither the instance nor the handler.
    Weakref.Connection = class Connection {
        #ref;
        #id;

        constructor(instance, id) {
            this.#ref = Weakref.Ref.new(instance);
            this.#id = id;
        }

        get [Symbol.toStringTag]() {
            return 'Weakref_Connection';
        }

        get connected() {
            const instance = this.#ref.deref();
            return instance !== undefined &&
                GObject.signal_handler_is_connected(instance, this.#id);
        }

        // Returns whether this call disconnected the handler.
        disconnect() {
            const {connected} = this;
            if (connected)
                GObject.signal_handler_disconnect(this.#ref.deref(), this.#id);
            return connected;
        }
    };

    Weakref.connect = function (instance, signal, handler, ...objects) {
        instance = requireObject(instance, 'The instance');
        requireSignal(instance, signal);
        requireFunction(handler, 'The handler');
        // GJS itself keeps a handler in the right way. It only can't pass objects.
        if (objects.length === 0)
            return new Weakref.Connection(instance, connect.call(instance, signal, handler));

        objects = objects.map(object => requireObject(object, 'What a handler is given'));

        if (!instance[HANDLERS])
            Object.defineProperty(instance, HANDLERS, {value: new WeakMap()});
        const root = makeRoot();
        instance[HANDLERS].set(root, handler);
        return new Weakref.Connection(instance, signalConnect(instance, signal, root, 0, objects));
    };
}
