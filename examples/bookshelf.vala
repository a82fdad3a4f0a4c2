// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Every class of the library, from Vala: a shelf of books, of which those are there that somebody
// reads, and the last one that somebody has read.

class Book : Object {
	public string title { get; construct; }
	public int page { get; set; default = 1; }

	public Book (string title) {
		Object (title: title);
	}
}

// Part of a book, which it needs: no book without its cover, no cover without its book.
class Cover : Object {
	public unowned Book book;

	public Cover (Book book) throws Error {
		this.book = book;
		new Weakref.Bond (book, this);
	}
}

class Reader : Object {
	public string name { get; construct; }

	public Reader (string name) {
		Object (name: name);
	}
}

class Shelf : Object {
	Weakref.Cache books = new Weakref.Cache (typeof (string), 1);
	Weakref.KeyTable notes = new Weakref.KeyTable ();
	Weakref.Set readers = new Weakref.Set (typeof (Reader));
	Weakref.ValueTable names = new Weakref.ValueTable (typeof (string));

	public Book take (string title) throws Error {
		return (Book) books.ensure (title, (key) => {
			print ("  fetched %s\n", (string) key);
			// The function knows the title only: it does not hold the book.
			var book = new Book ((string) key);
			Weakref.finalize (book, () => print ("  put away %s\n", title));
			return book;
		});
	}

	public void note (Book book, string text) {
		notes.insert (book, text);
	}

	public string read_note (Book book) {
		Value text;

		return notes.lookup (book, out text) ? (string) text : "none";
	}

	public void enter (Reader reader) throws Error {
		names.insert (reader.name, reader);
		readers.add (reader);
	}

	public Reader? find (string name) throws Error {
		return (Reader?) names.lookup (name);
	}

	public void show () {
		print ("  %u book(s), %u of them idle, %u note(s), %u reader(s):",
		       books.get_size (), books.n_idle, notes.get_size (), readers.get_size ());
		readers.foreach ((reader) => print (" %s", ((Reader) reader).name));
		print ("\n");
	}
}

// A line of text which is there longer than what it tells of.
class Display : Object {
	public int page { get; set; }
}

// In Vala, what a call that may throw returns lives to the end of the block if it is not assigned.
// So it is assigned here, and dropped where the program says so.
int main () {
	try {
		var shelf = new Shelf ();

		print ("A cache has each book once, and keeps one that nobody reads\n");
		var emma = shelf.take ("Emma");
		var again = shelf.take ("Emma");
		print ("  the same: %s\n", again == emma ? "yes" : "no");
		again = null;
		shelf.note (emma, "Chapter 7!");
		print ("  note: %s\n", shelf.read_note (emma));
		shelf.show ();

		print ("A reference tells when its object has gone\n");
		var last = new Weakref.Ref.full (emma, null, (self) => {
			print ("  the last book is %s\n", self.is_alive () ? "there" : "gone");
		});

		print ("A proxy stands for it, and does not keep it\n");
		var proxy = new Weakref.Proxy (emma);
		var display = new Display ();
		proxy.bind_property ("page", display, "page", BindingFlags.SYNC_CREATE);
		emma.page = 42;
		print ("  page %d\n", display.page);

		print ("Who has the cover has the book\n");
		var cover = new Cover (emma);
		emma = null;
		print ("  of %s, and %s\n", cover.book.title, last.get () == cover.book ? "the last" : "some");

		print ("Now nobody has it\n");
		cover = null;
		shelf.show ();

		print ("A second one that nobody reads drives it out, and its note\n");
		var ulysses = shelf.take ("Ulysses");
		ulysses = null;
		shelf.show ();
		print ("  the proxy is %s\n", proxy.alive ? "alive" : "dead");

		print ("A finalizer that is called off\n");
		var persuasion = new Book ("Persuasion");
		var finalizer = new Weakref.Finalizer (persuasion, () => print ("  never\n"));
		print ("  in time: %s\n", finalizer.detach () ? "yes" : "no");
		persuasion = null;

		print ("Readers come and go\n");
		var jane = new Reader ("Jane");
		shelf.enter (jane);
		shelf.enter (new Reader ("nobody"));
		shelf.show ();
		var found = shelf.find ("Jane");
		print ("  Jane is %s\n", found == jane ? "here" : "lost");
		jane = found = null;
		shelf.show ();

		print ("The shelf goes\n");
		shelf = null;
	} catch (Error e) {
		printerr ("%s\n", e.message);
		return 1;
	}

	return 0;
}
