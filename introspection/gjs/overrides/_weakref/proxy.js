// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported derefProxy, isProxy, makeProxy */

// Weakref.proxy() makes a Proxy of JavaScript, for JavaScript. The class Weakref.Proxy is in
// references.js.

const {compile} = imports.overrides._weakref.compile;

var {derefProxy, isProxy, makeProxy} = compile(() => {
    const {GObject} = imports.gi;

    // This map leads from a Proxy to its Weakref.Ref.
    const proxies = new WeakMap();

    // The interfaces of the types with these names know proxies.
    const knownTypes = new Set();

    // When the target is dead, a proxy has only these members, which describe it. The use of any
    // other member is an error.
    const remains = {
        constructor: Object,
        then: undefined,
        toString: () => '[object of a Weakref.proxy(), dead]',
        toJSON: () => '[object of a Weakref.proxy(), dead]',
        [Symbol.toPrimitive]: undefined,
        [Symbol.toStringTag]: 'Weakref.proxy(), dead',
    };

    function isProxy(value) {
        return proxies.has(value);
    }

    function derefProxy(proxy) {
        return deref(proxies.get(proxy));
    }

    function deref(ref) {
        const target = ref.get();
        if (target === null)
            throw new ReferenceError('weakly-referenced object no longer exists');
        return target;
    }

    // Returns the class of an interface of C, if its namespace is in use.
    function findInterface(gtype) {
        const words = gtype.name.match(/[A-Z]/g)?.length ?? 0;
        let name = gtype.name;
        for (let i = 0; i < words; i++) {
            name = name.slice(i === 0 ? name.search(/[A-Z]/) : 1 + name.slice(1).search(/[A-Z]/));
            for (const namespace of Object.getOwnPropertyNames(imports.gi)) {
                if (/^(versions|__.*)$/.test(namespace))
                    continue;
                const found = imports.gi[namespace][name];
                if (typeof found === 'function' && found.$gtype === gtype)
                    return found;
            }
        }
        return null;
    }

    // `instanceof` an interface of C looks at the object in memory, and not at the prototype.
    function teachInterfaces(target) {
        const gtype = target.constructor.$gtype;
        if (knownTypes.has(gtype.name))
            return;
        knownTypes.add(gtype.name);

        for (const type of GObject.type_interfaces(gtype)) {
            if (knownTypes.has(type.name))
                continue;
            const klass = findInterface(type);
            const property = klass && Object.getOwnPropertyDescriptor(klass, Symbol.hasInstance);
            if (!property?.configurable)
                continue;
            knownTypes.add(type.name);
            const hasInstance = property.value;
            Object.defineProperty(klass, Symbol.hasInstance, {
                ...property,
                value(object) {
                    const ref = proxies.get(object);
                    return hasInstance.call(this, ref ? ref.get() : object);
                },
            });
        }
    }

    // A function of C can't take proxies, and gets their objects. A function of JavaScript gets the
    // proxies, because it may keep its arguments.
    function unwrapAll(func, args) {
        if (Object.prototype.toString.call(func) !== '[object GIRepositoryFunction]')
            return args;
        return args.map(arg => isProxy(arg) ? derefProxy(arg) : arg);
    }

    function makeProxy(ref) {
        const methods = new WeakMap();

        // The function finds its object when it is called, and does not hold it until then.
        const bind = func => {
            if (!methods.has(func)) {
                methods.set(func, new Proxy(func, {
                    apply(_, self, args) {
                        const bound = self === proxy || self === undefined;
                        return Reflect.apply(
                            func, bound ? deref(ref) : self, unwrapAll(func, args));
                    },
                }));
            }
            return methods.get(func);
        };

        // The target of the Proxy is an empty object. JavaScript does not allow to report a
        // property as unchangeable that this object does not have. So no property is reported as
        // that.
        const proxy = new Proxy({}, {
            get(_, name) {
                const target = ref.get();
                if (target === null && Object.hasOwn(remains, name))
                    return remains[name];
                const value = Reflect.get(target ?? deref(ref), name, target);
                return typeof value === 'function' && name !== 'constructor' ? bind(value) : value;
            },
            set(_, name, value) {
                const target = deref(ref);
                return Reflect.set(target, name, value, target);
            },
            has: (_, name) => Reflect.has(deref(ref), name),
            deleteProperty: (_, name) => Reflect.deleteProperty(deref(ref), name),
            ownKeys: () => Reflect.ownKeys(deref(ref)),
            getOwnPropertyDescriptor(_, name) {
                const descriptor = Reflect.getOwnPropertyDescriptor(deref(ref), name);
                return descriptor && {...descriptor, configurable: true};
            },
            defineProperty(_, name, descriptor) {
                const target = deref(ref);
                return descriptor.configurable !== false &&
                    Reflect.defineProperty(target, name, descriptor);
            },
            // Whoever describes a value asks for this first, because the value may be an Error.
            getPrototypeOf() {
                const target = ref.get();
                return target !== null ? Reflect.getPrototypeOf(target) : remains;
            },
            setPrototypeOf: (_, prototype) => Reflect.setPrototypeOf(deref(ref), prototype),
            preventExtensions: () => false,
        });

        proxies.set(proxy, ref);
        teachInterfaces(deref(ref));
        return proxy;
    }

    return {derefProxy, isProxy, makeProxy};
});
