// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported _init */

// The idiom of Map, Set and WeakRef over the C classes, whose own methods stay.
//
// Two things about Gjs shape it:
//  - JavaScript can't be called while its garbage is collected, which is when most objects die: the
//    call is dropped. So whatever calls back from here is given a main context, and comes later.
//  - A C function that takes a callback can't be called again from inside that callback: Gjs then
//    frees the wrong closure. So no code of the user's runs inside `ensure` and `foreach` of C.

const {GLib, GObject} = imports.gi;

// What a C table knows to hash and compare, by the names of fundamental types.
const KEY_TYPES = [
    'gboolean', 'gchar', 'guchar', 'gint', 'guint', 'glong', 'gulong', 'gint64', 'guint64',
    'gdouble', 'gchararray', 'GEnum', 'GFlags', 'GObject', 'GInterface', 'GVariant',
];
const SPECIAL_KEY_TYPES = ['GBytes', 'GType', 'GValue'];

// A string of C ends at a NUL, and UTF-8 has no halves of a surrogate pair.
const NOT_FOR_C = /[\0\ud800-\udfff]/u;

// The property of a GObject around a value of a KeyTable.
const BOXED = Symbol('boxed');

const gtypePrototype = Object.getPrototypeOf(GObject.TYPE_OBJECT);

// JS proxy → the Weakref.Ref inside.
const proxies = new WeakMap();

function describe(value) {
    if (value === null || typeof value !== 'object' && typeof value !== 'function')
        return typeof value === 'string' ? JSON.stringify(value) : String(value);
    if (typeof value === 'function')
        return `function ${value.name}`;
    return value.constructor?.name ? `an instance of ${value.constructor.name}` : 'an object';
}

function requireObject(value, what) {
    if (proxies.has(value))
        return derefProxy(proxies.get(value));
    if (!(value instanceof GObject.Object))
        throw new TypeError(`${what} must be a GObject, not ${describe(value)}`);
    return value;
}

function requireFunction(value, what) {
    if (typeof value !== 'function')
        throw new TypeError(`${what} must be a function, not ${describe(value)}`);
}

function isPlain(value) {
    return value !== null && typeof value === 'object' &&
        Object.getPrototypeOf(value) === Object.prototype;
}

// Constructors take a first argument, or, as those of all GObjects, an object with properties.
// Which an enumeration is not, though it is a plain object too.
function toProperties(value, name) {
    return isPlain(value) && !value.$gtype ? {...value} : {[name]: value};
}

function requireType(value, what) {
    const gtype = value?.$gtype ?? value;
    if (gtype === null || typeof gtype !== 'object' ||
        Object.getPrototypeOf(gtype) !== gtypePrototype)
        throw new TypeError(`${what} must be a GType, not ${describe(value)}`);
    return gtype;
}

function requireKeyType(value) {
    const gtype = requireType(value, 'The key type');
    if (!KEY_TYPES.includes(GObject.type_fundamental(gtype)?.name) &&
        !SPECIAL_KEY_TYPES.includes(gtype.name))
        throw new TypeError(`There are no keys of type ${gtype.name}`);
    return gtype;
}

function requireCount(value, what) {
    if (!Number.isInteger(value) || value < 0)
        throw new TypeError(`${what} must be a whole number, not ${describe(value)}`);
}

// What the C functions take for a GValue. Gjs guesses its type, but for a GType.
function requireKey(value) {
    switch (typeof value) {
    case 'string':
        if (NOT_FOR_C.test(value))
            throw new TypeError(`${JSON.stringify(value)} can't be a key: it is not for C`);
        return value;
    case 'bigint':
        if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
            throw new TypeError(`${value}n can't be a key: it has more than 64 bits`);
        return value;
    case 'number':
    case 'boolean':
        return value;
    case 'object':
        if (value === null)
            break;
        if (proxies.has(value))
            return derefProxy(proxies.get(value));
        if (value instanceof GObject.Object || value instanceof GLib.Bytes ||
            value instanceof GLib.Variant || value instanceof GObject.Value)
            return value;
        if (Object.getPrototypeOf(value) === gtypePrototype) {
            const gvalue = new GObject.Value();
            gvalue.init(GObject.TYPE_GTYPE);
            gvalue.set_gtype(value);
            return gvalue;
        }
        break;
    }
    throw new TypeError('A key must be a string, a number, a boolean, a GObject, a GLib.Bytes, ' +
        `a GLib.Variant or a GType, not ${describe(value)}`);
}

// Whether a finalizer's arguments lead to its target, as far as that can be seen from outside, and
// soon: not more than a thousand values are looked at.
function holds(values, target) {
    const pending = new Set(values);
    for (const value of pending) {
        if (value === target)
            return true;

        let parts = [];
        if (proxies.has(value))
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

function derefProxy(ref) {
    const target = ref.get();
    if (target === null)
        throw new ReferenceError('weakly-referenced object no longer exists');
    return target;
}

function makeProxy(ref) {
    const methods = new WeakMap();
    const deref = () => derefProxy(ref);

    // It finds its object when it is called, and does not hold it until then.
    const bind = func => {
        if (!methods.has(func)) {
            methods.set(func, new Proxy(func, {
                apply(_, self, args) {
                    const bound = self === proxy || self === undefined;
                    return Reflect.apply(func, bound ? deref() : self, args);
                },
            }));
        }
        return methods.get(func);
    };

    // The target of the Proxy is a stand-in. JavaScript insists that it has whatever is reported as
    // unchangeable, so nothing is, and nothing is made so.
    const proxy = new Proxy({}, {
        get(_, name) {
            const target = deref();
            const value = Reflect.get(target, name, target);
            return typeof value === 'function' && name !== 'constructor' ? bind(value) : value;
        },
        set(_, name, value) {
            const target = deref();
            return Reflect.set(target, name, value, target);
        },
        has: (_, name) => Reflect.has(deref(), name),
        deleteProperty: (_, name) => Reflect.deleteProperty(deref(), name),
        ownKeys: () => Reflect.ownKeys(deref()),
        getOwnPropertyDescriptor(_, name) {
            const descriptor = Reflect.getOwnPropertyDescriptor(deref(), name);
            return descriptor && {...descriptor, configurable: true};
        },
        defineProperty(_, name, descriptor) {
            const target = deref();
            return descriptor.configurable !== false &&
                Reflect.defineProperty(target, name, descriptor);
        },
        getPrototypeOf: () => Reflect.getPrototypeOf(deref()),
        setPrototypeOf: (_, prototype) => Reflect.setPrototypeOf(deref(), prototype),
        preventExtensions: () => false,
    });

    proxies.set(proxy, ref);
    return proxy;
}

function define(prototype, members) {
    for (const name of Reflect.ownKeys(members)) {
        // A method of C can be replaced, but not configured.
        const {configurable = true, enumerable = false} =
            Object.getOwnPropertyDescriptor(prototype, name) ?? {};
        Object.defineProperty(prototype, name, {
            ...Object.getOwnPropertyDescriptor(members, name),
            configurable,
            enumerable,
        });
    }
}

// What all tables and sets have, on top of `entries` and the C methods.
const collectionMembers = {
    get size() {
        return this.get_size();
    },

    clear() {
        this.remove_all();
    },

    forEach(func, self) {
        requireFunction(func, 'The callback');
        for (const [key, value] of this.entries())
            func.call(self, value, key, this);
    },

    // As in C, except that an error in the callback ends it.
    foreach(func) {
        requireFunction(func, 'The callback');
        for (const [key, value] of this.entries())
            func(key, value);
    },

    *keys() {
        for (const [key] of this.entries())
            yield key;
    },

    *values() {
        for (const [, value] of this.entries())
            yield value;
    },

    [Symbol.iterator]() {
        return this.entries();
    },
};

// A KeyTable has its values in GValues. What does not come out of one as it went in, gets a GObject
// around it: JavaScript can be told of its last unref in any thread and during garbage collection,
// which is not so for what Gjs itself puts around an object (JSObject), and that not around all.
function toValue(value) {
    switch (typeof value) {
    case 'boolean':
        return value;
    case 'number':
        if (!Object.is(value, -0))
            return value;
        break;
    case 'string':
        if (!NOT_FOR_C.test(value))
            return value;
        break;
    case 'object':
        if (value instanceof GObject.Object && !proxies.has(value))
            return value;
        break;
    }
    const box = new GObject.Object();
    box[BOXED] = {value};
    return box;
}

function fromValue(value) {
    return value instanceof GObject.Object && value[BOXED] ? value[BOXED].value : value;
}

// Gjs 1.90 reads a property of type GType as a number.
function defineTypeProperty(prototype, name, getter) {
    const get = function () {
        return this[getter]();
    };
    for (const spelling of [name, name.replace('_', '-'), name.replace('_t', 'T')])
        define(prototype, Object.defineProperty({}, spelling, {get}));
}

// Unlike a callback of C a signal handler may refer to the object without keeping it: the garbage
// collector sees through it.
function connectDeath(object, callback) {
    const id = object.connect('notify::alive', () => {
        object.disconnect(id);
        callback(object);
    });
}

function _init() {
    const Weakref = this;
    const {Bond, Cache, Finalizer, KeyTable, Ref, ValueTable} = Weakref;

    const initObject = GObject.Object.prototype._init;
    // The shared one has no context: to connect to it would be to miss what comes during garbage
    // collection.
    const newShared = Ref.new;
    const newBond = Bond.new;
    // Table → a table of the keys that are being created.
    const creations = new WeakMap();

    // An error of C about the type of a key is a TypeError here.
    function withKey(table, method, key, ...args) {
        try {
            return method.call(table, requireKey(key), ...args);
        } catch (e) {
            if (e instanceof GLib.Error && e.matches(Weakref.Error, Weakref.Error.KEY_TYPE))
                throw new TypeError(e.message);
            throw e;
        }
    }

    // Of a class whose instances only C makes.
    function defineConstructor(name, make) {
        define(Weakref[name].prototype, {
            _init(...args) {
                if (this.constructor !== Weakref[name])
                    throw new TypeError(`Weakref.${name} has no subclasses`);
                return make(...args);
            },
        });
    }

    function initTable(table, properties) {
        properties.key_type = requireKeyType(properties.key_type ?? GObject.Value);
        // The default, which is as well: Gjs crashes over a property of that value.
        if (properties.key_type.name === 'GValue')
            delete properties.key_type;
        return initObject.call(table, properties);
    }

    // What a class has whose C methods are those of ValueTable; from them, as yet unchanged.
    const tableMembers = ({ensure, foreach}) => ({
        get(key) {
            return withKey(this, this.lookup, key) ?? undefined;
        },

        set(key, value) {
            withKey(this, this.insert, key, requireObject(value, 'A value'));
            return this;
        },

        has(key) {
            return withKey(this, this.contains, key);
        },

        delete(key) {
            return withKey(this, this.remove, key);
        },

        // Another thread that inserts meanwhile was first: then its object is the result.
        ensure(key, create) {
            requireFunction(create, 'The create function');
            // A cache is to count what is missing once, below.
            const existing = this.has(key) ? this.get(key) : undefined;
            if (existing !== undefined)
                return existing;

            if (!creations.has(this))
                creations.set(this, new ValueTable(this.key_type));
            const creating = creations.get(this);
            if (creating.has(key)) {
                throw new Weakref.Error({
                    code: Weakref.Error.RECURSION,
                    message: 'The key was asked for from inside its own creation',
                });
            }

            // Some object that lives as long as this call.
            creating.set(key, this);
            let value;
            try {
                value = requireObject(create(key), 'What a create function returns');
            } finally {
                creating.delete(key);
            }
            return withKey(this, ensure, key, () => value);
        },

        // Gjs before 1.78 can't read an array of GValues.
        dup_keys() {
            const keys = [];
            foreach.call(this, key => keys.push(key));
            return keys;
        },

        // The keys there are at the start, each with its value when its turn comes. A large one of
        // 64 bits comes out of C rounded, and is not found by that: it keeps the value it had.
        *entries() {
            const keys = [];
            foreach.call(this, (key, value) => {
                const isRounded = Number.isInteger(key) && !Number.isSafeInteger(key);
                keys.push([key, isRounded ? newShared(value) : null]);
            });
            for (const [key, ref] of keys) {
                const value = ref ? ref.get() : this.get(key);
                if (value)
                    yield [key, value];
            }
        },
    });

    define(Ref.prototype, {
        _init(target, callback) {
            const properties = toProperties(target, 'target');
            properties.target = requireObject(properties.target, 'The target of a Weakref.Ref');
            if (callback !== undefined && callback !== null)
                requireFunction(callback, 'The callback of a Weakref.Ref');

            const ref = initObject.call(this, {
                context: GLib.MainContext.ref_thread_default(),
                ...properties,
            }) ?? this;
            if (callback)
                connectDeath(ref, callback);
            return ref;
        },

        deref() {
            return this.get() ?? undefined;
        },
    });

    // Each its own, for the sake of its context.
    const newProxy = Weakref.Proxy.new_full;
    defineConstructor('Proxy', (target, callback) => {
        target = requireObject(target, 'The target of a Weakref.Proxy');
        if (callback !== undefined && callback !== null)
            requireFunction(callback, 'The callback of a Weakref.Proxy');
        const proxy = newProxy(target, GLib.MainContext.ref_thread_default(), null);
        if (callback)
            connectDeath(proxy, callback);
        return proxy;
    });

    // Gjs before 1.78 leaks what is in a GValue that C fills in, and complains of one that it did
    // not, because of an error.
    define(Weakref.Proxy.prototype, {
        get_target_property(name) {
            const target = this.dup_target();
            const pspec = target.constructor.find_property(name);
            if (!(pspec?.flags & GObject.ParamFlags.READABLE)) {
                throw new Weakref.Error({
                    code: Weakref.Error.PROPERTY,
                    message: `${target.constructor.$gtype.name} has no property '${name}' to read`,
                });
            }
            return [true, target[pspec.get_name()]];
        },
    });

    defineConstructor('Finalizer', (target, func, ...args) => {
        target = requireObject(target, 'The target of a Weakref.Finalizer');
        requireFunction(func, 'The function of a Weakref.Finalizer');
        if (holds(args, target)) {
            console.warn('Weakref.Finalizer: the arguments hold the target itself, which ' +
                'keeps it alive, so that the finalizer never runs by itself');
        }

        return Finalizer.new_full(target, GLib.MainContext.ref_thread_default(),
            Weakref.Phase.DISPOSE, () => void func(...args));
    });

    Weakref.finalize = function (...args) {
        new Finalizer(...args);
    };

    Weakref.proxy = function (target) {
        if (proxies.has(target))
            return target;
        return makeProxy(newShared(requireObject(target, 'The target of a Weakref.proxy')));
    };

    for (const name of ['count_refs', 'list_refs']) {
        const func = Weakref[name];
        Weakref[name] = target => func(requireObject(target, 'The target'));
    }

    defineConstructor('Bond', (owner, owned) => newBond(
        requireObject(owner, 'The owner of a Weakref.Bond'),
        requireObject(owned, 'What a Weakref.Bond makes owned')));

    for (const {prototype} of [ValueTable, Cache]) {
        define(prototype, tableMembers(prototype));
        define(prototype, collectionMembers);
        defineTypeProperty(prototype, 'key_type', 'get_key_type');
    }

    define(ValueTable.prototype, {
        _init(keyType) {
            return initTable(this, toProperties(keyType, 'key_type'));
        },
    });

    define(Cache.prototype, {
        _init(keyType, maxIdle) {
            const properties = toProperties(keyType, 'key_type');
            if (maxIdle !== undefined)
                properties.max_idle = maxIdle;
            if ('max_idle' in properties)
                requireCount(properties.max_idle, 'The number of idle objects to keep');
            return initTable(this, properties);
        },
    });

    const {insert, dup_value: dupValue} = KeyTable.prototype;
    const requireTableKey = key => requireObject(key, 'A key of a Weakref.KeyTable');

    define(KeyTable.prototype, collectionMembers);
    define(KeyTable.prototype, {
        insert(key, value) {
            return insert.call(this, requireTableKey(key), toValue(value));
        },

        // Gjs before 1.78 leaks what is in a GValue that C fills in, so not through lookup() of C.
        lookup(key) {
            const value = dupValue.call(this, requireTableKey(key));
            const found = value !== null || this.contains(key);
            return [found, found ? fromValue(value) : undefined];
        },

        dup_value(key) {
            return this.get(key) ?? null;
        },

        steal(key) {
            const result = this.lookup(key);
            this.delete(key);
            return result;
        },

        get(key) {
            return this.lookup(key)[1];
        },

        set(key, value) {
            this.insert(key, value);
            return this;
        },

        has(key) {
            return this.contains(requireTableKey(key));
        },

        delete(key) {
            return this.remove(requireTableKey(key));
        },

        // The keys there are at the start, not held, each with its value when its turn comes.
        *entries() {
            for (const ref of this.dup_keys().map(key => newShared(key))) {
                const key = ref.get();
                if (key === null)
                    continue;
                const [found, value] = this.lookup(key);
                if (found)
                    yield [key, value];
            }
        },
    });

    // As the methods of Set they take whatever has the size, the members and the keys of one.
    function requireSet(other) {
        if (other instanceof Weakref.Set)
            return other;
        if (typeof other?.size !== 'number' || typeof other.has !== 'function' ||
            typeof other.keys !== 'function')
            throw new TypeError(`The other must be a set, not ${describe(other)}`);
        const set = new Weakref.Set();
        for (const item of other.keys())
            set.add(item);
        return set;
    }

    const requireMember = value => requireObject(value, 'A member of a Weakref.Set');
    const {
        add, difference, equal, intersection, is_disjoint: isDisjointFrom, is_subset: isSubsetOf,
        is_superset: isSupersetOf, symmetric_difference: symmetricDifference, union,
    } = Weakref.Set.prototype;

    define(Weakref.Set.prototype, collectionMembers);
    defineTypeProperty(Weakref.Set.prototype, 'item_type', 'get_item_type');
    define(Weakref.Set.prototype, {
        _init(itemType) {
            const properties = toProperties(itemType, 'item_type');
            properties.item_type = requireType(properties.item_type ?? GObject.Object,
                'The item type');
            if (!GObject.type_is_a(properties.item_type, GObject.TYPE_OBJECT))
                throw new TypeError(`${properties.item_type.name} is not the type of a GObject`);
            return initObject.call(this, properties);
        },

        add(item) {
            item = requireMember(item);
            if (!GObject.type_is_a(item.constructor.$gtype, this.item_type)) {
                throw new TypeError(`A member must be a ${this.item_type.name}, ` +
                    `not ${describe(item)}`);
            }
            add.call(this, item);
            return this;
        },

        has(item) {
            return this.contains(requireMember(item));
        },

        delete(item) {
            return this.remove(requireMember(item));
        },

        foreach(func) {
            requireFunction(func, 'The callback');
            this.forEach(item => func(item));
        },

        // The members there are at the start, not held, each if it is still one at its turn.
        *values() {
            for (const ref of this.dup_items().map(item => newShared(item))) {
                const item = ref.get();
                if (item !== null && this.contains(item))
                    yield item;
            }
        },

        *entries() {
            for (const item of this.values())
                yield [item, item];
        },

        [Symbol.iterator]() {
            return this.values();
        },
    });

    // The algebra, under the names of JavaScript, and of C as far as they differ.
    for (const [name, func] of Object.entries({
        difference, equal, intersection, isDisjointFrom, isSubsetOf, isSupersetOf,
        symmetricDifference, union,
    })) {
        define(Weakref.Set.prototype, {
            [name](other) {
                return func.call(this, requireSet(other));
            },
        });
    }

    for (const name of [
        'Bond', 'Cache', 'Finalizer', 'KeyTable', 'Proxy', 'Ref', 'Set', 'ValueTable',
    ]) {
        const Class = Weakref[name];
        define(Class.prototype, {[Symbol.toStringTag]: `Weakref_${name}`});
        // A Finalizer is not made by a function of this name.
        if (name !== 'Finalizer')
            Class.new = (...args) => new Class(...args);
    }
}
