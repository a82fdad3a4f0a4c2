// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

Weakref.Cache new_cache (uint max_idle) {
	var self = new Weakref.Cache (typeof (string), max_idle);

	// That of the system does not tell when it is heard.
	self.memory_monitor = null;
	assert (self.dup_memory_monitor () == null);

	return self;
}

// What a throwing call returns lives to the end of the block.
void use (Weakref.Cache self, string name) throws Error {
	var got = (Probe) self.ensure (name, (key) => new Probe ((string) key));

	assert (got.name == name);
}

void add_cache_tests () {
	add ("cache/keeps-what-is-idle", () => {
		var self = new_cache (2);

		use (self, "a");
		assert (self.n_idle == 1 && self.n_in_use == 0);
		var a = self.lookup ("a");
		assert (((Probe) a).name == "a");
		assert (self.n_idle == 0 && self.get_n_in_use () == 1);
		use (self, "b");
		use (self, "c");
		assert_log ("");
		use (self, "d");
		assert_log ("~b");
		assert (self.n_idle == 2 && self.get_size () == 3 && self.evictions == 1);

		self.trim (1);
		assert_log ("~c");
		a = null;
		assert_log ("");
		self.trim (0);
		assert_log ("~d ~a");
	});

	add ("cache/is-a-table", () => {
		var self = new_cache (1);
		var a = new Probe ("a");

		assert (self.insert ("one", a));
		assert (!self.insert ("one", a));
		assert (self.contains ("one") && !self.contains ("two"));
		assert (self.get_key_type () == typeof (string) && self.key_type == typeof (string));
		var keys = self.dup_keys ();
		assert (keys.length == 1 && (string) keys[0] == "one");
		var values = self.dup_values ();
		assert (values.length == 1 && values[0] == a);
		self.foreach ((key, value) => note ((string) key + ((Probe) value).name));
		assert_log ("onea");
		assert (self.remove ("one") && !self.remove ("one"));
		self.remove_all ();
		assert (self.get_size () == 0);

		a = null;
		assert_log ("");
		values = null;
		assert_log ("~a");
		assert ((string) keys[0] == "one");
	});

	add ("cache/counts", () => {
		var self = new_cache (1);

		use (self, "a");
		use (self, "a");
		assert (self.lookup ("b") == null);
		assert (self.hits == 1 && self.get_hits () == 1);
		assert (self.misses == 2 && self.get_misses () == 2);
		assert (self.get_evictions () == 0);

		self.max_idle = 0;
		assert_log ("~a");
		assert (self.get_max_idle () == 0);
	});

	add ("cache/notifies-from-its-context", () => {
		var self = new_cache (1);

		self.notify["n-idle"].connect ((sender, pspec) => {
			note (@"$(((Weakref.Cache) sender).n_idle) idle");
		});
		use (self, "a");
		assert_log ("");
		iterate ();
		assert_log ("1 idle");
		self.trim (0);
		assert_log ("~a");
	});

	add ("cache/ensure-throws-what-its-function-throws", () => {
		var self = new_cache (1);

		try {
			self.ensure ("one", (key) => { throw new DiskError.FULL ("no room"); });
			assert_not_reached ();
		} catch (DiskError.FULL e) {
			note (e.message);
		}
		try {
			self.ensure ("one", (key) => self.ensure (key, (key) => null));
			assert_not_reached ();
		} catch (Weakref.Error.RECURSION e) {
			note ("recursion");
		}
		try {
			self.lookup (1.5);
			assert_not_reached ();
		} catch (Weakref.Error.KEY_TYPE e) {
			note ("key-type");
		}
		assert_log ("no room recursion key-type");
	});

	add ("cache/has-its-properties", () => {
		var self = (Weakref.Cache) Object.new (typeof (Weakref.Cache), "max-idle", 3);

		assert (self.key_type == typeof (Value) && self.max_idle == 3);
		self.max_idle_seconds = 5;
		assert (self.get_max_idle_seconds () == 5 && self.max_idle_seconds == 5);
		self.set_max_tracked (7);
		assert (self.get_max_tracked () == 7 && self.max_tracked == 7);
		var monitor = MemoryMonitor.dup_default ();
		self.set_memory_monitor (monitor);
		assert (self.memory_monitor == monitor && self.dup_memory_monitor () == monitor);
	});
}
