// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// As much of the declarations of the @girs packages as Weakref.d.ts and the sample need.

declare module 'gi://GLib?version=2.0' {
    namespace GLib {
        type Quark = number;

        class MainContext {
            static default(): MainContext;
        }

        class Bytes {
            constructor(data: Uint8Array);
            get_size(): number;
        }

        class Variant {
            constructor(type: string, value: any);
            unpack(): any;
        }

        class Error {
            message: string;
            code: number;
            matches(domain: any, code: number): boolean;
        }
    }

    export default GLib;
}

declare module 'gi://GObject?version=2.0' {
    namespace GObject {
        type GType<T = unknown> = { __type__(arg: never): T; name: string };

        namespace Object {
            interface SignalSignatures {
                notify: (pspec: ParamSpec) => void;
            }

            interface ConstructorProps {}
        }

        type SignalCallback<Emitter, Fn> = Fn extends (...args: infer P) => infer R
            ? (source: Emitter, ...args: P) => R
            : never;

        class ParamSpec {
            get_name(): string;
        }

        class Value {
            init(type: GType): Value;
        }

        class Object {
            static $gtype: GType<Object>;

            $signals: Object.SignalSignatures;

            _init(...args: any[]): void;
            connect<K extends keyof Object.SignalSignatures>(
                signal: K,
                callback: SignalCallback<this, Object.SignalSignatures[K]>,
            ): number;
            connect(signal: string, callback: (...args: any[]) => any): number;
            connect_after<K extends keyof Object.SignalSignatures>(
                signal: K,
                callback: SignalCallback<this, Object.SignalSignatures[K]>,
            ): number;
            connect_after(signal: string, callback: (...args: any[]) => any): number;
            set(properties: { [key: string]: any }): void;
        }

        const TYPE_INT: GType<number>;

        enum ConnectFlags {
            DEFAULT,
            AFTER,
        }
    }

    export default GObject;
}

declare module 'gi://Gio?version=2.0' {
    import type GObject from 'gi://GObject?version=2.0';

    namespace Gio {
        interface ListModel<A extends GObject.Object = GObject.Object> extends GObject.Object {
            get_item_type(): GObject.GType;
            get_n_items(): number;
            get_item(position: number): A | null;
        }

        interface AsyncResult extends GObject.Object {}

        class Cancellable extends GObject.Object {}

        interface MemoryMonitor extends GObject.Object {}

        interface Task extends AsyncResult {}

        class SimpleAction extends GObject.Object {
            static $gtype: GObject.GType<SimpleAction>;

            constructor(properties?: { name: string });

            get name(): string;
        }
    }

    export default Gio;
}

declare module 'gi://GLib' {
    import GLib from 'gi://GLib?version=2.0';
    export default GLib;
}

declare module 'gi://GObject' {
    import GObject from 'gi://GObject?version=2.0';
    export default GObject;
}

declare module 'gi://Gio' {
    import Gio from 'gi://Gio?version=2.0';
    export default Gio;
}

declare const imports: { gi: GjsGiImports };
declare function print(...args: any[]): void;
