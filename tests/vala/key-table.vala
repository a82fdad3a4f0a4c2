// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

void add_key_table_tests () {
	add ("key-table/drops-a-value-with-its-key", () => {
		var table = new Weakref.KeyTable ();
		var key = new Probe ("key");
		Value value;

		assert (table.insert (key, new Probe ("one")));
		assert (!table.insert (key, new Probe ("two")));
		assert_log ("~one");
		assert (key in table);
		assert (table.get_size () == 1);
		assert (table.lookup (key, out value));
		assert (((Probe) value).name == "two");
		value = Value (typeof (int));

		key = null;
		assert_log ("~two ~key");
		assert (table.get_size () == 0);
	});

	add ("key-table/holds-values-of-any-type", () => {
		var table = new Weakref.KeyTable ();
		var a = new Probe ("a");
		var b = new Probe ("b");
		Value value;

		table.insert (a, "left of the door");
		table.insert (b, 42);
		assert (table.lookup (a, out value) && (string) value == "left of the door");
		assert (table.lookup (b, out value) && (int) value == 42);

		var n = 0;
		table.foreach ((key, value) => {
			assert ((key == a && value.holds (typeof (string))) ||
			        (key == b && value.holds (typeof (int))));
			n++;
		});
		assert (n == 2);
		assert (table.dup_keys ().length == 2);

		a = null;
		b = null;
		assert_log ("~a ~b");
		assert (table.get_size () == 0);
	});

	add ("key-table/steals-a-value", () => {
		var table = new Weakref.KeyTable ();
		var key = new Probe ("key");
		Value value;

		table.insert (key, new Probe ("one"));
		assert (table.steal (key, out value));
		key = null;
		assert_log ("~key");
		value = Value (typeof (int));
		assert_log ("~one");
	});

	add ("key-table/says-when-there-is-no-entry", () => {
		var table = new Weakref.KeyTable ();
		var key = new Probe ("key");
		Value value;

		table.insert (key, 1);
		assert (table.remove (key));
		assert (!table.remove (key));
		assert (!table.lookup (key, out value));
		assert (!table.steal (key, out value));
		assert (value.get_object () == null);

		table.insert (key, 1);
		table.remove_all ();
		assert (!table.contains (key));

		key = null;
		assert_log ("~key");
	});
}
