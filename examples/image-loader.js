// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Loads the pictures of a directory for the rows of a list, like image-loader.c:
//
//   gjs -m image-loader.js [DIRECTORY]

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

Gio._promisify(Gio.File.prototype, 'load_contents_async', 'load_contents_finish');

const AT_A_TIME = 8;

// A picture of one pixel, to have some where no directory is given.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+' +
    'M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const isCancelled = error => error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);

// The loader. A picture is a GBytesIcon here; with GTK, Gdk.Texture.new_from_bytes() makes one.
class Loader {
    #turns = [];
    #loads = new Set();

    constructor(size) {
        this.cache = new Weakref.Cache(Gio.File, size);
        this.startCounting();
    }

    startCounting() {
        Object.assign(this, {asked: 0, read: 0, most: 0, cancelled: 0, neverBegun: 0});
    }

    get running() {
        return this.#loads.size;
    }

    // The promise of a picture. However many ask for a file at the same time, it is read once.
    load(file, cancellable) {
        return this.cache.ensureAsync(file, (key, creating) => {
            this.asked++;
            return new Promise((resolve, reject) => {
                this.#turns.push({file: key, cancellable: creating, resolve, reject});
                this.#loadNext();
            });
        }, cancellable);
    }

    // Ends when nothing is being read any more.
    async drain() {
        while (this.running > 0)
            await Promise.all(this.#loads);
    }

    #loadNext() {
        while (this.running < AT_A_TIME && this.#turns.length > 0) {
            const turn = this.#turns.shift();
            if (turn.cancellable.is_cancelled()) {
                this.neverBegun++;
                turn.reject(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'Too late'));
                continue;
            }
            const load = this.#read(turn).then(() => {
                this.#loads.delete(load);
                this.#loadNext();
            });
            this.#loads.add(load);
            this.most = Math.max(this.most, this.running);
        }
    }

    async #read({file, cancellable, resolve, reject}) {
        try {
            const [contents] = await file.load_contents_async(cancellable);
            this.read++;
            resolve(Gio.BytesIcon.new(new GLib.Bytes(contents)));
        } catch (error) {
            if (isCancelled(error))
                this.cancelled++;
            reject(error);
        }
    }
}

// The rows: any GObject. The request of a row does not keep it.
const Row = GObject.registerClass(class Row extends GObject.Object {
    constructor(loader, path) {
        super();
        this.picture = null;
        this.request = Row.show(new Weakref.Ref(this),
            loader.load(Gio.File.new_for_path(path), Weakref.cancellableFor(this)));
    }

    static async show(ref, promise) {
        try {
            const picture = await promise;
            const row = ref.deref();
            if (row)
                row.picture = picture;
        } catch (error) {
            if (!isCancelled(error))
                printerr(error.message);
        }
    }
});

function makePictures() {
    const dir = GLib.Dir.make_tmp('image-loader-XXXXXX');
    for (let i = 0; i < 20; i++) {
        GLib.file_set_contents(GLib.build_filenamev([dir, `${String(i).padStart(2, '0')}.png`]),
            GLib.base64_decode(PNG));
    }
    return dir;
}

function findPictures(dir) {
    const paths = [];
    const files = Gio.File.new_for_path(dir).enumerate_children('standard::name',
        Gio.FileQueryInfoFlags.NONE, null);
    for (let info; (info = files.next_file(null));) {
        if (info.get_name().endsWith('.png'))
            paths.push(GLib.build_filenamev([dir, info.get_name()]));
    }
    if (paths.length < 12)
        throw new Error(`There are not 12 pictures in ${dir}`);
    return paths;
}

const dir = ARGV[0] ?? makePictures();
const paths = findPictures(dir);
const loader = new Loader(paths.length);

// A row for each path, and one more for each of the first four.
const makeRows = () => [...paths, ...paths.slice(0, 4)].map(path => new Row(loader, path));

async function countShown(rows) {
    await Promise.all(rows.map(row => row.request));
    await loader.drain();
    return rows.filter(row => row.picture).length;
}

let rows = makeRows();
print(`${rows.length} rows ask for ${paths.length} pictures: ${loader.asked} loads, ` +
    `${loader.running} of them begun`);

// Two whose pictures other rows want too, two that are being loaded, two that wait for it. A widget
// is disposed when it is destroyed; without that a row goes when garbage is collected.
const going = new Set([0, 1, 6, 7, paths.length - 2, paths.length - 1].map(i => rows[i]));
going.forEach(row => row.run_dispose());
rows = rows.filter(row => !going.has(row));
let shown = await countShown(rows);
print(`6 rows go, ${shown} show a picture: ${loader.read} files were read, ` +
    `at most ${loader.most} at a time`);
print(`${loader.cancelled} loads were cancelled, ` +
    `${loader.neverBegun} more before they had begun`);

loader.startCounting();
rows = makeRows();
shown = await countShown(rows);
print(`The rows are made anew, and ${shown} show a picture: ${loader.read} files were read, ` +
    `for ${loader.asked} loads`);

if (!ARGV[0]) {
    paths.forEach(path => GLib.unlink(path));
    GLib.rmdir(dir);
}
