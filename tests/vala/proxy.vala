// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// It is not an instance of its target's type: Vala has its properties and signals by name.
string name_of (Object object) {
	string name;

	object.get ("name", out name);

	return name;
}

void add_proxy_tests () {
	add ("proxy/stands-in-for-its-target", () => {
		var target = new Probe ("a");
		var self = new Weakref.Proxy (target);

		assert (new Weakref.Proxy (target) == self);
		assert (self.is_alive () && self.alive);
		assert (self.target == target);
		assert (name_of (self) == "a");
		self.set ("name", "b");
		assert (target.name == "b");

		target = null;
		assert_log ("~b");
		assert (!self.alive);
		assert (self.target == null);
		assert (name_of (self) == null);
	});

	add ("proxy/can-be-bound", () => {
		var target = new Probe ("a");
		var other = new Probe ("b");
		var self = new Weakref.Proxy (target);

		self.bind_property ("name", other, "name", BindingFlags.SYNC_CREATE);
		assert (other.name == "a");
		target.name = "c";
		assert (other.name == "c");

		target = null;
		assert_log ("~c");
		other = null;
		assert_log ("~c");
	});

	add ("proxy/has-the-signals-of-its-target", () => {
		var target = new Probe ("a");
		var self = new Weakref.Proxy (target);

		Signal.connect (self, "called", (Callback) called_cb, null);
		target.called ("one");
		Signal.emit_by_name (self, "called", "two");
		assert_log ("one two");

		target = null;
		assert_log ("~a");
	});

	add ("proxy/throws-when-its-target-is-dead", () => {
		var target = new Probe ("a");
		var self = new Weakref.Proxy (target);
		Value value;

		var got = self.dup_target ();
		assert (got == target);
		got = null;
		assert (self.get_target_property ("name", out value) && (string) value == "a");
		assert (self.set_target_property ("name", "b"));
		try {
			self.get_target_property ("colour", out value);
			assert_not_reached ();
		} catch (Weakref.Error.PROPERTY e) {
			note ("property");
		}

		target = null;
		assert_log ("property ~b");
		try {
			self.dup_target ();
			assert_not_reached ();
		} catch (Weakref.Error.DEAD e) {
			note (e.message);
		}
		assert_log ("weakly-referenced object no longer exists");
	});

	add ("proxy/callback-sees-the-death-and-is-freed", () => {
		var target = new Probe ("a");
		var data = new Probe ("1");
		var self = logging_proxy (target, (owned) data);

		target = null;
		assert_log ("1 ~1 ~a");
		assert (!self.alive);
	});
}

void called_cb (Object self, string text) {
	note (text);
}

Weakref.Proxy logging_proxy (Object target, owned Probe data) {
	return new Weakref.Proxy.full (target, null, (self) => {
		note (data.name + (self.is_alive () ? "!alive" : ""));
	});
}
