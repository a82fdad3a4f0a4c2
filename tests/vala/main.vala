// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The language of the C tests, in Vala: a probe logs its end as "~name", and so does what is
// captured by a closure: its user data is freed exactly once.

static StringBuilder? log_text = null;
static int n_alive = 0;

class Probe : Object {
	public string name { get; construct set; }

	public signal void called (string text);

	public Probe (string name) {
		Object (name: name);
	}

	construct {
		n_alive++;
	}

	~Probe () {
		note (@"~$name");
		n_alive--;
	}
}

void note (string event) {
	if (log_text == null)
		log_text = new StringBuilder ();
	if (log_text.len > 0)
		log_text.append_c (' ');
	log_text.append (event);
}

void assert_log (string expected) {
	var got = log_text != null ? log_text.str : "";
	log_text = null;
	assert_cmpstr (got, CompareOperator.EQ, expected);
}

delegate void Check () throws Error;

// Adds a test case which fails if it throws, or leaves an event unread or a probe alive.
void add (string path, owned Check check) {
	Test.add_data_func (@"/weakref/vala/$path", () => {
		try {
			check ();
		} catch (Error e) {
			error ("%s", e.message);
		}
		assert_log ("");
		assert_cmpint (n_alive, CompareOperator.EQ, 0);
	});
}

void iterate () {
	while (MainContext.default ().iteration (false));
}

int main (string[] args) {
	Test.init (ref args);

	add_ref_tests ();
	add_bond_tests ();
	add_cache_tests ();
	add_finalizer_tests ();
	add_value_table_tests ();
	add_key_table_tests ();
	add_proxy_tests ();
	add_set_tests ();
	add_lifetimes_tests ();

	return Test.run ();
}
