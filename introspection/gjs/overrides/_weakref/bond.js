// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineBond */

// C can keep two objects together if it sees who has a reference on them. It does not see this
// where GJS has a toggle reference, and GJS has one on every object with a property or a handler of
// JavaScript. So this file keeps the bonds in the heap of JavaScript. Each wrapper has a property
// that holds the other wrapper. Because of that property, GJS holds the wrapper as long as anybody
// has the object. The garbage collector follows these properties.

const {GObject} = imports.gi;
const {define, requireObject} = imports.overrides._weakref.arguments;
const {getContext} = imports.overrides._weakref.delivery;

const initObject = GObject.Object.prototype._init;

// These are the properties of wrappers: the link to the owner, and a Map of the links to what is
// owned, by id. Both ends have the same link, so that either of them can end it for both.
const OWNER_LINK = Symbol('bonded to an owner');
const OWNED_LINKS = Symbol('bonded to what is owned');

let lastId = 0;

function keep(owner, owned) {
    const link = {id: ++lastId, owner, owned};
    if (!owner[OWNED_LINKS])
        Object.defineProperty(owner, OWNED_LINKS, {value: new Map()});
    owner[OWNED_LINKS].set(link.id, link);
    Object.defineProperty(owned, OWNER_LINK, {value: link, configurable: true});
    return link.id;
}

function release(link) {
    if (!link?.owner)
        return;
    link.owner[OWNED_LINKS].delete(link.id);
    // The object may have another owner by now.
    if (link.owned[OWNER_LINK] === link)
        delete link.owned[OWNER_LINK];
    link.owner = link.owned = null;
}

// Makes the function that C tells of the end of a bond. It must not hold the objects.
function makeEnd(id) {
    return (owner, owned) => {
        const link = owned?.[OWNER_LINK];
        release(link?.id === id ? link : owner?.[OWNED_LINKS].get(id));
    };
}

function defineBond(Weakref) {
    const {Bond} = Weakref;
    const {break: breakBond, start_for_binding: start} = Bond.prototype;
    const {list_for_binding: list, take_over_for_binding: takeOver} = Bond;

    // Takes over the bonds that C keeps. They were made in C, or by another language.
    function takeOverAll(object, context) {
        const objects = list(object);
        for (let i = 0; i < objects.length; i += 2) {
            const [owner, owned] = objects.slice(i, i + 2);
            if (!takeOver(owner, owned, context, makeEnd(keep(owner, owned))))
                release(owned[OWNER_LINK]);
        }
    }

    define(Bond.prototype, {
        _init(owner, owned) {
            owner = requireObject(owner, 'The owner of a Weakref.Bond');
            owned = requireObject(owned, 'What a Weakref.Bond makes owned');
            const context = getContext();
            takeOverAll(owner, context);
            takeOverAll(owned, context);

            // The bond comes first, because it can fail, and then the link. JavaScript runs in one
            // thread, so that nothing comes between the two.
            const bond = initObject.call(this) ?? this;
            start.call(bond, owner, owned, context, makeEnd(lastId + 1));
            keep(owner, owned);
            return bond;
        },

        // The link ends at once, and not only when the main context runs.
        break() {
            const link = this.dup_owned()?.[OWNER_LINK];
            const broken = breakBond.call(this);
            if (broken)
                release(link);
            return broken;
        },
    });
}
