// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

string items (Weakref.Set self) {
	var text = new StringBuilder ();

	self.foreach ((item) => text.append (((Probe) item).name));

	return text.str;
}

void add_set_tests () {
	add ("set/shrinks-by-itself", () => {
		var self = new Weakref.Set (typeof (Probe));
		var a = new Probe ("a");
		var b = new Probe ("b");

		assert (self.add (a));
		assert (!self.add (a));
		assert (self.add (b));
		assert (a in self);
		assert (self.get_size () == 2);
		assert (items (self) == "ab");

		a = null;
		assert_log ("~a");
		assert (items (self) == "b");

		assert (self.remove (b));
		assert (!self.remove (b));
		b = null;
		assert_log ("~b");
	});

	add ("set/snapshot-holds-its-items", () => {
		var self = new Weakref.Set (typeof (Probe));
		var a = new Probe ("a");

		self.add (a);
		var items = self.dup_items ();
		a = null;
		assert_log ("");
		assert (items.length == 1 && ((Probe) items[0]).name == "a");
		items = null;
		assert_log ("~a");
		assert (self.get_size () == 0);
	});

	add ("set/has-an-algebra", () => {
		var a = new Probe ("a");
		var b = new Probe ("b");
		var c = new Probe ("c");
		var one = new Weakref.Set (typeof (Probe));
		var two = new Weakref.Set (typeof (Probe));

		one.add (a);
		one.add (b);
		two.add (b);
		two.add (c);

		assert (items (one.union (two)) == "abc");
		assert (items (one.intersection (two)) == "b");
		assert (items (one.difference (two)) == "a");
		assert (items (one.symmetric_difference (two)) == "ac");
		assert (one.intersection (two).is_subset (one));
		assert (one.is_superset (one.difference (two)));
		assert (one.difference (two).is_disjoint (two));
		assert (!one.equal (two) && one.union (two).equal (two.union (one)));

		one.remove_all ();
		assert (one.get_size () == 0 && one.is_subset (two));

		a = b = c = null;
		assert_log ("~c ~b ~a");
	});

	add ("set/is-a-list-model", () => {
		var self = new Weakref.Set (typeof (Probe));
		var a = new Probe ("a");
		var b = new Probe ("b");

		self.items_changed.connect ((position, removed, added) => {
			note (@"$position-$removed+$added");
		});
		self.add (a);
		self.add (b);
		assert_log ("0-0+1 1-0+1");
		assert (self.get_item_type () == typeof (Probe) && self.item_type == typeof (Probe));
		assert (self.n_items == 2);
		assert (self.get_item (1) == b);

		// Its class acts in its construction, so it stands in for itself until that is announced.
		a = null;
		assert_log ("");
		assert (((Probe) self.get_item (0)).name == "a");
		iterate ();
		assert_log ("0-1+0 ~a");
		assert (self.get_item (0) == b);

		self.set_stand_in_func ((type) => {
			assert (type == typeof (Probe));
			return new Probe ("?");
		});

		b = null;
		assert_log ("~b");
		assert (((Probe) self.get_item (0)).name == "?");
		iterate ();
		assert_log ("0-1+0 ~?");
	});

	add ("set/has-an-order", () => {
		var self = new Weakref.Set (typeof (Probe));
		var a = new Probe ("a");
		var b = new Probe ("b");
		var c = new Probe ("c");
		uint position;

		self.add (b);
		self.add (c);
		assert (self.insert (0, a));
		assert (items (self) == "abc");
		assert (!self.insert (0, c));
		assert (items (self) == "cab");
		self.sort ((one, other) => strcmp (((Probe) one).name, ((Probe) other).name));
		assert (items (self) == "abc");
		assert (self.find (c, out position) && position == 2);

		a = b = c = null;
		iterate ();
		assert_log ("~a ~b ~c");
	});
}
