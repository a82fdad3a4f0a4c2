// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests install the declarations with npm, in a project that they make in a directory for
// temporary files, and compile with them. Without npm or its registry they are skipped.

import GLib from 'gi://GLib';
import Gio from 'gi://Gio';
import System from 'system';

import {assert, assertEqual, run, spawn, test} from './tap.js';

// These versions were the newest ones when this was written. A change of others can't fail the
// tests.
const TYPESCRIPT = 'typescript@5.9.3';
const GIRS = '@girs/gjs@4.7.0';
const TS_FOR_GIR = '@ts-for-gir/cli@5.4.0';

const here = GLib.path_get_dirname(System.programPath);
const read = path => new TextDecoder().decode(GLib.file_get_contents(path)[1]);
const overrides = Gio.File.new_for_path(here)
    .resolve_relative_path('../../introspection/gjs/overrides').get_path();

// npm fails soon without a network.
const environment = {
    npm_config_fetch_retries: '0',
    npm_config_fetch_timeout: '20000',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
};

function remove(file) {
    const type = file.query_file_type(Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, null);
    if (type === Gio.FileType.DIRECTORY) {
        for (const info of file.enumerate_children('standard::name',
            Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, null))
            remove(file.get_child(info.get_name()));
    }
    file.delete(null);
}

class Project {
    constructor() {
        this.path = GLib.Dir.make_tmp('weakref-typescript-XXXXXX');
        this.write('package.json', '{"private": true}');
        this.write('sample.ts', read(GLib.build_filenamev([here, 'typescript', 'sample.ts'])));
    }

    write(name, text) {
        GLib.file_set_contents(GLib.build_filenamev([this.path, name]), text);
    }

    run(...argv) {
        return spawn(argv, environment, this.path);
    }

    // Returns whether npm has installed all packages.
    install(...packages) {
        return this.run('npm', 'install', ...packages).status === 0;
    }

    compile(types, files = []) {
        this.write('tsconfig.json', JSON.stringify({
            compilerOptions: {
                strict: true,
                noEmit: true,
                target: 'ES2022',
                module: 'ESNext',
                moduleResolution: 'bundler',
                lib: ['ES2022'],
                types,
            },
            files: [...files, 'sample.ts'],
        }));
        const {status, stdout} = this.run('npx', 'tsc', '--project', '.');
        assertEqual(stdout, '');
        assertEqual(status, 0);
    }
}

// Runs a function in a project with the compiler and more packages, if npm gets them.
function inProject(packages, func) {
    if (!GLib.find_program_in_path('npm'))
        return 'there is no npm';
    const project = new Project();
    try {
        if (!project.install(TYPESCRIPT, ...packages))
            return `npm does not get ${packages.join(', ') || TYPESCRIPT}`;
        return func(project);
    } finally {
        remove(Gio.File.new_for_path(project.path));
    }
}

test('the source tree can be installed, and the compiler finds the declarations', () =>
    inProject([], project => {
        // The package needs nothing from elsewhere.
        assert(project.install('--offline', '--legacy-peer-deps', overrides));
        project.write('gi.d.ts', read(GLib.build_filenamev([here, 'typescript', 'gi.d.ts'])));
        project.compile(['weakref-glib'], ['gi.d.ts']);
    }));

test('a package of it has the declarations in it', () =>
    inProject([], project => {
        const {stdout, status} = project.run('npm', 'pack', '--json', overrides);
        assertEqual(status, 0);
        const [{filename, files}] = JSON.parse(stdout);
        assertEqual(files.map(({path}) => path).sort().join(), 'Weakref.d.ts,package.json');
        assert(project.install('--offline', '--legacy-peer-deps', `./${filename}`));
        project.write('gi.d.ts', read(GLib.build_filenamev([here, 'typescript', 'gi.d.ts'])));
        project.compile(['weakref-glib'], ['gi.d.ts']);
    }));

test('they compile with the published declarations of others', () =>
    inProject([GIRS, overrides], project => {
        project.compile(['@girs/gjs', '@girs/gjs/dom', '@girs/gio-2.0', 'weakref-glib']);
    }));

test('they compile with declarations that are generated here', () =>
    inProject([TS_FOR_GIR, overrides], project => {
        const command = ['npx', 'ts-for-gir', 'generate', 'Gio-2.0', '--outdir', 'types',
            '--ignoreVersionConflicts', '--noComments'];
        if (project.run('npx', 'ts-for-gir', '--version').status !== 0)
            return 'ts-for-gir does not run with this version of Node';
        project.run(...command);
        if (!GLib.file_test(`${project.path}/types/gio-2.0.d.ts`, GLib.FileTest.EXISTS))
            return 'there is no Gio-2.0.gir';
        project.compile(['weakref-glib'], ['types/index.d.ts', 'types/gio-2.0.d.ts']);
        return undefined;
    }));

run();
