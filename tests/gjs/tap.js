// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A test file adds its tests, and ends with `run()`. What a test gives to `track()` must be
// finalized when it is over. A test may be run several times.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

const tests = [];
const children = {};
let tracked = 0;

export function test(name, func) {
    tests.push({name, func});
}

export function assert(condition, message = 'assertion failed') {
    if (!condition)
        throw new Error(message);
}

export function assertEqual(got, expected) {
    if (!Object.is(got, expected))
        throw new Error(`got ${got}, expected ${expected}`);
}

// Compares arrays by their JSON.
export function assertArray(got, expected) {
    assertEqual(JSON.stringify(got), JSON.stringify(expected));
}

export function assertThrows(func, pattern) {
    try {
        func();
    } catch (e) {
        if (!pattern.test(`${e}`))
            throw new Error(`threw ${e}, expected ${pattern}`);
        return;
    }
    throw new Error(`did not throw, expected ${pattern}`);
}

// Runs everything that is due in the default main context.
export function iterate() {
    const context = GLib.MainContext.default();
    while (context.pending())
        context.iteration(false);
}

// Collects the garbage. What goes through a main context or a toggle reference takes a second
// round.
export function collect() {
    for (let i = 0; i < 3; i++) {
        System.gc();
        iterate();
    }
}

export function track(object) {
    tracked++;
    Weakref.Finalizer.new_full(object, GLib.MainContext.default(), Weakref.Phase.FINALIZE,
        () => tracked--);
    return object;
}

export const Thing = GObject.registerClass({
    GTypeName: 'WeakrefTestThing',
    Properties: {
        name: GObject.ParamSpec.string('name', '', '', GObject.ParamFlags.READWRITE, ''),
    },
    Signals: {
        poked: {param_types: [GObject.TYPE_INT], return_type: GObject.TYPE_STRING},
    },
}, class Thing extends GObject.Object {
    greet(greeting) {
        return `${greeting} ${this.name}`;
    }
});

// Makes a tracked object whose wrapper lasts as long as the object.
export function thing(name) {
    return track(new Thing({name}));
}

// Makes a tracked object of C, whose wrapper comes and goes.
export function plain() {
    return track(new GObject.Object());
}

// Adds a function that `runChild (name)` runs in a process of its own.
export function child(name, func) {
    children[name] = func;
}

export function spawn(argv, environment = {}, directory = null) {
    const launcher = new Gio.SubprocessLauncher({
        flags: Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE,
    });
    Object.entries(environment).forEach(([name, value]) => launcher.setenv(name, value, true));
    if (directory)
        launcher.set_cwd(directory);
    const process = launcher.spawnv(argv);
    const [, stdout, stderr] = process.communicate_utf8(null, null);
    const status = process.get_if_exited() ? process.get_exit_status() : -process.get_term_sig();
    return {status, stdout, stderr};
}

export function gjs(args, environment) {
    return spawn([GLib.file_read_link('/proc/self/exe'), ...args], environment);
}

export function runChild(name, environment) {
    return gjs(['-m', System.programPath, name], environment);
}

export function assertQuiet({status, stdout, stderr}, expected = '') {
    assertEqual(stderr, '');
    assertEqual(status, 0);
    assertEqual(stdout, expected);
}

// The engine's inline caches may keep the first closure that was called from some place, with all
// that it refers to. This does not happen again when the test is repeated, but a leak does.
function runTest(func) {
    tracked = 0;
    let left = 0;
    for (let i = 0; i < 5; i++) {
        const skip = func();
        collect();
        if (tracked === left)
            return skip;
        left = tracked;
    }
    throw new Error(`${left} objects were not finalized`);
}

export function run() {
    if (ARGV.length > 0) {
        children[ARGV[0]]();
        return;
    }

    let failed = 0;
    print(`1..${tests.length}`);
    tests.forEach(({name, func}, i) => {
        try {
            const skip = runTest(func);
            print(`ok ${i + 1} ${name}${typeof skip === 'string' ? ` # SKIP ${skip}` : ''}`);
        } catch (e) {
            failed++;
            `${e}\n${e.stack}`.split('\n').forEach(line => print(`# ${line}`));
            print(`not ok ${i + 1} ${name}`);
        }
    });
    if (failed > 0)
        System.exit(1);
}
