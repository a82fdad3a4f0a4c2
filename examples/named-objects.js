// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A cache of named objects, like named-objects.c: once weak, once strong.

import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

const NamedObject = GObject.registerClass(class NamedObject extends GObject.Object {
    constructor(name) {
        super();
        this.name = name;
        print(`  made ${name}`);
    }
});

function demonstrate(title, cache) {
    function get(name) {
        let found = cache.get(name);
        if (found === undefined) {
            found = new NamedObject(name);
            cache.set(name, found);
        }
        return found;
    }

    print(`${title}:`);

    let a = get('apple');
    let b = get('pear');
    let c = get('apple');
    print(`  a is c: ${a === c ? 'yes' : 'no'}`);
    print(`  all in use: ${cache.size} in the cache`);

    // JavaScript drops an object when it collects garbage.
    b = null;
    System.gc();
    print(`  b dropped: ${cache.size} in the cache`);

    a = c = null;
    System.gc();
    print(`  all dropped: ${cache.size} in the cache`);
}

demonstrate('A weak table', new Weakref.ValueTable());
demonstrate('A strong table', new Map());
