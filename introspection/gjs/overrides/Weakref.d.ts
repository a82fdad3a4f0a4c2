// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// TypeScript declarations of Weakref.js and the classes under it, for use with those of the @girs
// packages (or any others that declare `gi://GLib`, `gi://GObject` and `gi://Gio`):
//
//     /// <reference path="/usr/share/gjs-1.0/overrides/Weakref.d.ts" />
//     import Weakref from 'gi://Weakref';

declare module 'gi://Weakref?version=1.0' {
    import type GLib from 'gi://GLib?version=2.0';
    import type GObject from 'gi://GObject?version=2.0';
    import type Gio from 'gi://Gio?version=2.0';

    namespace Weakref {
        /** A GType, or a class that has one: `String`, `GObject.TYPE_INT`, `Gio.File`. */
        type TypeLike = GObject.GType<any> | { $gtype: GObject.GType<any> } | Function;

        /** What can be a key of a ValueTable. Numbers and objects compare as in a Map, the others
         * by content. */
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

            /** The target, or undefined when it is dead. */
            deref(): T | undefined;
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

        /** Which end of an object's life a finalizer waits for. */
        enum Phase {
            DISPOSE,
            FINALIZE,
        }

        /** A function that runs once when an object dies. */
        class Finalizer extends GObject.Object {
            static $gtype: GObject.GType<Finalizer>;

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
            constructor(target: GObject.Object, func: (...args: any[]) => void, ...args: any[]);

            _init(...args: any[]): any;

            static new_full(
                target: GObject.Object,
                context: GLib.MainContext | null,
                phase: Phase,
                func: () => void,
            ): Finalizer;
            /** Runs what is left and has `at_exit`, newest first. A program calls it at its end. */
            static run_at_exit(): void;

            /** Runs it now. Whether this call did, and it was not too late. */
            run(): boolean;
            /** It never runs. Whether this call made it so, and it was not too late. */
            detach(): boolean;
            /** The target, or null when it is too late. */
            peek(): GObject.Object | null;
            is_alive(): boolean;
            get_at_exit(): boolean;
            set_at_exit(at_exit: boolean): void;
        }

        namespace ValueTable {
            interface ConstructorProps extends GObject.Object.ConstructorProps {
                key_type: TypeLike;
            }
        }

        /** A Map whose entries go when their values, which are objects, die. */
        class ValueTable<K extends Key = Key, V extends GObject.Object = GObject.Object>
            extends GObject.Object {
            static $gtype: GObject.GType<ValueTable>;

            get key_type(): GObject.GType;
            get keyType(): GObject.GType;
            get size(): number;

            /** @param keyType the type of the keys; without it they may be of any. */
            constructor(keyType?: TypeLike | Partial<ValueTable.ConstructorProps> | null);

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
            ensure(key: K, create: (key: K) => V): V;
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
            dup_values(): V[];
            foreach(func: (key: K, value: V) => void): void;
        }

        /** A WeakMap that can be counted and iterated, and whose entries go with the object, not
         * with what JavaScript has of it. A value that holds its key keeps both. */
        class KeyTable<K extends GObject.Object = GObject.Object, V = any> extends GObject.Object {
            static $gtype: GObject.GType<KeyTable>;

            get size(): number;

            constructor();

            _init(...args: any[]): any;

            static ['new'](): KeyTable;

            get(key: K): V | undefined;
            set(key: K, value: V): this;
            // Conflicts with GObject.Object.set.
            set(...args: never): any;
            has(key: K): boolean;
            delete(key: K): boolean;
            clear(): void;
            forEach(func: (value: V, key: K, table: this) => void, self?: any): void;
            keys(): IterableIterator<K>;
            values(): IterableIterator<V>;
            entries(): IterableIterator<[K, V]>;
            [Symbol.iterator](): IterableIterator<[K, V]>;

            lookup(key: K): [boolean, V | undefined];
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
            interface ConstructorProps extends GObject.Object.ConstructorProps {
                item_type: TypeLike;
            }
        }

        interface Set<T extends GObject.Object = GObject.Object> extends Gio.ListModel<T> {}

        /** A Set whose members leave when they die; a list model too. */
        class Set<T extends GObject.Object = GObject.Object> extends GObject.Object {
            static $gtype: GObject.GType<Set>;

            get item_type(): GObject.GType;
            get itemType(): GObject.GType;
            get n_items(): number;
            get nItems(): number;
            get size(): number;

            constructor(itemType?: TypeLike | Partial<Set.ConstructorProps> | null);

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

            union(other: Set<T>): Set<T>;
            intersection(other: Set<T>): Set<T>;
            difference(other: Set<T>): Set<T>;
            symmetricDifference(other: Set<T>): Set<T>;
            symmetric_difference(other: Set<T>): Set<T>;
            isSubsetOf(other: Set<T>): boolean;
            is_subset(other: Set<T>): boolean;
            isSupersetOf(other: Set<T>): boolean;
            is_superset(other: Set<T>): boolean;
            isDisjointFrom(other: Set<T>): boolean;
            is_disjoint(other: Set<T>): boolean;
            equal(other: Set<T>): boolean;

            contains(item: T): boolean;
            remove(item: T): boolean;
            remove_all(): void;
            get_size(): number;
            dup_items(): T[];
            foreach(func: (item: T) => void): void;
        }

        /** What can go wrong. A key of a wrong type is a TypeError instead. */
        class Error extends GLib.Error {
            static $gtype: GObject.GType<Error>;

            static DEAD: number;
            static KEY_TYPE: number;
            static RECURSION: number;
            static CREATE: number;
            static OWNED: number;
            static CYCLE: number;
            static PROPERTY: number;

            constructor(options: { message: string; code: number });
        }

        /** Stands for the target without keeping it. After the death every use of it throws a
         * ReferenceError. Only JavaScript can use it, not C: not as an argument, and `instanceof`
         * knows the target's classes but not interfaces. */
        function proxy<T extends GObject.Object>(target: T): T;

        /** A Finalizer for those who don't keep it. */
        function finalize(
            target: GObject.Object,
            func: (...args: any[]) => void,
            ...args: any[]
        ): void;

        /** The number of the references to an object. */
        function count_refs(target: GObject.Object): number;
        /** The references to an object, newest first. */
        function list_refs<T extends GObject.Object>(target: T): Ref<T>[];
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
