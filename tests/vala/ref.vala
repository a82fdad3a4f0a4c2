// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The observer holds neither the target nor itself, and the closure only what it captures.
Weakref.Ref logging_ref (Object target, string name, MainContext? context = null) {
	var data = new Probe (name);

	return new Weakref.Ref.full (target, context, (self) => {
		note (data.name + (self.get () == null ? "" : "!alive"));
	});
}

void add_ref_tests () {
	add ("ref/gives-the-target-until-it-dies", () => {
		var target = new Probe ("a");
		var self = new Weakref.Ref (target);

		assert (self.get () == target);
		assert (self.is_alive () && self.alive);
		assert (self.target == target);

		target = null;
		assert_log ("~a");
		assert (self.get () == null);
		assert (!self.is_alive () && !self.alive);
	});

	add ("ref/is-shared", () => {
		var target = new Probe ("a");
		var one = new Weakref.Ref (target);
		var two = new Weakref.Ref (target);
		var own = new Weakref.Ref.full (target, null, null);

		assert (one == two);
		assert (own != one && own.equal (one));
		assert (own.hash () == one.hash ());
		assert (own.get_id () == one.get_id ());

		target = null;
		assert_log ("~a");
		assert (own.equal (one));
	});

	add ("ref/callback-sees-the-death-and-is-freed", () => {
		var target = new Probe ("a");
		var one = logging_ref (target, "1");
		var two = logging_ref (target, "2");

		target = null;
		assert_log ("2 ~2 1 ~1 ~a");
		assert (!one.is_alive () && !two.is_alive ());
	});

	add ("ref/callback-of-a-dropped-ref-is-freed-and-does-not-run", () => {
		var target = new Probe ("a");
		var self = logging_ref (target, "1");

		self = null;
		assert_log ("~1");
		target = null;
		assert_log ("~a");
	});

	add ("ref/callback-comes-in-its-context", () => {
		var target = new Probe ("a");
		var self = logging_ref (target, "1", MainContext.default ());

		target = null;
		assert_log ("~a");
		iterate ();
		assert_log ("1 ~1");
		assert (!self.is_alive ());
	});

	add ("ref/alive-is-notified", () => {
		var target = new Probe ("a");
		var self = new Weakref.Ref (target);

		self.notify["alive"].connect (() => note ("notify"));
		target = null;
		assert_log ("notify ~a");
	});

	add ("ref/lists-refs-newest-first", () => {
		var target = new Probe ("a");
		assert (Weakref.list_refs (target) == null);

		var one = new Weakref.Ref (target);
		var two = new Weakref.Ref.full (target, null, null);
		var refs = Weakref.list_refs (target);

		assert (Weakref.count_refs (target) == 2);
		assert (refs.length () == 2);
		assert (refs.data == two && refs.next.data == one);

		target = null;
		assert_log ("~a");
	});

	// Vala can't put a WeakRef into a container: it is a struct.
	add ("ref/is-a-key-in-a-container", () => {
		var target = new Probe ("a");
		var table = new HashTable<Weakref.Ref, string> ((self) => self.hash (),
		                                                (self, other) => self.equal (other));

		table[new Weakref.Ref (target)] = "mine";
		assert (table[new Weakref.Ref.full (target, null, null)] == "mine");

		target = null;
		assert_log ("~a");
	});
}
