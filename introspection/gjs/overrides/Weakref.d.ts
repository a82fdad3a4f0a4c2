// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// TypeScript declarations of Weakref.js and the classes under it, for use with those of the @girs
// packages (or any others that declare `gi://GLib`, `gi://GObject` and `gi://Gio`):
//
//     /// <reference path="/usr/share/gjs-1.0/overrides/Weakref.d.ts" />
//     import Weakref from 'gi://Weakref';
//
// or, with the package beside this file, `npm install /usr/share/gjs-1.0/overrides` and
// `"types": ["weakref-glib"]` in tsconfig.json.

declare module 'gi://Weakref?version=1.0' {
    import type GLib from 'gi://GLib?version=2.0';
    import type GObject from 'gi://GObject?version=2.0';
    import type Gio from 'gi://Gio?version=2.0';

    namespace Weakref {
        /** A GType, or a class that has one: `String`, `GObject.TYPE_INT`, `Gio.File`. */
        type TypeLike = GObject.GType<any> | { $gtype: GObject.GType<any> } | Function;

        /** The same for objects of class `T`: it tells the type of what is in a collection. */
        type ClassOf<T extends GObject.Object> = { $gtype: GObject.GType<any>; prototype: T };

        /** The same for keys of type `K`: a class, `String`, `Number`, or `GObject.TYPE_INT`. */
        type KeyTypeOf<K> =
            | { $gtype: GObject.GType<any>; prototype: K & object }
            | ((...args: any[]) => K)
            | GObject.GType<K>;

        /** What can be a key of a ValueTable or a Cache. Numbers and objects compare as in a Map, a
         * bigint as the number that it is, the others by content. Beyond Number.MAX_SAFE_INTEGER a
         * bigint comes out of an iteration as a number that is rounded. */
        type Key =
            | string
            | number
            | bigint
            | boolean
            | GObject.Object
            | GObject.GType<any>
            | GLib.Bytes
            | GLib.Variant
            | GObject.Value;

        namespace Ref {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::alive': (pspec: GObject.ParamSpec) => void;
                'notify::context': (pspec: GObject.ParamSpec) => void;
                'notify::target': (pspec: GObject.ParamSpec) => void;
            }

            interface ConstructorProps<T extends GObject.Object = GObject.Object>
                extends GObject.Object.ConstructorProps {
                target: T;
                context: GLib.MainContext;
            }
        }

        /** A reference to an object that does not keep it alive. */
        class Ref<T extends GObject.Object = GObject.Object> extends GObject.Object {
            static $gtype: GObject.GType<Ref>;

            $signals: Ref.SignalSignatures;

            connect<S extends keyof Ref.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Ref.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Ref.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Ref.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Ref.SignalSignatures>(
                signal: S,
                ...args: Parameters<Ref.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** Whether the target is alive. Notified once. */
            get alive(): boolean;
            /** Where the callback runs. */
            get context(): GLib.MainContext | null;
            /** The target, or null when it is dead. */
            get target(): T | null;

            /**
             * @param callback is called once, after the target has died, from the main context that
             *   is the thread-default one now, if the reference is still there by then. It must not
             *   refer to the target, not even through a variable of a function around it.
             */
            constructor(target: T, callback?: ((ref: Ref<T>) => void) | null);
            constructor(
                properties: Partial<Ref.ConstructorProps<T>> & { target: T },
                callback?: ((ref: Ref<T>) => void) | null,
            );

            _init(...args: any[]): any;

            static ['new']<T extends GObject.Object>(target: T): Ref<T>;
            /** As in C: a callback without a context is lost when the target dies in a garbage
             * collection. */
            static new_full<T extends GObject.Object>(
                target: T,
                context: GLib.MainContext | null,
                callback: ((ref: Ref<T>) => void) | null,
            ): Ref<T>;

            /** For the constructors of languages. */
            start_for_binding(target: T): void;
            /** The target, or undefined when it is dead. */
            deref(): T | undefined;
            /** Waits for the death. */
            dead(): Promise<void>;
            /** The target, or null when it is dead. */
            get(): T | null;
            is_alive(): boolean;
            /** The number of the target's life: never used again. */
            get_id(): number;
            /** Of the identity of the target. */
            hash(): number;
            /** Whether both are to the same object in the same life. */
            equal(other: Ref<any>): boolean;
        }

        namespace Proxy {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::alive': (pspec: GObject.ParamSpec) => void;
                'notify::target': (pspec: GObject.ParamSpec) => void;
            }
        }

        /** A GObject that stands for another without keeping it, for whoever takes a GObject: it
         * has the properties and signals of its target under their names (here, from C and in
         * bindings), but not its methods. For JavaScript alone there is `proxy()`. */
        class Proxy<T extends GObject.Object = GObject.Object> extends GObject.Object {
            static $gtype: GObject.GType<Proxy>;

            $signals: Proxy.SignalSignatures;

            connect<S extends keyof Proxy.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Proxy.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Proxy.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Proxy.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Proxy.SignalSignatures>(
                signal: S,
                ...args: Parameters<Proxy.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** Whether the target is alive. Notified once. */
            get alive(): boolean;
            /** The target, or null when it is dead. */
            get target(): T | null;

            /** @param callback as that of a Ref. */
            constructor(target: T, callback?: ((proxy: Proxy<T>) => void) | null);

            _init(...args: any[]): any;

            static ['new']<T extends GObject.Object>(target: T): Proxy<T>;
            /** As in C: a callback without a context is lost when the target dies in a garbage
             * collection. */
            static new_full<T extends GObject.Object>(
                target: T,
                context: GLib.MainContext | null,
                callback: ((proxy: Proxy<T>) => void) | null,
            ): Proxy<T>;

            is_alive(): boolean;
            /** The target. Throws an Error.DEAD. */
            dup_target(): T;
            /** Reads a property of the target. Throws an Error.DEAD, or an Error.PROPERTY. */
            get_target_property(name: string): [boolean, any];
            /** Writes a property of the target. Throws an Error.DEAD, or an Error.PROPERTY. */
            set_target_property(name: string, value: any): boolean;
        }

        /** Which end of an object's life a finalizer waits for. */
        enum Phase {
            DISPOSE,
            FINALIZE,
        }

        namespace Finalizer {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::alive': (pspec: GObject.ParamSpec) => void;
                'notify::at-exit': (pspec: GObject.ParamSpec) => void;
            }
        }

        /** A function that runs once when an object dies. */
        class Finalizer<A extends any[] = any[]> extends GObject.Object {
            static $gtype: GObject.GType<Finalizer>;

            $signals: Finalizer.SignalSignatures;

            connect<S extends keyof Finalizer.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Finalizer.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Finalizer.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Finalizer.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Finalizer.SignalSignatures>(
                signal: S,
                ...args: Parameters<Finalizer.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** Whether the function has still to run. */
            get alive(): boolean;
            /** Whether run_at_exit() runs it. */
            get at_exit(): boolean;
            set at_exit(value: boolean);
            get atExit(): boolean;
            set atExit(value: boolean);

            /**
             * @param func is called once, after the target has died, from the main context that is
             *   the thread-default one now. There is no need to keep the finalizer for that.
             * @param args are held until then: they must not hold the target.
             */
            constructor(target: GObject.Object, func: (...args: A) => void, ...args: A);

            _init(...args: any[]): any;

            static new_full(
                target: GObject.Object,
                context: GLib.MainContext | null,
                phase: Phase,
                func: () => void,
            ): Finalizer;
            /** For the constructors of subclasses. */
            start_for_binding(
                target: GObject.Object,
                context: GLib.MainContext | null,
                phase: Phase,
                func: () => void,
            ): void;
            /** Runs what is left and has `at_exit`, newest first. A program calls it at its end. */
            static run_at_exit(): void;

            /** Runs it now, and throws what the function throws. Whether this call did, and it was
             * not too late. */
            run(): boolean;
            /** It never runs. Whether this call made it so, and it was not too late. */
            detach(): boolean;
            /** The target, or null when it is too late. */
            peek(): GObject.Object | null;
            is_alive(): boolean;
            get_at_exit(): boolean;
            set_at_exit(at_exit: boolean): void;
        }

        namespace Tie {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::alive': (pspec: GObject.ParamSpec) => void;
                'notify::at-exit': (pspec: GObject.ParamSpec) => void;
            }
        }

        /** Several objects, and a function that runs once, when the first of them dies. */
        class Tie extends GObject.Object {
            static $gtype: GObject.GType<Tie>;

            $signals: Tie.SignalSignatures;

            connect<S extends keyof Tie.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Tie.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Tie.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Tie.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Tie.SignalSignatures>(
                signal: S,
                ...args: Parameters<Tie.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** Whether the function has still to run. */
            get alive(): boolean;
            /** Whether run_at_exit() runs it. */
            get at_exit(): boolean;
            set at_exit(value: boolean);
            get atExit(): boolean;
            set atExit(value: boolean);

            /**
             * @param func is called once, after the first death, from the main context that is the
             *   thread-default one now. There is no need to keep the tie for that. The function
             *   must not refer to the objects: it gets those that are alive by dup_survivors().
             */
            constructor(objects: Iterable<GObject.Object>, func: (tie: Tie) => void);

            _init(...args: any[]): any;

            static ['new'](objects: Iterable<GObject.Object>, func: (tie: Tie) => void): Tie;
            static new_full(
                objects: GObject.Object[],
                context: GLib.MainContext | null,
                phase: Phase,
                func: (tie: Tie) => void,
            ): Tie;

            /** Runs it now. Whether this call did, and it was not too late. */
            break(): boolean;
            /** It never runs. Whether this call made it so, and it was not too late. */
            detach(): boolean;
            /** Those of the objects that are alive. */
            dup_survivors(): GObject.Object[];
            is_alive(): boolean;
            get_at_exit(): boolean;
            set_at_exit(at_exit: boolean): void;
        }

        /** What connect() gives. It holds neither the instance nor the handler. */
        class Connection {
            private constructor();

            /** Whether the handler is still connected. */
            get connected(): boolean;
            /** Whether this call disconnected it. */
            disconnect(): boolean;
            get [Symbol.toStringTag](): string;
        }

        /** The arguments of a signal of `I`, without the instance. */
        type SignalArguments<I, S> = I extends { $signals: infer Signals }
            ? S extends keyof Signals
                ? Signals[S] extends (...args: infer Args) => any
                    ? Args
                    : any[]
                : any[]
            : any[];

        /**
         * Connects a handler that is given `objects`, after the arguments of the signal, and is
         * disconnected when one of them dies. It keeps the objects only during a call. What it
         * refers to is kept as by a handler of `instance.connect()`: not by itself.
         */
        function connect<
            I extends GObject.Object & { $signals: any },
            S extends keyof I['$signals'] & string,
            O extends GObject.Object[],
        >(
            instance: I,
            signal: S,
            handler: (instance: I, ...args: [...SignalArguments<I, S>, ...O]) => any,
            ...objects: O
        ): Connection;
        function connect<I extends GObject.Object>(
            instance: I,
            signal: string,
            handler: (instance: I, ...args: any[]) => any,
            ...objects: GObject.Object[]
        ): Connection;
        /** The function of C. What the handler refers to is kept until it is disconnected. */
        function signal_connect(
            instance: GObject.Object,
            detailed_signal: string,
            closure: (...args: any[]) => any,
            flags: GObject.ConnectFlags,
            objects: GObject.Object[],
        ): number;
        /** A cancellable that is cancelled when the object dies. */
        function cancellable_new(object: GObject.Object): Gio.Cancellable;
        function cancellableFor(object: GObject.Object): Gio.Cancellable;
        /** A cancellable that is cancelled when the first of the objects dies. */
        function cancellable_new_any(objects: GObject.Object[]): Gio.Cancellable;
        /** Waits for the object to die. */
        function wait_async(
            object: GObject.Object,
            cancellable: Gio.Cancellable | null,
            callback: ((source: null, result: Gio.AsyncResult) => void) | null,
        ): void;
        function wait_finish(result: Gio.AsyncResult): boolean;
        /** The number of the object's life, by which lookup_id() finds it. */
        function get_id(object: GObject.Object): number;
        function lookup_id(id: number): GObject.Object | null;

        namespace ValueTable {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::key-type': (pspec: GObject.ParamSpec) => void;
            }

            interface ConstructorProps extends GObject.Object.ConstructorProps {
                key_type: TypeLike;
            }
        }

        /** The right, and the duty, to make the object of one key: see `ValueTable.reserve()`. */
        class Reservation extends GObject.Object {
            static $gtype: GObject.GType<Reservation>;

            private constructor();

            commit(object: GObject.Object): boolean;
            fail(error: GLib.Error): boolean;
            abandon(): boolean;
        }

        /** A Map whose entries go when their values, which are objects, die. An iteration, as that
         * of all collections here, comes by what was there at its start and still is at its turn,
         * and holds it until then. A table has no order, a Set that in
         * which its members were added. */
        class ValueTable<K extends Key = Key, V extends GObject.Object = GObject.Object>
            extends GObject.Object {
            static $gtype: GObject.GType<ValueTable>;

            $signals: ValueTable.SignalSignatures;

            connect<S extends keyof ValueTable.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, ValueTable.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof ValueTable.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, ValueTable.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof ValueTable.SignalSignatures>(
                signal: S,
                ...args: Parameters<ValueTable.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            get key_type(): GObject.GType;
            get keyType(): GObject.GType;
            get size(): number;

            /** @param keyType the type of the keys; without it they may be of any. */
            constructor(keyType: KeyTypeOf<K>, entries?: Iterable<readonly [K, V]> | null);
            constructor(
                keyType?: TypeLike | Partial<ValueTable.ConstructorProps> | null,
                entries?: Iterable<readonly [K, V]> | null,
            );
            constructor(entries: Iterable<readonly [K, V]>);

            _init(...args: any[]): any;

            static ['new'](key_type: GObject.GType): ValueTable;

            get(key: K): V | undefined;
            set(key: K, value: V): this;
            // Conflicts with GObject.Object.set.
            set(...args: never): any;
            has(key: K): boolean;
            delete(key: K): boolean;
            clear(): void;
            /** Gives the value of the key, and creates it if there is none. */
            ensure<W extends V>(key: K, create: (key: K) => W): W;
            /** As those of Map. */
            getOrInsert(key: K, value: V): V;
            getOrInsertComputed(key: K, create: (key: K) => V): V;
            /**
             * The same without waiting. However many ask for a key at the same time, `create` is
             * called once, and all get its object, or what it throws.
             *
             * @param create is given a cancellable that is cancelled when nobody waits any more. It
             *   belongs with whatever is asked for as part of the creation.
             * @param cancellable takes back this request, and no other: the promise is rejected
             *   with a `Gio.IOErrorEnum.CANCELLED`.
             */
            ensureAsync<W extends V>(
                key: K,
                create: (key: K, cancellable: Gio.Cancellable) => W | PromiseLike<W>,
                cancellable?: Gio.Cancellable | null,
            ): Promise<W>;
            /** The function of C: `create` returns its task, with `task.return_value()` or
             * `task.return_error()`, now or later; `callback` calls `ensure_finish()`. */
            ensure_async(
                key: K,
                io_priority: number,
                cancellable: Gio.Cancellable | null,
                create: (key: K, task: Gio.Task) => void,
                callback: (table: this, result: Gio.AsyncResult) => void,
            ): void;
            ensure_finish(result: Gio.AsyncResult): V;
            /** Puts `object` in the place of `expected`, if that is still there; null is nothing. */
            replace(key: K, expected: V | null, object: V | null): boolean;
            steal(key: K): V | null;
            /** The right to make the object of the key, or null and the object. */
            reserve(key: K): [Reservation | null, V | null];
            rekey(object: V, new_key: K): boolean;
            remove_object(object: V): boolean;
            lookup_key(object: V): [boolean, K | null];
            forEach(func: (value: V, key: K, table: this) => void, self?: any): void;
            keys(): IterableIterator<K>;
            values(): IterableIterator<V>;
            entries(): IterableIterator<[K, V]>;
            [Symbol.iterator](): IterableIterator<[K, V]>;

            lookup(key: K): V | null;
            insert(key: K, value: V): boolean;
            contains(key: K): boolean;
            remove(key: K): boolean;
            remove_all(): void;
            get_size(): number;
            get_key_type(): GObject.GType;
            dup_keys(): K[];
            dup_values(): V[];
            foreach(func: (key: K, value: V) => void): void;
        }

        namespace Cache {
            interface SignalSignatures extends ValueTable.SignalSignatures {
                'notify::evictions': (pspec: GObject.ParamSpec) => void;
                'notify::hits': (pspec: GObject.ParamSpec) => void;
                'notify::max-idle': (pspec: GObject.ParamSpec) => void;
                'notify::max-idle-seconds': (pspec: GObject.ParamSpec) => void;
                'notify::max-tracked': (pspec: GObject.ParamSpec) => void;
                'notify::memory-monitor': (pspec: GObject.ParamSpec) => void;
                'notify::misses': (pspec: GObject.ParamSpec) => void;
                'notify::n-idle': (pspec: GObject.ParamSpec) => void;
                'notify::n-in-use': (pspec: GObject.ParamSpec) => void;
            }

            interface ConstructorProps extends ValueTable.ConstructorProps {
                max_idle: number;
                max_idle_seconds: number;
                max_tracked: number;
                memory_monitor: Gio.MemoryMonitor | null;
            }
        }

        /** A ValueTable that keeps some of the objects that nobody uses. It can't see whether an
         * object of a JavaScript class, or with JavaScript properties or handlers, is in use: of
         * those it keeps the `max_idle` ones that were asked for last. */
        class Cache<K extends Key = Key, V extends GObject.Object = GObject.Object>
            extends ValueTable<K, V> {
            static $gtype: GObject.GType<Cache>;

            $signals: Cache.SignalSignatures;

            connect<S extends keyof Cache.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Cache.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Cache.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Cache.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Cache.SignalSignatures>(
                signal: S,
                ...args: Parameters<Cache.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** How many objects that nobody uses are kept. */
            get max_idle(): number;
            set max_idle(value: number);
            get maxIdle(): number;
            set maxIdle(value: number);
            /** For how long, in seconds, or 0. */
            get max_idle_seconds(): number;
            set max_idle_seconds(value: number);
            get maxIdleSeconds(): number;
            set maxIdleSeconds(value: number);
            get max_tracked(): number;
            set max_tracked(value: number);
            get maxTracked(): number;
            set maxTracked(value: number);
            /** Who says that memory runs low. */
            get memory_monitor(): Gio.MemoryMonitor | null;
            set memory_monitor(value: Gio.MemoryMonitor | null);
            get memoryMonitor(): Gio.MemoryMonitor | null;
            set memoryMonitor(value: Gio.MemoryMonitor | null);
            get n_idle(): number;
            get nIdle(): number;
            get n_in_use(): number;
            get nInUse(): number;
            /** How often an object was found; to iterate is not to look for it. */
            get hits(): number;
            get misses(): number;
            /** How many idle objects were put out. */
            get evictions(): number;

            /**
             * @param keyType the type of the keys; without it they may be of any.
             * @param maxIdle how many objects that nobody uses to keep; 64 without it.
             */
            constructor(
                keyType: KeyTypeOf<K>,
                maxIdle?: number,
                entries?: Iterable<readonly [K, V]> | null,
            );
            constructor(
                keyType?: TypeLike | null,
                maxIdle?: number,
                entries?: Iterable<readonly [K, V]> | null,
            );
            constructor(properties: Partial<Cache.ConstructorProps>);
            constructor(entries: Iterable<readonly [K, V]>);

            _init(...args: any[]): any;

            static ['new'](key_type: GObject.GType, max_idle: number): Cache;
            // Conflicts with ValueTable.new.
            static ['new'](...args: never): any;

            /** Lets at most `n` stay that nobody uses. */
            trim(n: number): void;

            get_max_idle(): number;
            set_max_idle(max_idle: number): void;
            get_max_idle_seconds(): number;
            set_max_idle_seconds(max_idle_seconds: number): void;
            get_max_tracked(): number;
            set_max_tracked(max_tracked: number): void;
            dup_memory_monitor(): Gio.MemoryMonitor | null;
            set_memory_monitor(memory_monitor: Gio.MemoryMonitor | null): void;
            get_n_idle(): number;
            get_n_in_use(): number;
            get_hits(): number;
            get_misses(): number;
            get_evictions(): number;
        }

        /** A WeakMap that can be counted and iterated, and whose entries go with the object, not
         * with what JavaScript has of it. A value may refer to its key: it does not keep it, unless
         * it is another GObject that does. */
        class KeyTable<K extends GObject.Object = GObject.Object, V = any> extends GObject.Object {
            static $gtype: GObject.GType<KeyTable>;

            get size(): number;

            constructor(entries?: Iterable<readonly [K, V]> | null);

            _init(...args: any[]): any;

            static ['new'](): KeyTable;

            get(key: K): V | undefined;
            set(key: K, value: V): this;
            // Conflicts with GObject.Object.set.
            set(...args: never): any;
            has(key: K): boolean;
            delete(key: K): boolean;
            clear(): void;
            /** As those of Map. */
            getOrInsert(key: K, value: V): V;
            getOrInsertComputed(key: K, create: (key: K) => V): V;
            forEach(func: (value: V, key: K, table: this) => void, self?: any): void;
            keys(): IterableIterator<K>;
            values(): IterableIterator<V>;
            entries(): IterableIterator<[K, V]>;
            [Symbol.iterator](): IterableIterator<[K, V]>;

            lookup(key: K): [boolean, V | undefined];
            dup_value(key: K): V | null;
            steal(key: K): [boolean, V | undefined];
            insert(key: K, value: V): boolean;
            contains(key: K): boolean;
            remove(key: K): boolean;
            remove_all(): void;
            get_size(): number;
            dup_keys(): K[];
            foreach(func: (key: K, value: V) => void): void;
        }

        namespace Set {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'items-changed': (position: number, removed: number, added: number) => void;
                'notify::item-type': (pspec: GObject.ParamSpec) => void;
                'notify::n-items': (pspec: GObject.ParamSpec) => void;
            }

            interface ConstructorProps extends GObject.Object.ConstructorProps {
                item_type: TypeLike;
            }
        }

        /** What the algebra of a Set takes: a Set of this library or of JavaScript, or the keys of
         * a Map or a KeyTable. */
        interface SetLike<T> {
            readonly size: number;
            has(item: T): boolean;
            keys(): Iterable<T>;
        }

        interface Set<T extends GObject.Object = GObject.Object> extends Gio.ListModel<T> {}

        /** A Set whose members leave when they die; a list model too. */
        class Set<T extends GObject.Object = GObject.Object> extends GObject.Object {
            static $gtype: GObject.GType<Set>;

            $signals: Set.SignalSignatures;

            connect<S extends keyof Set.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Set.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Set.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Set.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Set.SignalSignatures>(
                signal: S,
                ...args: Parameters<Set.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            get item_type(): GObject.GType;
            get itemType(): GObject.GType;
            get n_items(): number;
            get nItems(): number;
            get size(): number;

            constructor(itemType: ClassOf<T>, items?: Iterable<T> | null);
            constructor(
                itemType?: TypeLike | Partial<Set.ConstructorProps> | null,
                items?: Iterable<T> | null,
            );
            constructor(items: Iterable<T>);

            _init(...args: any[]): any;

            static ['new'](item_type: GObject.GType): Set;

            add(item: T): this;
            has(item: T): boolean;
            delete(item: T): boolean;
            clear(): void;
            forEach(func: (item: T, same: T, set: this) => void, self?: any): void;
            keys(): IterableIterator<T>;
            values(): IterableIterator<T>;
            entries(): IterableIterator<[T, T]>;
            [Symbol.iterator](): IterableIterator<T>;

            union<U extends GObject.Object>(other: SetLike<U>): Set<T | U>;
            intersection<U extends GObject.Object>(other: SetLike<U>): Set<T & U>;
            difference(other: SetLike<GObject.Object>): Set<T>;
            symmetricDifference<U extends GObject.Object>(other: SetLike<U>): Set<T | U>;
            symmetric_difference<U extends GObject.Object>(other: Set<U>): Set<T | U>;
            isSubsetOf(other: SetLike<GObject.Object>): boolean;
            is_subset(other: Set<any>): boolean;
            isSupersetOf(other: SetLike<GObject.Object>): boolean;
            is_superset(other: Set<any>): boolean;
            isDisjointFrom(other: SetLike<GObject.Object>): boolean;
            is_disjoint(other: Set<any>): boolean;
            equal(other: SetLike<GObject.Object>): boolean;

            contains(item: T): boolean;
            remove(item: T): boolean;
            remove_all(): void;
            get_size(): number;
            dup_items(): T[];
            foreach(func: (item: T) => void): void;
            find(item: T): [boolean, number];
            insert(position: number, item: T): boolean;
            sort(compare: (a: T, b: T) => number): void;
            set_stand_in_func(func: ((type: GObject.GType) => GObject.Object) | null): void;
        }

        namespace Bond {
            interface SignalSignatures extends GObject.Object.SignalSignatures {
                'notify::alive': (pspec: GObject.ParamSpec) => void;
                'notify::owned': (pspec: GObject.ParamSpec) => void;
                'notify::owner': (pspec: GObject.ParamSpec) => void;
            }
        }

        /** Makes two objects live and die together: who holds one of them, keeps both. When nobody
         * does, in JavaScript or in C, both go at the next garbage collection. */
        class Bond<Owner extends GObject.Object = GObject.Object,
            Owned extends GObject.Object = GObject.Object> extends GObject.Object {
            static $gtype: GObject.GType<Bond>;

            $signals: Bond.SignalSignatures;

            connect<S extends keyof Bond.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Bond.SignalSignatures[S]>,
            ): number;
            connect_after<S extends keyof Bond.SignalSignatures>(
                signal: S,
                callback: GObject.SignalCallback<this, Bond.SignalSignatures[S]>,
            ): number;
            emit<S extends keyof Bond.SignalSignatures>(
                signal: S,
                ...args: Parameters<Bond.SignalSignatures[S]>
            ): void;
            // Conflicts with GObject.Object.emit of some declarations.
            emit(...args: never): any;

            /** Whether the bond holds. Notified once, from the main context that was the
             * thread-default one when the bond was made. */
            get alive(): boolean;
            /** The owner, or null when the bond has ended. */
            get owner(): Owner | null;
            /** What it owns, or null when the bond has ended. */
            get owned(): Owned | null;

            /** There is no need to keep the bond. Throws an Error.OWNED or an Error.CYCLE. */
            constructor(owner: Owner, owned: Owned);

            _init(...args: any[]): any;

            static ['new']<Owner extends GObject.Object, Owned extends GObject.Object>(
                owner: Owner,
                owned: Owned,
            ): Bond<Owner, Owned>;
            /** As in C: the library keeps the bond, which ends as soon as nobody has either
             * object, but never if one of them is of a JavaScript class, or has or had a JavaScript
             * property or handler. That is warned of. */
            static new_full<Owner extends GObject.Object, Owned extends GObject.Object>(
                owner: Owner,
                owned: Owned,
                context: GLib.MainContext | null,
            ): Bond<Owner, Owned>;
            /** For the constructor. */
            start_for_binding(
                owner: GObject.Object,
                owned: GObject.Object,
                context: GLib.MainContext | null,
                ended: (owner: GObject.Object | null, owned: GObject.Object | null) => void,
            ): boolean;
            static list_for_binding(object: GObject.Object): GObject.Object[];
            static take_over_for_binding(
                owner: GObject.Object,
                owned: GObject.Object,
                context: GLib.MainContext | null,
                ended: (owner: GObject.Object | null, owned: GObject.Object | null) => void,
            ): boolean;

            /** Ends the bond. Whether this call did. */
            break(): boolean;
            is_alive(): boolean;
            dup_owner(): Owner | null;
            dup_owned(): Owned | null;
        }

        /** A FinalizationRegistry that follows the objects, not what JavaScript has of them. */
        class Registry<T = any> {
            /** @param callback is called with what is held, once for each object that has died, from
             *   the main context that is the thread-default one at its registration. */
            constructor(callback: (held: T) => void);

            /**
             * @param held is given to the callback; it must not hold the target.
             * @param token an object to unregister by, which is not kept; it may be the target.
             */
            register(target: GObject.Object, held: T, token?: object): void;
            /** Whether there was one to forget. */
            unregister(token: object): boolean;
            get [Symbol.toStringTag](): string;
        }

        /** What can go wrong. A key of a wrong type is a TypeError instead. */
        class Error extends GLib.Error {
            static $gtype: GObject.GType<Error>;
            static quark(): GLib.Quark;

            static DEAD: number;
            static KEY_TYPE: number;
            static RECURSION: number;
            static CREATE: number;
            static OWNED: number;
            static CYCLE: number;
            static PROPERTY: number;
            static WOULD_BLOCK: number;

            constructor(options: { message: string; code: number });
        }

        function error_quark(): GLib.Quark;

        const MAJOR_VERSION: number;
        const MINOR_VERSION: number;
        const MICRO_VERSION: number;

        /** Stands for the target without keeping it. After the death every use of it throws a
         * ReferenceError, but to describe it, to await it, and `instanceof`, which is false. Only
         * JavaScript can use it: C takes one only as an argument of the classes here, and of a
         * function that is called through a proxy. */
        function proxy<T extends GObject.Object>(target: T): T;

        /** A Finalizer for those who don't keep it. */
        function finalize<A extends any[]>(
            target: GObject.Object,
            func: (...args: A) => void,
            ...args: A
        ): void;

        /** The number of the references to an object. */
        function count_refs(target: GObject.Object): number;
        /** The references to an object, newest first. */
        function list_refs<T extends GObject.Object>(target: T): Ref<T>[];

        /** What `radar_end_trial()` of C asks. */
        enum RadarVerdict {
            DIES,
            DIES_BEFORE,
            DIES_WITH,
        }

        function radar_start(): void;
        function radar_stop(): void;
        function radar_is_running(): boolean;
        function radar_expect_death(object: GObject.Object, description: string | null): void;
        function radar_track_type(type_name: string): void;
        function radar_add_root(object: GObject.Object): void;
        function radar_set_check_delay(seconds: number): void;
        function radar_check(): GLib.Variant;
        function radar_check_text(): string | null;
        function radar_inspect(object: GObject.Object): GLib.Variant;
        function radar_inspect_text(object: GObject.Object): string;
        function radar_mark(): void;
        function radar_dump(): GLib.Variant;
        function radar_dump_text(): string;
        function radar_dup_targets(type: GObject.GType): GObject.Object[];

        /** What should be dead and is not, and who may hold it. The collector runs before each
         * verdict. */
        const radar: {
            start(): void;
            stop(): void;
            isRunning(): boolean;
            expectDeath(object: GObject.Object, description?: string | null): void;
            trackType(type: string | GObject.GType | {$gtype: GObject.GType}): void;
            addRoot(object: GObject.Object): void;
            setCheckDelay(seconds: number): void;
            check(): {[key: string]: any}[];
            checkText(): string | null;
            inspect(object: GObject.Object): {[key: string]: any};
            inspectText(object: GObject.Object): string;
            mark(): void;
            dump(): [string, number, number][];
            dumpText(): string;
            /** Throws if one of the objects lives when drop() has let them go. */
            assertDies(
                getObjects: () => GObject.Object | GObject.Object[], drop: () => void): void;
        };
    }

    export default Weakref;
}

declare module 'gi://Weakref' {
    import Weakref from 'gi://Weakref?version=1.0';
    export default Weakref;
}

interface GjsGiImports {
    Weakref: typeof import('gi://Weakref').default;
}
