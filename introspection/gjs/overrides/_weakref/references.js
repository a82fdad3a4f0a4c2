// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineProxy, defineRef */

const {compile} = imports.overrides._weakref.compile;

var {defineProxy, defineRef} = compile(() => {
    const {GObject} = imports.gi;
    const {define, isPlain, nameProperties, requireFunction, requireObject} =
        imports.overrides._weakref.arguments;
    const {connectDeath, getContext} = imports.overrides._weakref.delivery;
    const {isProxy, makeProxy} = imports.overrides._weakref.proxy;

    const initObject = GObject.Object.prototype._init;

    const TARGET = 'The target of a Weakref.Ref';

    function readProperties(klass, values) {
        const properties = nameProperties(klass, values);
        if (!('target' in properties)) {
            throw new TypeError("A Weakref.Ref must have a property 'target', " +
                `not only '${Object.keys(properties).join("', '")}'`);
        }
        properties.target = requireObject(properties.target, TARGET);
        properties.context ??= getContext();
        return properties;
    }

    function defineRef(Weakref) {
        const {Ref} = Weakref;
        // The shared reference has no context. Who connects to it misses a death in a garbage
        // collection.
        const newShared = Ref.new;
        const {start_for_binding: start} = Ref.prototype;
        define(Ref.prototype, {
            _init(target, callback) {
                if (callback !== undefined && callback !== null)
                    requireFunction(callback, 'The callback of a Weakref.Ref');

                let ref;
                if (isPlain(target) && Object.keys(target).length > 0) {
                    ref = initObject.call(this, readProperties(this.constructor, target)) ?? this;
                } else {
                    ref = initObject.call(this) ?? this;
                    // GJS knows what is a GObject, and is faster in that than `instanceof`.
                    try {
                        start.call(ref, target);
                    } catch {
                        start.call(ref, requireObject(target, TARGET));
                    }
                }
                if (callback)
                    connectDeath(ref, callback);
                return ref;
            },

            deref() {
                return this.get() ?? undefined;
            },

            // No function that is made here may have the target in a variable around it. The
            // promise would keep the target, and wait for ever.
            dead() {
                let resolve;
                const promise = new Promise(func => {
                    resolve = func;
                });
                const target = this.get();
                if (target === null)
                    resolve();
                else
                    new Weakref.Finalizer(target, resolve).at_exit = false;
                return promise;
            },
        });

        Weakref.proxy = function (target) {
            if (isProxy(target))
                return target;
            return makeProxy(newShared(requireObject(target, 'The target of a Weakref.proxy')));
        };

        for (const name of ['count_refs', 'list_refs', 'cancellable_new']) {
            const func = Weakref[name];
            Weakref[name] = target => func(requireObject(target, 'The target'));
        }
        Weakref.cancellableFor = Weakref.cancellable_new;
    }

    function defineProxy(Weakref) {
        const {Proxy} = Weakref;
        const newProxy = Proxy.new_full;

        define(Proxy.prototype, {
            // The type of a proxy is made for the type of its target. Proxies are not shared,
            // because each has its own context.
            _init(target, callback) {
                if (this.constructor !== Proxy)
                    throw new TypeError('Weakref.Proxy has no subclasses');
                target = requireObject(target, 'The target of a Weakref.Proxy');
                if (callback !== undefined && callback !== null)
                    requireFunction(callback, 'The callback of a Weakref.Proxy');

                const proxy = newProxy(target, getContext(), null);
                if (callback)
                    connectDeath(proxy, callback);
                return proxy;
            },

            // GJS before 1.78 leaks what is in a GValue that C fills in, and prints a critical
            // message if C did not fill it in because of an error.
            get_target_property(name) {
                const target = this.dup_target();
                const pspec = target.constructor.find_property(name);
                if (!(pspec?.flags & GObject.ParamFlags.READABLE)) {
                    throw new Weakref.Error({
                        code: Weakref.Error.PROPERTY,
                        message: `${target.constructor.$gtype.name} has no property ` +
                            `'${name}' to read`,
                    });
                }
                return [true, target[pspec.get_name()]];
            },
        });
    }

    return {defineProxy, defineRef};
});
