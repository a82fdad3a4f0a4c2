# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every public function of C is called from here, or is known not to be for languages."""

import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import TestCase, Thing, read_gir

IDENTIFIER = '{http://www.gtk.org/introspection/c/1.0}identifier'

# Functions that languages do not get, and why. Those that they get in another form are not here.
NOT_FOR_LANGUAGES = {
    'weakref_cache_new_full': 'hash and equality functions of C, called with a lock held',
    'weakref_value_table_new_full': 'hash and equality functions of C, called with a lock held',
    'weakref_key_type_register': 'hash and equality functions of C, called with a lock held',
    'weakref_radar_begin_trial': 'a struct for the assertions of C; radar.assert_dies is Python',
    'weakref_radar_end_trial': 'a struct for the assertions of C; radar.assert_dies is Python',
    'weakref_finalizer_new': 'its function runs from the exit handlers of C, when Python is gone',
    'weakref_tie_new': 'its function runs from the exit handlers of C, when Python is gone',
    'weakref_finalize': 'its function runs from the exit handlers of C, when Python is gone',
    'weakref_key_table_lookup_dup': 'copies a pointer; lookup() gives a value that is held',
    'weakref_key_table_lookup_extended': 'a borrowed pointer; lookup() tells as much',
    **{f'weakref_life_{name}': 'for what binds a language, in C'
       for name in ('new', 'ref', 'unref', 'dup_target', 'has_ended')},
}


def make_table(*pairs):
    table = Weakref.ValueTable.new(GObject.TYPE_STRING)
    for key, value in pairs:
        table.insert(key, value)
    return table


def make_cache(*pairs):
    cache = Weakref.Cache.new(GObject.TYPE_STRING, 5)
    cache.set_memory_monitor(None)
    for key, value in pairs:
        cache.insert(key, value)
    return cache


def make_key_table(*pairs):
    table = Weakref.KeyTable.new()
    for key, value in pairs:
        table.insert(key, value)
    return table


def make_set(*items):
    things = Weakref.Set.new(Thing)
    for item in items:
        things.add(item)
    return things


def make_tie(*objects, log=None):
    return Weakref.Tie.new_full(objects, None, Weakref.Phase.DISPOSE,
                                lambda tie, *_: log is None or log.append(tie.dup_survivors()))


def wait(target):
    """Wait for a death, in vain: whether it came."""
    cancellable = Gio.Cancellable.new()
    done = []

    def ready(_source, result):
        try:
            done.append(Weakref.wait_finish(result))
        except GLib.Error as error:
            done.append(not error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    Weakref.wait_async(target, cancellable, ready)
    cancellable.cancel()
    while not done:
        GLib.MainContext.default().iteration(True)
    return done[0]


def make_finalizer(target, log=None):
    return Weakref.Finalizer.new_full(target, None, Weakref.Phase.DISPOSE,
                                      lambda *_: log is None or log.append('final'))


def list_foreach(container):
    seen = []
    container.foreach(lambda *arguments: seen.append(arguments))
    return seen


def ensure_async(table, key, made):
    """Return what it gives; if there is nothing, it is made."""
    answers = []
    table.ensure_async(key, GLib.PRIORITY_DEFAULT, None,
                       lambda key, task: task.return_value(made),
                       lambda table, result: answers.append(table.ensure_finish(result)))
    while not answers:
        GLib.MainContext.default().iteration(True)
    return answers[0]


# Each of these is called with two objects. It returns what it got, and what it should get.
CALLS = {
    'count_refs': lambda a, b: ((ref := Weakref.Ref.new(a)) and Weakref.count_refs(a), 1),
    'list_refs': lambda a, b: ([ref := Weakref.Ref.new(a)], Weakref.list_refs(a)),
    'error_quark': lambda a, b: (GLib.quark_to_string(Weakref.error_quark()),
                                 'weakref-error-quark'),

    'radar_start': lambda a, b: (Weakref.radar_start(), None),
    'radar_stop': lambda a, b: (Weakref.radar_stop(), None),
    'radar_is_running': lambda a, b: (Weakref.radar_stop() or Weakref.radar_is_running(), False),
    'radar_expect_death': lambda a, b: (
        Weakref.radar_expect_death(a, 'a') or Weakref.radar_check()[0]['description'], 'a'),
    'radar_track_type': lambda a, b: (Weakref.radar_track_type('NoSuchType'), None),
    'radar_add_root': lambda a, b: (
        Weakref.radar_add_root(a) or Weakref.radar_inspect(a)['reached'], True),
    'radar_set_check_delay': lambda a, b: (Weakref.radar_set_check_delay(0), None),
    'radar_check': lambda a, b: (
        Weakref.radar_expect_death(a) or len(Weakref.radar_check()), 1),
    'radar_check_text': lambda a, b: (
        Weakref.radar_stop() or Weakref.radar_check_text(), None),
    'radar_inspect': lambda a, b: (Weakref.radar_inspect(a)['type'], 'TestThing'),
    'radar_inspect_text': lambda a, b: (Weakref.radar_inspect_text(a)[:9], 'TestThing'),
    'radar_mark': lambda a, b: (Weakref.radar_mark(), None),
    'radar_dump': lambda a, b: (
        Weakref.radar_stop() or Weakref.radar_dump().get_type_string(), 'a(sui)'),
    'radar_dump_text': lambda a, b: (Weakref.radar_stop() or Weakref.radar_dump_text(), ''),
    'radar_dup_targets': lambda a, b: (
        Weakref.radar_expect_death(a) or Weakref.radar_dup_targets(Thing), [a]),

    'Ref.new': lambda a, b: (Weakref.Ref.new(a).props.alive, True),
    'Ref.new_full': lambda a, b: (Weakref.Ref.new_full(a, None, None).get(), a),
    'Ref.start_for_binding': lambda a, b: (
        (ref := GObject.new(Weakref.Ref)).start_for_binding(a) or ref.get(), a),
    'Ref.get': lambda a, b: (Weakref.Ref.new(a).get(), a),
    'Ref.is_alive': lambda a, b: (Weakref.Ref.new(a).is_alive(), True),
    'Ref.get_id': lambda a, b: (Weakref.Ref.new(b).get_id() == Weakref.Ref.new(a).get_id(), False),
    'Ref.hash': lambda a, b: (Weakref.Ref.new(a).hash(),
                              Weakref.Ref.new_full(a, None, None).hash()),
    'Ref.equal': lambda a, b: (Weakref.Ref.new(a).equal(Weakref.Ref.new(b)), False),

    'Finalizer.new_full': lambda a, b: (make_finalizer(a).detach(), True),
    'Finalizer.run': lambda a, b: ((make_finalizer(a, log := []).run(), log), (True, ['final'])),
    'Finalizer.detach': lambda a, b: (make_finalizer(a).detach(), True),
    'Finalizer.peek': lambda a, b: ((f := make_finalizer(a)).peek() is a and f.detach(), True),
    'Finalizer.is_alive': lambda a, b: ((f := make_finalizer(a)).is_alive() and f.detach(), True),
    'Finalizer.get_at_exit': lambda a, b: ((f := make_finalizer(a)).get_at_exit() and f.detach(),
                                           True),
    'Finalizer.set_at_exit': lambda a, b: (
        (f := make_finalizer(a)).set_at_exit(False) or f.get_at_exit() or not f.detach(), False),
    'Finalizer.run_at_exit': lambda a, b: (
        make_finalizer(a, log := []) and Weakref.Finalizer.run_at_exit() or log, ['final']),

    'Tie.new_full': lambda a, b: (make_tie(a, b).detach(), True),
    'Tie.break': lambda a, b: ((make_tie(a, b, log=(log := [])).break_(), log), (True, [[a, b]])),
    'Tie.detach': lambda a, b: (make_tie(a, b).detach(), True),
    'Tie.dup_survivors': lambda a, b: (
        (tie := make_tie(a, b)).detach() and tie.dup_survivors(), [a, b]),
    'Tie.is_alive': lambda a, b: ((tie := make_tie(a, b)).is_alive() and tie.detach(), True),
    'Tie.get_at_exit': lambda a, b: (
        (tie := make_tie(a, b)).detach() and tie.get_at_exit(), False),
    'Tie.set_at_exit': lambda a, b: (
        (tie := make_tie(a, b)).set_at_exit(True) or tie.get_at_exit() and tie.detach(), True),
    'signal_connect': lambda a, b: (
        Weakref.signal_connect(a, 'notify', lambda *_: None, 0, [b]) > 0, True),
    'cancellable_new': lambda a, b: (Weakref.cancellable_new(a).is_cancelled(), False),
    'cancellable_new_any': lambda a, b: (Weakref.cancellable_new_any([a, b]).is_cancelled(), False),
    'wait_async': lambda a, b: (wait(a), False),
    'wait_finish': lambda a, b: (wait(a), False),
    'get_id': lambda a, b: (Weakref.get_id(a) == Weakref.Ref.new(a).get_id(), True),
    'lookup_id': lambda a, b: (Weakref.lookup_id(Weakref.get_id(a)), a),

    'Proxy.new': lambda a, b: (Weakref.Proxy.new(a).props.name, a.name),
    'Proxy.new_full': lambda a, b: (Weakref.Proxy.new_full(a, None, None).props.name, a.name),
    'Proxy.is_alive': lambda a, b: (Weakref.Proxy.new(a).is_alive(), True),
    'Proxy.dup_target': lambda a, b: (Weakref.Proxy.new(a).dup_target(), a),
    'Proxy.get_target_property': lambda a, b: (
        tuple(Weakref.Proxy.new(a).get_target_property('name')), (True, a.name)),
    'Proxy.set_target_property': lambda a, b: (
        Weakref.Proxy.new(a).set_target_property('name', 'x') and a.name, 'x'),

    'ValueTable.new': lambda a, b: (make_table().get_size(), 0),
    'ValueTable.get_key_type': lambda a, b: (make_table().get_key_type(), GObject.TYPE_STRING),
    'ValueTable.insert': lambda a, b: ((t := make_table(('a', a))).insert('a', b) or t['a'], b),
    'ValueTable.lookup': lambda a, b: (make_table(('a', a)).lookup('a'), a),
    'ValueTable.contains': lambda a, b: (make_table(('a', a)).contains('a'), True),
    'ValueTable.remove': lambda a, b: (make_table(('a', a)).remove('a'), True),
    'ValueTable.remove_all': lambda a, b: ((t := make_table(('a', a))).remove_all() or len(t), 0),
    'ValueTable.get_size': lambda a, b: (make_table(('a', a), ('b', b)).get_size(), 2),
    'ValueTable.dup_keys': lambda a, b: (make_table(('a', a)).dup_keys(), ['a']),
    'ValueTable.dup_values': lambda a, b: (make_table(('a', a)).dup_values(), [a]),
    'ValueTable.foreach': lambda a, b: (list_foreach(make_table(('a', a))), [('a', a)]),
    'ValueTable.replace': lambda a, b: (
        (t := make_table(('a', a))).replace('a', a, b) and t['a'], b),
    'ValueTable.steal': lambda a, b: ((t := make_table(('a', a))).steal('a') and len(t), 0),
    'ValueTable.reserve': lambda a, b: (tuple(make_table(('a', a)).reserve('a')), (None, a)),
    'ValueTable.rekey': lambda a, b: ((t := make_table(('a', a))).rekey(a, 'b') and t['b'], a),
    'ValueTable.remove_object': lambda a, b: (make_table(('a', a)).remove_object(a), True),
    'ValueTable.lookup_key': lambda a, b: (make_table(('a', a)).lookup_key(a), (True, 'a')),
    'Reservation.commit': lambda a, b: (
        (t := make_table()).reserve('a')[0].commit(a) and t['a'], a),
    'Reservation.fail': lambda a, b: (
        make_table().reserve('a')[0].fail(GLib.Error('no', 'x', 1)), True),
    'Reservation.abandon': lambda a, b: (make_table().reserve('a')[0].abandon(), True),
    'ValueTable.ensure_async': lambda a, b: (ensure_async(make_table(), 'b', b), b),
    'ValueTable.ensure_finish': lambda a, b: (ensure_async(make_table(('b', a)), 'b', b), a),
    'ValueTable.ensure': lambda a, b: (make_table().ensure('b', lambda key: b), b),

    'Cache.new': lambda a, b: (make_cache().get_size(), 0),
    'Cache.trim': lambda a, b: ((c := make_cache(('idle', Gio.ListStore()))).trim(0) or len(c), 0),
    'Cache.get_max_idle': lambda a, b: (make_cache().get_max_idle(), 5),
    'Cache.set_max_idle': lambda a, b: (
        (c := make_cache()).set_max_idle(3) or c.get_max_idle(), 3),
    'Cache.get_max_idle_seconds': lambda a, b: (make_cache().get_max_idle_seconds(), 0),
    'Cache.set_max_idle_seconds': lambda a, b: (
        (c := make_cache()).set_max_idle_seconds(3) or c.get_max_idle_seconds(), 3),
    'Cache.get_max_tracked': lambda a, b: (make_cache().get_max_tracked() > 0, True),
    'Cache.set_max_tracked': lambda a, b: (
        (c := make_cache()).set_max_tracked(3) or c.get_max_tracked(), 3),
    'Cache.dup_memory_monitor': lambda a, b: (make_cache().dup_memory_monitor(), None),
    'Cache.set_memory_monitor': lambda a, b: (make_cache().set_memory_monitor(None), None),
    'Cache.get_n_idle': lambda a, b: (make_cache(('idle', Gio.ListStore())).get_n_idle(), 1),
    'Cache.get_n_in_use': lambda a, b: (make_cache(('a', a)).get_n_in_use(), 1),
    'Cache.get_hits': lambda a, b: ((c := make_cache(('a', a)))['a'] and c.get_hits(), 1),
    'Cache.get_misses': lambda a, b: ((c := make_cache()).lookup('a') or c.get_misses(), 1),
    'Cache.get_evictions': lambda a, b: (
        (c := make_cache(('idle', Gio.ListStore()))).trim(0) or c.get_evictions(), 1),

    'KeyTable.new': lambda a, b: (make_key_table().get_size(), 0),
    'KeyTable.insert': lambda a, b: ((t := make_key_table((a, 1))).insert(a, 2) or t[a], 2),
    'KeyTable.lookup': lambda a, b: (make_key_table((a, 1)).lookup(a), (True, 1)),
    # This is the function of the override: PyGObject leaks a GValue that a function of C returns.
    'KeyTable.dup_value': lambda a, b: (make_key_table((a, b)).dup_value(a), b),
    'KeyTable.steal': lambda a, b: (make_key_table((a, 1)).steal(a), (True, 1)),
    'KeyTable.contains': lambda a, b: (make_key_table((a, 1)).contains(b), False),
    'KeyTable.remove': lambda a, b: (make_key_table((a, 1)).remove(a), True),
    'KeyTable.remove_all': lambda a, b: ((t := make_key_table((a, 1))).remove_all() or len(t), 0),
    'KeyTable.get_size': lambda a, b: (make_key_table((a, 1), (b, 2)).get_size(), 2),
    'KeyTable.dup_keys': lambda a, b: (make_key_table((a, 1)).dup_keys(), [a]),
    'KeyTable.foreach': lambda a, b: (list_foreach(make_key_table((a, 1))), [(a, 1)]),

    'Set.new': lambda a, b: (make_set().get_item_type(), Thing.__gtype__),
    'Set.add': lambda a, b: (make_set(a).add(a), False),
    'Set.remove': lambda a, b: (make_set(a).remove(a), True),
    'Set.remove_all': lambda a, b: ((s := make_set(a)).remove_all() or len(s), 0),
    'Set.contains': lambda a, b: (make_set(a).contains(b), False),
    'Set.get_size': lambda a, b: (make_set(a, b).get_size(), 2),
    'Set.dup_items': lambda a, b: (make_set(b, a).dup_items(), [b, a]),
    'Set.foreach': lambda a, b: (list_foreach(make_set(b, a)), [(b,), (a,)]),
    'Set.find': lambda a, b: (tuple(make_set(a, b).find(b)), (True, 1)),
    'Set.insert': lambda a, b: ((s := make_set(a)).insert(0, b) and list(s), [b, a]),
    'Set.sort': lambda a, b: (
        (s := make_set(a, b)).sort(lambda one, other: -1 if one is b else 1) or list(s), [b, a]),
    'Set.set_stand_in_func': lambda a, b: (
        (s := make_set(a)).set_stand_in_func(lambda gtype: Thing()) or s.get_item(0), a),
    'Set.union': lambda a, b: (list(make_set(a).union(make_set(b))), [a, b]),
    'Set.intersection': lambda a, b: (list(make_set(a, b).intersection(make_set(b))), [b]),
    'Set.difference': lambda a, b: (list(make_set(a, b).difference(make_set(b))), [a]),
    'Set.symmetric_difference': lambda a, b: (
        list(make_set(a, b).symmetric_difference(make_set(b))), [a]),
    'Set.is_subset': lambda a, b: (make_set(a).is_subset(make_set(a, b)), True),
    'Set.is_superset': lambda a, b: (make_set(a).is_superset(make_set(a, b)), False),
    'Set.is_disjoint': lambda a, b: (make_set(a).is_disjoint(make_set(b)), True),
    'Set.equal': lambda a, b: (make_set(a).equal(make_set(a)), True),

    'Finalizer.start_for_binding': lambda a, b: (
        (finalizer := Weakref.Finalizer()).start_for_binding(
            a, None, Weakref.Phase.DISPOSE, lambda *_: None) or finalizer.detach(), True),
    'Bond.new': lambda a, b: (Weakref.Bond.new(a, b).break_(), True),
    'Bond.new_full': lambda a, b: (Weakref.Bond.new_full(a, b, None).break_(), True),
    'Bond.start_for_binding': lambda a, b: (
        (bond := Weakref.Bond()).start_for_binding(
            a, b, None, lambda *_: None) and bond.break_(), True),
    'Bond.list_for_binding': lambda a, b: (Weakref.Bond.list_for_binding(a), []),
    'Bond.take_over_for_binding': lambda a, b: (
        Weakref.Bond.take_over_for_binding(a, b, None, lambda *_: None), False),
    'Bond.break': lambda a, b: ((bond := Weakref.Bond.new(a, b)).break_() and bond.break_(), False),
    'Bond.is_alive': lambda a, b: ((bond := Weakref.Bond.new(a, b)).is_alive() and bond.break_(),
                                   True),
    'Bond.dup_owner': lambda a, b: ((bond := Weakref.Bond.new(a, b)).dup_owner() is a
                                    and bond.break_(), True),
    'Bond.dup_owned': lambda a, b: ((bond := Weakref.Bond.new(a, b)).dup_owned() is b
                                    and bond.break_(), True),
}

# What a cache inherits from WeakrefValueTable.
INHERITED = {
    'Cache.get_key_type': lambda a, b: (make_cache().get_key_type(), GObject.TYPE_STRING),
    'Cache.insert': lambda a, b: ((c := make_cache(('a', a))).insert('a', b) or c['a'], b),
    'Cache.lookup': lambda a, b: (make_cache(('a', a)).lookup('a'), a),
    'Cache.contains': lambda a, b: (make_cache(('a', a)).contains('a'), True),
    'Cache.remove': lambda a, b: (make_cache(('a', a)).remove('a'), True),
    'Cache.remove_all': lambda a, b: ((c := make_cache(('a', a))).remove_all() or len(c), 0),
    'Cache.get_size': lambda a, b: (make_cache(('a', a), ('b', b)).get_size(), 2),
    'Cache.dup_keys': lambda a, b: (make_cache(('a', a)).dup_keys(), ['a']),
    'Cache.dup_values': lambda a, b: (make_cache(('a', a)).dup_values(), [a]),
    'Cache.foreach': lambda a, b: (list_foreach(make_cache(('a', a))), [('a', a)]),
    'Cache.ensure': lambda a, b: (make_cache().ensure('b', lambda key: b), b),
}


class ApiTest(TestCase):
    def test_every_introspected_function_is_called(self):
        seen, _ = read_gir()
        self.assertEqual(set(seen), set(CALLS))

    def test_every_other_is_known(self):
        _, hidden = read_gir()
        self.assertEqual({element.get(IDENTIFIER) for element in hidden
                          if element.get('shadowed-by') is None}, set(NOT_FOR_LANGUAGES))


def add_test(name, call):
    def test(self):
        got, expected = call(self.make(), self.make())
        self.assertEqual(got, expected)

    setattr(ApiTest, f'test_{name}', test)


for name, call in (CALLS | INHERITED).items():
    add_test(name, call)


if __name__ == '__main__':
    unittest.main()
