// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineBond */

// C can keep two objects together as long as it sees who has a reference on them. It does not see
// that where Gjs has a toggle reference, which it has on every object with a property or a handler
// of JavaScript. So bonds are kept here: each wrapper holds the other, by a property, and thereby
// Gjs holds the wrapper as long as anybody has the object. The garbage collector sees through it.

const {GObject} = imports.gi;
const {define, requireObject} = imports.overrides._weakref.arguments;
const {getContext} = imports.overrides._weakref.delivery;

const initObject = GObject.Object.prototype._init;

// The properties of wrappers: the link to the owner, and a Map of those to what is owned, by id.
// There is one object for both ends, so that who has one of them can end it for both.
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
    // Its owner may be another one by now.
    if (link.owned[OWNER_LINK] === link)
        delete link.owned[OWNER_LINK];
    link.owner = link.owned = null;
}

// A function that is told of the end of a bond. It must not hold the objects.
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

    // Bonds that C keeps: made there, or by another language.
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

            // First the bond, which may not come about, and then the link: with the lock of
            // JavaScript in hand nothing comes between.
            const bond = initObject.call(this) ?? this;
            start.call(bond, owner, owned, context, makeEnd(lastId + 1));
            keep(owner, owned);
            return bond;
        },

        // Not only when the main context runs.
        break() {
            const link = this.dup_owned()?.[OWNER_LINK];
            const broken = breakBond.call(this);
            if (broken)
                release(link);
            return broken;
        },
    });
}
