// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Attached metadata, like metadata.c.

import Gio from 'gi://Gio';
import System from 'system';
import Weakref from 'gi://Weakref';

const stars = new Weakref.KeyTable();

function printAll(title) {
    print(`${title}: ${stars.size}`);
    stars.forEach((value, file) => print(`  ${file.get_basename()}: ${value}`));
}

let song = Gio.File.new_for_path('/music/song');
let draft = Gio.File.new_for_path('/music/draft');

stars.set(song, '****');
stars.set(draft, '*');
print(`the draft has ${stars.get(draft)}`);

// JavaScript drops an object when it collects garbage.
draft = null;
System.gc();
printAll('the draft was dropped');

stars.set(song, '*****');
printAll('the song was heard again');

song = null;
System.gc();
printAll('the song was dropped');
