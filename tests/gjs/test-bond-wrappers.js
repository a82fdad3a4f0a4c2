// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These are bonds of objects on which GJS has a toggle reference, and trees of such objects and
// others.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertQuiet, child, collect, iterate, plain, run,
    runChild, test, thing, track,
} from './tap.js';

// GJS has a toggle reference on all of these kinds of objects but one.
const kinds = {
    'a JavaScript class': thing,
    'a property': name => Object.assign(plain(), {title: name}),
    'a handler': () => {
        const object = plain();
        object.connect('notify', () => object);
        return object;
    },
    'a handler that is gone': () => {
        const object = plain();
        object.disconnect(object.connect('notify', () => {}));
        return object;
    },
    'nothing': plain,
};

const pairs = Object.entries(kinds).flatMap(([a, makeOwner]) =>
    Object.entries(kinds).map(([b, makeOwned]) => [`${a}, ${b}`, makeOwner, makeOwned]));

const refs = objects => objects.map(object => new Weakref.Ref(object));
const alive = list => list.filter(ref => ref.alive).length;

test('ends when nobody has either, of all kinds of objects', () => {
    for (const [name, makeOwner, makeOwned] of pairs) {
        const list = (() => {
            const objects = [makeOwner('owner'), makeOwned('owned')];
            track(new Weakref.Bond(...objects));
            return refs(objects);
        })();
        collect();
        assertEqual(`${name}: ${alive(list)}`, `${name}: 0`);
    }
});

test('who has one of them, keeps both, in JavaScript and in C', () => {
    for (const [name, makeOwner, makeOwned] of pairs) {
        for (const i of [0, 1]) {
            const store = new Gio.ListStore({item_type: GObject.Object});
            let held;
            const list = (() => {
                const objects = [makeOwner('owner'), makeOwned('owned')];
                new Weakref.Bond(...objects);
                held = objects[i];
                return refs(objects);
            })();
            collect();
            assertEqual(`${name}: ${alive(list)}`, `${name}: 2`);
            store.append(held);
            held = null;
            collect();
            assertEqual(`${name}: ${alive(list)}`, `${name}: 2`);
            store.remove_all();
            collect();
            assertEqual(`${name}: ${alive(list)}`, `${name}: 0`);
        }
    }
});

test('keeps what JavaScript attached', () => {
    const store = new Gio.ListStore({item_type: GObject.Object});
    const bond = (() => {
        const [owner, owned] = [thing('owner'), thing('owned')];
        owner.children = [1];
        owned.parent = 'there';
        store.append(owned);
        return new Weakref.Bond(owner, owned);
    })();
    collect();
    (() => {
        assertEqual(bond.owner.children.length, 1);
        assertEqual(bond.owned.greet('hello'), 'hello owned');
        assertEqual(store.get_item(0).parent, 'there');
    })();
    store.remove_all();
    collect();
    assert(!bond.alive);
    assertEqual(bond.owner, null);
});

test('properties and handlers of later do no harm', () => {
    const list = (() => {
        const [owner, owned] = [plain(), plain()];
        new Weakref.Bond(owner, owned);
        owned.parent = owner;
        owner.connect('notify', () => owned);
        return refs([owner, owned]);
    })();
    collect();
    assertEqual(alive(list), 0);
});

test('trees live and die as one, whoever has whichever', () => {
    const makers = Object.values(kinds);
    const makeTree = () => {
        const objects = Array.from({length: 10}, (_, i) => makers[i % makers.length](`${i}`));
        for (let i = 1; i < objects.length; i++)
            new Weakref.Bond(objects[Math.floor((i - 1) / 2)], objects[i]);
        return objects;
    };
    for (const i of [0, 3, 9]) {
        const store = new Gio.ListStore({item_type: GObject.Object});
        const list = (() => {
            const objects = makeTree();
            store.append(objects[i]);
            return refs(objects);
        })();
        collect();
        assertEqual(alive(list), 10);
        store.remove_all();
        collect();
        assertEqual(alive(list), 0);
    }
});

test('a break lets go at once', () => {
    const owner = thing('owner');
    const [bond, ref] = (() => {
        const owned = thing('owned');
        return [new Weakref.Bond(owner, owned), new Weakref.Ref(owned)];
    })();
    collect();
    assert(ref.alive);
    assert(bond.break());
    assert(!bond.alive && !bond.break());
    collect();
    assert(!ref.alive);
});

test('an early dispose of either ends it, and lets go of the other', () => {
    for (const i of [0, 1]) {
        const list = (() => {
            const objects = [thing('owner'), thing('owned')];
            const bond = new Weakref.Bond(...objects);
            objects[i].run_dispose();
            assert(!bond.alive && !bond.break());
            const others = refs([objects[1 - i]]);
            assertEqual(alive(others), 1);
            // The disposed object is held, and does not hold the other one.
            iterate();
            others.push(objects[i]);
            return others;
        })();
        collect();
        assert(!list[0].alive);
    }
});

test('what was bonded can be bonded again', () => {
    const [a, b, owned] = ['a', 'b', 'owned'].map(thing);
    const first = new Weakref.Bond(a, owned);
    a.run_dispose();
    // The end of the first bond has not been told yet.
    const second = new Weakref.Bond(b, owned);
    iterate();
    assert(!first.alive && second.alive);
    assertEqual(second.owner, b);
    assert(second.break());
    const third = new Weakref.Bond(b, owned);
    assert(third.alive);
    third.break();
});

const assertError = (func, code) => {
    try {
        func();
    } catch (e) {
        assert(e instanceof Weakref.Error && e.matches(Weakref.Error, code), e);
        return;
    }
    throw new Error('did not throw');
};

// Makes a bond as C does, which the library keeps.
const bondInC = (owner, owned) => Weakref.Bond.new_full(owner, owned, null);

test('one owner, and no cycles, through bonds of both kinds', () => {
    const {CYCLE, OWNED} = Weakref.Error;
    const [a, b, c, d] = [plain(), plain(), plain(), plain()];
    const bonds = [bondInC(a, b)];
    assertError(() => new Weakref.Bond(c, b), OWNED);
    bonds.push(new Weakref.Bond(b, c), new Weakref.Bond(c, d));
    for (const owned of [a, b, c, d]) {
        assertError(() => new Weakref.Bond(d, owned), owned === a || owned === d ? CYCLE : OWNED);
        assertError(() => bondInC(d, owned), owned === a || owned === d ? CYCLE : OWNED);
    }
    bonds.forEach(bond => assert(bond.alive && bond.break()));
});

test('of a tree that C keeps, each becomes one that JavaScript keeps', () => {
    const makeTree = () => {
        const objects = Array.from({length: 5}, plain);
        const bonds = [];
        for (let i = 1; i < objects.length; i++)
            bonds.push(bondInC(objects[Math.floor((i - 1) / 2)], objects[i]));
        return {objects, bonds};
    };

    for (const asOwner of [true, false]) {
        for (const i of [0, 1, 4]) {
            const store = new Gio.ListStore({item_type: GObject.Object});
            const {bonds, list} = (() => {
                const tree = makeTree();
                const scripted = thing('scripted');
                if (asOwner)
                    new Weakref.Bond(scripted, tree.objects[0]);
                else
                    new Weakref.Bond(tree.objects[3], scripted);
                store.append(tree.objects[i]);
                return {bonds: tree.bonds, list: refs([...tree.objects, scripted])};
            })();
            collect();
            assertEqual(alive(list), 6);
            assert(bonds.every(bond => bond.alive));
            store.remove_all();
            collect();
            assertEqual(alive(list), 0);
            assert(!bonds.some(bond => bond.alive));
        }
    }
});

test('a bond of C that JavaScript keeps by now can be broken, and ends with a dispose', () => {
    for (const end of [bond => assert(bond.break()), bond => bond.owned.run_dispose(),
        bond => bond.owner.run_dispose()]) {
        const log = [];
        const {ref, bond, owner} = (() => {
            const [a, b, c] = [plain(), plain(), thing('c')];
            const ofC = bondInC(a, b);
            ofC.connect('notify::alive', () => log.push('ended'));
            new Weakref.Bond(b, c);
            return {ref: new Weakref.Ref(c), bond: ofC, owner: a};
        })();
        collect();
        assert(bond.alive && ref.alive);
        end(bond);
        assertArray(log, ['ended']);
        assert(!bond.alive && !bond.break());
        collect();
        assert(!ref.alive);
        assert(owner !== null);
    }
});

test('two trees of C are joined', () => {
    const list = (() => {
        const [a, b, c, d] = [plain(), plain(), plain(), plain()];
        bondInC(a, b);
        bondInC(c, d);
        new Weakref.Bond(b, c);
        b.title = 'b';
        return refs([a, b, c, d]);
    })();
    collect();
    assertEqual(alive(list), 0);
});

child('cannot-end', () => {
    const [scripted, other] = [new Thing({name: 'a'}), new GObject.Object()];
    const bond = bondInC(other, scripted);
    bond.break();
    bondInC(new GObject.Object(), new GObject.Object());
    print('made');
});

test('a bond of C that can not end says so when it is made', () => {
    const {status, stdout, stderr} = runChild('cannot-end', {G_DEBUG: ''});
    assertEqual(stdout, 'made\n');
    assertEqual(stderr.match(/WARNING.*toggle reference/g)?.length, 1);
    assertEqual(status, 0);
});

const Family = GObject.registerClass({
    GTypeName: 'WeakrefTestFamily',
    Properties: {
        surname: GObject.ParamSpec.string('surname', '', '', GObject.ParamFlags.READWRITE, ''),
    },
}, class Family extends Weakref.Bond {
    constructor(parent, offspring, surname) {
        super(parent, offspring);
        this.surname = surname;
    }

    introduce() {
        return `${this.owner.name} and ${this.owned.name} ${this.surname}`;
    }
});

test('can be subclassed', () => {
    const family = (() => {
        const bond = track(new Family(thing('Ann'), thing('Bob'), 'Smith'));
        assert(bond instanceof Weakref.Bond);
        assertEqual(bond.introduce(), 'Ann and Bob Smith');
        return bond;
    })();
    collect();
    assert(!family.alive);
    assertError(() => {
        const a = thing('a');
        new Family(a, a, 'Smith');
    }, Weakref.Error.CYCLE);
});

child('no-complaints', () => {
    for (let i = 0; i < 1000; i++) {
        const [a, b] = [new Thing({name: 'a'}), new GObject.Object()];
        a.child = b;
        b.connect('notify', () => a);
        new Weakref.Bond(a, b);
    }
    GLib.MainContext.default().iteration(false);
    collect();
});

test('nothing is complained about when they go', () => {
    assertQuiet(runChild('no-complaints'));
});

run();
