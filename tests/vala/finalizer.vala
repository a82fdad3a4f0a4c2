// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

Weakref.FinalizerFunc logging_func (string name) {
	var data = new Probe (name);

	return () => note (data.name);
}

void add_finalizer_tests () {
	add ("finalizer/runs-when-the-target-dies", () => {
		var target = new Probe ("a");

		Weakref.finalize (target, logging_func ("1"));
		var self = new Weakref.Finalizer (target, logging_func ("2"));
		assert (self.is_alive () && self.alive);
		assert (self.peek () == target);

		target = null;
		assert_log ("2 ~2 1 ~1 ~a");
		assert (!self.alive);
		assert (self.peek () == null);
		assert (!self.run () && !self.detach ());
	});

	add ("finalizer/runs-by-hand-once", () => {
		var target = new Probe ("a");
		var self = new Weakref.Finalizer (target, logging_func ("1"));

		assert (self.run ());
		assert_log ("1 ~1");
		assert (!self.run ());

		target = null;
		assert_log ("~a");
	});

	add ("finalizer/detached-does-not-run", () => {
		var target = new Probe ("a");
		var self = new Weakref.Finalizer (target, logging_func ("1"));

		assert (self.detach ());
		assert_log ("~1");

		target = null;
		assert_log ("~a");
	});

	add ("finalizer/waits-for-the-memory", () => {
		var target = new Probe ("a");

		new Weakref.Finalizer.full (target, null, Weakref.Phase.FINALIZE, logging_func ("1"));

		target = null;
		assert_log ("~a 1 ~1");
	});

	add ("finalizer/runs-in-its-context", () => {
		var target = new Probe ("a");

		new Weakref.Finalizer.full (target, MainContext.default (), Weakref.Phase.DISPOSE,
		                            logging_func ("1"));

		target = null;
		assert_log ("~a");
		iterate ();
		assert_log ("1 ~1");
	});

	add ("finalizer/runs-what-is-left", () => {
		var target = new Probe ("a");
		var one = new Weakref.Finalizer (target, logging_func ("1"));
		var two = new Weakref.Finalizer (target, logging_func ("2"));

		assert (one.at_exit && two.at_exit);
		one.at_exit = false;
		Weakref.Finalizer.run_at_exit ();
		assert_log ("2 ~2");
		assert (one.alive && !two.alive);

		target = null;
		assert_log ("1 ~1 ~a");
	});

	Test.add_func ("/weakref/vala/finalizer/runs-at-process-exit/subprocess", () => {
		Weakref.finalize (new Object ().ref (), () => stdout.printf ("at exit\n"));
	});
	add ("finalizer/runs-at-process-exit", () => {
		Test.trap_subprocess ("/weakref/vala/finalizer/runs-at-process-exit/subprocess", 0, 0);
		Test.trap_assert_passed ();
		Test.trap_assert_stdout ("*at exit\n");
	});
}
