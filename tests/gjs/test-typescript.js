// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, run, spawn, test} from './tap.js';

const here = GLib.path_get_dirname(System.programPath);
const declarations = GLib.build_filenamev(
    [here, '..', '..', 'introspection', 'gjs', 'overrides', 'Weakref.d.ts']);

// npm fails soon without a network.
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

// Returns { class: { static: names, own: names } }, where the class '' is the namespace. It reads
// the depth of indentation.
function readDeclarations() {
    const [, bytes] = GLib.file_get_contents(declarations);
    const found = {'': {static: [], own: []}};
    let owner = null;
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
        const [, kind, name] = line.match(/^ {8}(class|enum|function|const) (\w+)/) ?? [];
        if (name) {
            found[''].static.push(name);
            owner = {static: [], own: []};
            if (kind === 'class' || kind === 'enum')
                found[name] = owner;
        } else if (/^ {8}(?:interface|namespace|type|})/.test(line)) {
            owner = null;
        }

        const [, isStatic, member] =
            line.match(/^ {12}(static )?(?:get |set )?(?:\[')?(\w+)(?:'\])?(?:<.*)?[(:,]/) ?? [];
        if (owner && member)
            owner[isStatic || line.endsWith(',') ? 'static' : 'own'].push(member);
    }
    return found;
}

// All classes or their parents have these.
const COMMON = ['_init', 'constructor', 'length', 'name', 'prototype', '$gtype'];
const INHERITED = {
    Error: ['code', 'domain', 'message', 'toString', 'valueOf'],
    Set: Object.getOwnPropertyNames(Gio.ListModel.prototype),
};

test('what is declared is there', () => {
    for (const [name, {static: statics, own}] of Object.entries(readDeclarations())) {
        const klass = name === '' ? Weakref : Weakref[name];
        for (const member of statics)
            assert(member in klass, `${name}.${member}`);
        for (const member of own)
            assert(member in klass.prototype, `${name}.prototype.${member}`);
    }
});

test('what is there is declared', () => {
    const found = readDeclarations();
    const check = (object, declared, name) => {
        const names = Object.getOwnPropertyNames(object).filter(
            member => ![...COMMON, ...INHERITED[name] ?? []].includes(member));
        for (const member of names) {
            // The others are other spellings, and the structs of classes.
            if (!/-|^[a-z]+Type$|Class$/.test(member))
                assert(declared.includes(member), `${name}.${member}`);
        }
        return names.length;
    };

    check(Weakref, found[''].static, '');
    const counts = [
        'Bond', 'Cache', 'Connection', 'Error', 'Finalizer', 'KeyTable', 'Phase', 'Proxy', 'Ref',
        'Registry', 'Reservation', 'Set', 'Tie', 'ValueTable',
    ].map(name => {
        const {static: statics, own} = found[name];
        return check(Weakref[name], statics, name) +
            (Weakref[name].prototype ? check(Weakref[name].prototype, own, name) : 0);
    });
    assert(counts.every(n => n > 1), counts);
});

run();
