// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineSet */

const {compile} = imports.overrides._weakref.compile;

var {defineSet} = compile(() => {
    const {GObject} = imports.gi;
    const {
        define, describe, isIterable, isPlain, isType, nameProperties, requireFunction,
        requireObject, requireType, unwrapAlive,
    } = imports.overrides._weakref.arguments;
    const {defineSetCollection, defineTypeProperty, makeCheck} =
        imports.overrides._weakref.collection;

    const initObject = GObject.Object.prototype._init;

    const requireMember = value => requireObject(value, 'A member of a Weakref.Set');

    // What is no GObject, or is dead, is not in the set.
    function find(set, method, item) {
        item = unwrapAlive(item);
        return item instanceof GObject.Object && method.call(set, item);
    }

    function defineSet(Weakref) {
        // As those of Set, the methods take whatever has `size`, `has()` and `keys()`.
        function requireSet(other) {
            if (other instanceof Weakref.Set)
                return other;
            if (typeof other?.size !== 'number' || typeof other.has !== 'function' ||
                typeof other.keys !== 'function')
                throw new TypeError(`The other must be a set, not ${describe(other)}`);
            const set = new Weakref.Set();
            for (const item of other.keys())
                set.add(item);
            return set;
        }

        const state = {changes: 0};
        const check = makeCheck(Weakref.Set.prototype, state);
        const {
            add, contains, difference, dup_items: dupItems, equal, intersection,
            is_disjoint: isDisjointFrom, is_subset: isSubsetOf, is_superset: isSupersetOf, remove,
            symmetric_difference: symmetricDifference, union,
        } = Weakref.Set.prototype;

        defineSetCollection(Weakref.Set.prototype);
        defineTypeProperty(Weakref.Set.prototype, 'item_type', 'get_item_type');
        define(Weakref.Set.prototype, {
            _init(itemType, items) {
                if (isIterable(itemType) && !isType(itemType))
                    [itemType, items] = [undefined, itemType];
                let properties = {item_type: itemType};
                if (isPlain(itemType) && !isType(itemType))
                    properties = nameProperties(this.constructor, itemType);
                properties.item_type = requireType(properties.item_type ?? GObject.Object,
                    'The item type');
                if (!GObject.type_is_a(properties.item_type, GObject.TYPE_OBJECT))
                    throw new TypeError(`${properties.item_type.name} is no type of a GObject`);
                const set = initObject.call(this, properties) ?? this;

                if (items !== undefined && items !== null) {
                    if (!isIterable(items))
                        throw new TypeError(`The members must be iterable, not ${describe(items)}`);
                    for (const item of items)
                        set.add(item);
                }
                return set;
            },

            add(item) {
                item = requireMember(item);
                if (!GObject.type_is_a(item.constructor.$gtype, this.item_type)) {
                    throw new TypeError(`A member must be a ${this.item_type.name}, ` +
                        `not ${describe(item)}`);
                }
                state.changes++;
                add.call(this, item);
                return this;
            },

            has(item) {
                try {
                    return contains.call(this, item);
                } catch {
                    return find(this, contains, item);
                }
            },

            delete(item) {
                state.changes++;
                return find(this, remove, item);
            },

            foreach(func) {
                requireFunction(func, 'The callback');
                this.forEach(item => func(item));
            },

            // Yields the members of the start, each if it is still a member at its turn. Until then
            // the iteration holds it.
            *values() {
                const items = dupItems.call(this);
                const isThere = check(this, items.length);
                for (let i = 0; i < items.length; i++) {
                    const item = items[i];
                    items[i] = null;
                    if (isThere(item))
                        yield item;
                }
            },

            *entries() {
                for (const item of this.values())
                    yield [item, item];
            },

            [Symbol.iterator]() {
                return this.values();
            },
        });

        // The algebra of sets has the names of JavaScript.
        for (const [name, func] of Object.entries({
            difference, equal, intersection, isDisjointFrom, isSubsetOf, isSupersetOf,
            symmetricDifference, union,
        })) {
            define(Weakref.Set.prototype, {
                [name](other) {
                    return func.call(this, requireSet(other));
                },
            });
        }
    }

    return {defineSet};
});
