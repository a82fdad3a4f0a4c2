/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Observers that vanish. A subject notifies its observers, and does not keep them alive. They do
 * not have to unregister, and are not notified after their end. They are notified in the order in
 * which they came. */

#include <weakref-glib/weakref-glib.h>

static void
tell_cb (gpointer observer, gpointer user_data)
{
  const char *news = user_data;

  g_print ("  %s hears: %s\n", g_action_get_name (observer), news);
}

static void
tell (WeakrefSet *observers, const char *news)
{
  g_print ("told to %u\n", weakref_set_get_size (observers));
  weakref_set_foreach (observers, tell_cb, (gpointer) news);
}

int
main (void)
{
  g_autoptr (WeakrefSet) observers = weakref_set_new (G_TYPE_ACTION);
  g_autoptr (GSimpleAction) save = g_simple_action_new ("save", NULL);
  g_autoptr (GSimpleAction) print = g_simple_action_new ("print", NULL);

  weakref_set_add (observers, save);
  weakref_set_add (observers, print);
  weakref_set_add (observers, save);
  tell (observers, "document opened");

  g_clear_object (&print);
  tell (observers, "document changed");

  g_clear_object (&save);
  tell (observers, "document closed");

  return 0;
}
