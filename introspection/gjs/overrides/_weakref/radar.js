// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The radar has the functions of C, and runs the garbage collector before each verdict.

/* exported defineRadar */

const {GLib} = imports.gi;
const System = imports.system;

const MAX_ITERATIONS = 10000; // a source that is always ready must not keep a test for ever

function collect() {
    System.gc();
    const context = GLib.MainContext.default();
    for (let i = 0; i < MAX_ITERATIONS && context.iteration(false); i++)
        ;
    System.gc();
}

function defineRadar(Weakref) {
    const requireDead = refs => {
        collect();
        for (const ref of refs) {
            const survivor = ref.deref();
            if (survivor !== undefined) {
                throw new Error(`should have died, and is alive: ${
                    Weakref.radar_inspect_text(survivor)}`);
            }
        }
    };

    Weakref.radar = {
        start: Weakref.radar_start,
        stop: Weakref.radar_stop,
        isRunning: Weakref.radar_is_running,
        addRoot: Weakref.radar_add_root,
        setCheckDelay: Weakref.radar_set_check_delay,
        mark: Weakref.radar_mark,
        inspectText: Weakref.radar_inspect_text,
        dumpText: Weakref.radar_dump_text,

        expectDeath(object, description = null) {
            Weakref.radar_expect_death(object, description);
        },

        trackType(type) {
            Weakref.radar_track_type(typeof type === 'string' ? type : (type.$gtype ?? type).name);
        },

        check() {
            collect();
            return Weakref.radar_check().recursiveUnpack();
        },

        checkText() {
            collect();
            return Weakref.radar_check_text();
        },

        inspect(object) {
            return Weakref.radar_inspect(object).recursiveUnpack();
        },

        dump() {
            return Weakref.radar_dump().deepUnpack();
        },

        // The objects come from a function, so that nothing here holds them. drop() lets them go.
        assertDies(getObjects, drop) {
            const refs = (() => [getObjects()].flat().map(object => new Weakref.Ref(object)))();
            drop();
            requireDead(refs);
        },
    };
}
