// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A tree with parent pointers, of which nothing but the bonds keeps anything.
class Node : Probe {
	public unowned Node? parent;
	public unowned Node? child;

	public Node (string name) {
		base (name);
	}

	public Node.in (Node parent, string name) throws Error {
		this (name);
		new Weakref.Bond (parent, this);
		this.parent = parent;
		parent.child = this;
	}
}

void add_bond_tests () {
	add ("bond/owner-keeps-owned", () => {
		var owner = new Probe ("owner");
		var child = new Probe ("owned");
		var self = new Weakref.Bond (owner, child);

		assert (self.is_alive () && self.alive);
		assert (self.owner == owner && self.@owned == child);
		child = null;
		assert_log ("");
		child = (Probe) self.dup_owned ();
		assert (child.name == "owned");

		child = null;
		owner = null;
		assert_log ("~owner ~owned");
		assert (!self.alive && self.owner == null && self.dup_owned () == null);
	});

	add ("bond/owned-keeps-owner", () => {
		var root = new Node ("root");
		var branch = new Node.in (root, "branch");
		var leaf = new Node.in (branch, "leaf");

		root = branch = null;
		assert_log ("");
		assert (leaf.parent.parent.name == "root");
		root = leaf.parent.parent;
		leaf = null;
		assert_log ("");
		assert (root.child.child.name == "leaf");

		root = null;
		assert_log ("~root ~branch ~leaf");
	});

	add ("bond/ends-when-it-is-broken", () => {
		var owner = new Probe ("owner");
		var child = new Probe ("owned");
		var self = new Weakref.Bond (owner, child);

		self.notify["alive"].connect (() => note ("notify"));
		assert (self.@break ());
		assert_log ("notify");
		assert (!self.@break ());

		child = null;
		assert_log ("~owned");
		owner = null;
		assert_log ("~owner");
	});

	add ("bond/handle-is-not-needed", () => {
		var owner = new Probe ("owner");
		Weakref.Ref reference;

		{
			var child = new Probe ("owned");
			new Weakref.Bond (owner, child);
			reference = new Weakref.Ref (child);
		}
		assert_log ("");
		assert (reference.is_alive ());

		owner = null;
		assert_log ("~owner ~owned");
	});

	add ("bond/throws-what-is-wrong", () => {
		var a = new Probe ("a");
		var b = new Probe ("b");
		var c = new Probe ("c");

		new Weakref.Bond (a, b);
		try {
			new Weakref.Bond (b, a);
			assert_not_reached ();
		} catch (Weakref.Error.CYCLE e) {
			note ("cycle");
		}
		try {
			new Weakref.Bond (c, b);
			assert_not_reached ();
		} catch (Weakref.Error.OWNED e) {
			note ("owned");
		}
		assert_log ("cycle owned");

		c = null;
		assert_log ("~c");
		b = null;
		a = null;
		assert_log ("~a ~b");
	});
}
