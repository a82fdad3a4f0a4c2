// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

errordomain DiskError {
	FULL
}

// What a throwing call returns lives to the end of the block, if it is not assigned.
Object? lookup (Weakref.ValueTable table, Value key) throws Error {
	return table.lookup (key);
}

async Probe ask_async (Weakref.ValueTable table) {
	try {
		return (Probe) yield table.ensure_async ("one", Priority.DEFAULT, null, (key, task) => {
			note ((string) key);
			Value made = new Probe ((string) key);
			task.return_value (made);
		});
	} catch (Error error) {
		assert_not_reached ();
	}
}

// No try, and no throws: with keys of one type there is nothing that could fail.
void use_typed_keys () {
	var strings = new Weakref.ValueTable (typeof (string));
	var ints = new Weakref.ValueTable (typeof (int));
	var wide = new Weakref.ValueTable (typeof (int64));
	var files = new Weakref.ValueTable (typeof (File));
	var a = new Probe ("a");
	var b = new Probe ("b");
	int64? key = int64.MAX;

	strings["one"] = a;
	assert (strings["one"] == a && strings["two"] == null);
	assert (strings.has_key ("one") && !strings.has_key ("two"));
	assert (strings.rekey_to (a, "two") && strings["one"] == null && strings["two"] == a);
	assert (!strings.replace_key ("two", b, a) && strings.replace_key ("two", a, b));
	assert (strings.steal_key ("two") == b && strings.get_size () == 0);
	strings["one"] = a;
	assert (strings.unset ("one") && !strings.unset ("one"));

	ints[-1] = a;
	assert (ints[-1] == a && ints[1] == null);
	wide.set<int64?> (key, a);
	key = int64.MAX;
	assert (wide.get<int64?> (key) == a);
	files[File.new_for_path ("/usr")] = a;
	assert (files[File.new_for_uri ("file:///usr/")] == a);
	// They are the same keys as those that are values.
	try {
		assert (ints.lookup (-1) == a && wide.lookup (int64.MAX) == a);
	} catch (Error error) {
		assert_not_reached ();
	}
	a = null;
	b = null;
	assert (ints.get_size () + wide.get_size () + files.get_size () == 0);
}

void add_value_table_tests () {
	add ("value-table/typed-keys-do-not-throw", () => {
		use_typed_keys ();
		assert_log ("~a ~b");
	});

	add ("value-table/keys-of-a-registered-type", () => {
		assert (Weakref.key_type_register<Probe> (typeof (Probe),
			(probe) => str_hash (probe.name), (a, b) => a.name == b.name));
		var table = new Weakref.ValueTable (typeof (Probe));
		var key = new Probe ("key");
		var same = new Probe ("key");
		var a = new Probe ("a");

		table[key] = a;
		assert (table[same] == a);
		a = null;
		assert_log ("~a");
		key = null;
		same = null;
		assert_log ("~key ~key");
	});

	add ("value-table/drops-an-entry-when-its-value-dies", () => {
		var table = new Weakref.ValueTable (typeof (string));
		var a = new Probe ("a");
		var b = new Probe ("b");

		assert (table.insert ("one", a));
		assert (table.insert ("two", b));
		assert (!table.insert ("two", b));
		var got = table.lookup ("one");
		assert (got == a);
		got = null;
		assert (table.contains ("two"));
		assert (!table.contains ("three"));
		assert (table.get_size () == 2);

		a = null;
		assert_log ("~a");
		assert (table.lookup ("one") == null);
		assert (table.get_size () == 1);

		assert (table.remove ("two"));
		assert (!table.remove ("two"));

		b = null;
		assert_log ("~b");
	});

	add ("value-table/takes-keys-of-any-type", () => {
		var table = new Weakref.ValueTable (typeof (Value));
		var key = new Probe ("key");
		var a = new Probe ("a");

		table.insert (1, a);
		table.insert ("1", a);
		table.insert (key, a);
		table.insert (1.5, a);
		assert (table.get_size () == 4);
		foreach (var k in table.dup_keys ())
			assert (table.contains (k));
		assert (table.contains (1) && table.contains (key));

		table.remove_all ();
		assert (table.get_size () == 0);
		assert (table.get_key_type () == typeof (Value) && table.key_type == typeof (Value));

		key = null;
		assert_log ("~key");
		a = null;
		assert_log ("~a");
	});

	add ("value-table/gives-snapshots", () => {
		var table = new Weakref.ValueTable (typeof (string));
		var a = new Probe ("a");

		table.insert ("one", a);
		var keys = table.dup_keys ();
		assert (keys.length == 1 && (string) keys[0] == "one");
		var values = table.dup_values ();
		assert (values.length == 1 && values[0] == a);
		table.foreach ((key, value) => {
			note ((string) key + ((Probe) value).name);
			table.remove_all ();
		});
		assert_log ("onea");
		assert (table.get_size () == 0);

		// The snapshot holds what is in it.
		a = null;
		assert_log ("");
		var last = (Probe) values[0];
		values = null;
		assert (last.name == "a");
		last = null;
		assert_log ("~a");
		assert ((string) keys[0] == "one");
	});

	add ("value-table/ensure-creates-once", () => {
		var table = new Weakref.ValueTable (typeof (string));
		Object? a = null;

		for (var i = 0; i < 2; i++) {
			a = table.ensure ("one", (key) => {
				note ((string) key);
				return new Probe ("a");
			});
			assert (lookup (table, "one") == a);
		}
		assert_log ("one");

		a = null;
		assert_log ("~a");
	});

	add ("value-table/ensure-async-creates-once", () => {
		var table = new Weakref.ValueTable (typeof (string));
		Probe? one = null;
		Probe? two = null;

		ask_async.begin (table, (obj, res) => { one = ask_async.end (res); });
		ask_async.begin (table, (obj, res) => { two = ask_async.end (res); });
		while (one == null || two == null)
			MainContext.default ().iteration (true);
		assert (one == two);
		assert_log ("one");
		one = null;
		two = null;
		assert_log ("~one");
	});

	add ("value-table/ensure-throws-what-its-function-throws", () => {
		var table = new Weakref.ValueTable (typeof (string));

		try {
			table.ensure ("one", (key) => { throw new DiskError.FULL ("no room"); });
			assert_not_reached ();
		} catch (DiskError.FULL e) {
			note (e.message);
		}
		assert_log ("no room");
		assert (table.get_size () == 0);
	});

	add ("value-table/throws-errors-of-its-own", () => {
		var table = new Weakref.ValueTable (typeof (string));
		var a = new Probe ("a");

		try {
			table.insert (1.5, a);
			assert_not_reached ();
		} catch (Weakref.Error.KEY_TYPE e) {
			note ("key-type");
		}

		try {
			table.ensure ("one", (key) => table.ensure (key, (key) => null));
			assert_not_reached ();
		} catch (Weakref.Error.RECURSION e) {
			note ("recursion");
		}

		try {
			table.ensure ("one", (key) => null);
			assert_not_reached ();
		} catch (Weakref.Error e) {
			assert (e is Weakref.Error.CREATE);
			note ("create");
		}

		assert_log ("key-type recursion create");
		assert (table.get_size () == 0);
		a = null;
		assert_log ("~a");
	});
}
