// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

void needed_cb (Probe instance, string text, Probe needed, void* user_data) {
	note (@"$(instance.name) $text $(needed.name)");
}

void add_lifetimes_tests () {
	add ("signal/gives-the-objects-and-goes-with-them", () => {
		var a = new Probe ("a");
		var b = new Probe ("b");
		var id = Weakref.signal_connect (a, "called", (Callback) needed_cb, null, null, 0, b);

		a.called ("hello");
		assert_log ("a hello b");
		assert (SignalHandler.is_connected (a, id));
		b = null;
		assert_log ("~b");
		assert (!SignalHandler.is_connected (a, id));
		a.called ("again");
		a = null;
		assert_log ("~a");
	});

	add ("tie/runs-with-the-survivors", () => {
		var a = new Probe ("a");
		var b = new Probe ("b");
		Object[] objects = { a, b };
		var tie = new Weakref.Tie (objects, (self) => note (@"tie $(self.dup_survivors ().length)"));

		objects = {};
		assert (tie.alive);
		a = null;
		assert_log ("tie 1 ~a");
		assert (!tie.is_alive () && !tie.@break ());
		b = null;
		assert_log ("~b");
	});

	add ("cancellable/cancelled-by-the-death", () => {
		var a = new Probe ("a");
		var cancellable = Weakref.cancellable_new (a);

		a = null;
		assert_log ("~a");
		assert (cancellable.is_cancelled ());
	});

	add ("wait/ends-with-the-death", () => {
		var a = new Probe ("a");

		Weakref.wait_async.begin (a, null, (object, result) => {
			try {
				assert (Weakref.wait_async.end (result));
				note ("died");
			} catch (Error e) {
				note (e.message);
			}
		});
		a = null;
		iterate ();
		assert_log ("~a died");
	});

	add ("id/resolves", () => {
		var a = new Probe ("a");
		var id = Weakref.get_id (a);

		assert (Weakref.lookup_id (id) == a);
		a = null;
		assert_log ("~a");
		assert (Weakref.lookup_id (id) == null);
	});
}
