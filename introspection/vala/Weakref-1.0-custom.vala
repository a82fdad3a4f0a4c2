// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the typelib has no words for, and Vala has.

namespace Weakref {
	// Keys that are no values, as in GLib.HashTable: so there is no key of a wrong type, and nothing
	// to throw. K is the type of the table's keys; int64? and double? are passed boxed.
	public class ValueTable : GLib.Object {
		[CCode (cname = "weakref_value_table_lookup", simple_generics = true)]
		public GLib.Object? get<K> (K key);
		[CCode (cname = "weakref_value_table_insert", simple_generics = true)]
		public void set<K> (K key, GLib.Object object);
		[CCode (cname = "weakref_value_table_contains", simple_generics = true)]
		public bool has_key<K> (K key);
		[CCode (cname = "weakref_value_table_remove", simple_generics = true)]
		public bool unset<K> (K key);
		[CCode (cname = "weakref_value_table_steal", simple_generics = true)]
		public GLib.Object? steal_key<K> (K key);
		[CCode (cname = "weakref_value_table_replace", simple_generics = true)]
		public bool replace_key<K> (K key, GLib.Object? expected, GLib.Object? object);
		[CCode (cname = "weakref_value_table_rekey", simple_generics = true)]
		public bool rekey_to<K> (GLib.Object object, K new_key);
	}

	[CCode (cheader_filename = "weakref-glib/weakref-glib.h", simple_generics = true)]
	[Version (since = "1.0")]
	public static bool key_type_register<K> (GLib.Type type, GLib.HashFunc<K> hash, GLib.EqualFunc<K> equal, GLib.BoxedCopyFunc? copy = null, GLib.DestroyNotify? free = null);

	// The callback is a static method, cast to Callback: it is called with the arguments of the signal,
	// the instance first, then with the objects, and then with user_data.
	[CCode (cheader_filename = "weakref-glib/weakref-glib.h", sentinel = "NULL")]
	[Version (since = "1.0")]
	public static ulong signal_connect (GLib.Object instance, string detailed_signal, GLib.Callback callback, void* user_data, GLib.DestroyNotify? destroy, GLib.ConnectFlags flags, ...);
}
