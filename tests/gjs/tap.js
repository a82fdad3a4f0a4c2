// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A test file adds its tests, and ends with `run()`.

import System from 'system';

const tests = [];

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

export function run() {
    let failed = 0;
    print(`1..${tests.length}`);
    tests.forEach(({name, func}, i) => {
        try {
            const skip = func();
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
