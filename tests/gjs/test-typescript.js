// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import GLib from 'gi://GLib';
import System from 'system';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, run, spawn, test} from './tap.js';

const here = GLib.path_get_dirname(System.programPath);
const declarations = GLib.build_filenamev(
    [here, '..', '..', 'introspection', 'gjs', 'overrides', 'Weakref.d.ts']);

// Fails soon without a network.
const environment = {
    npm_config_fetch_retries: '0',
    npm_config_fetch_timeout: '20000',
    npm_config_update_notifier: 'false',
};

function findCompiler() {
    for (const command of [['tsc'], ['npx', '--yes', '--package=typescript@5', 'tsc']]) {
        if (GLib.find_program_in_path(command[0]) &&
            /^Version/.test(spawn([...command, '--version'], environment).stdout))
            return command;
    }
    return null;
}

test('the declarations compile, and tell right from wrong', () => {
    const compiler = findCompiler();
    if (!compiler)
        return 'there is neither tsc nor an npx that gets it';
    const {status, stdout} = spawn(
        [...compiler, '--project', GLib.build_filenamev([here, 'typescript'])], environment);
    assertEqual(stdout, '');
    assertEqual(status, 0);
    return undefined;
});

// What is declared at the depth of a class's members, or of the namespace.
test('what is declared is there', () => {
    const [, bytes] = GLib.file_get_contents(declarations);
    const seen = new Set();
    let owner = null;
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
        const [, klass] = line.match(/^ {8}(?:class|enum) (\w+)/) ?? [];
        if (klass)
            owner = Weakref[klass];
        else if (/^ {8}}/.test(line))
            owner = null;

        const [, func] = line.match(/^ {8}function (\w+)/) ?? [];
        if (func) {
            assertEqual(typeof Weakref[func], 'function');
            seen.add(func);
        }

        const [, isStatic, name] =
            line.match(/^ {12}(static )?(?:get |set )?(?:\[')?(\w+)(?:'\])?(?:<.*>)?[(:,]/) ?? [];
        if (owner && name && name !== '_init') {
            const where = isStatic || !owner.prototype ? owner : owner.prototype;
            assert(name in where, `${klass ?? owner.name}.${name}`);
            seen.add(name);
        }
    }
    ['deref', 'FINALIZE', 'new', 'new_full', 'ensure', 'size', 'RECURSION', 'isSubsetOf', 'proxy']
        .forEach(name => assert(seen.has(name), name));
});

run();
