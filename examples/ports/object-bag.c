/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A bag of objects, as evolution-data-server has one for its folders: an object that is in use is
 * found by its name; if it is not there, its name is reserved for the one who asked first, and the
 * others wait until he has put it in, or has given up.
 *
 * There it is 500 lines with a lock, two hash tables, and a list of reservations. Here a value
 * table does all of that; what is left is the words. */

#include <weakref-glib/weakref-glib.h>

typedef WeakrefValueTable Bag;

/* The object; or NULL with a reservation: then it is up to the caller to add it, or to abort. Waits
 * as long as somebody else has reserved the name. */
static gpointer
bag_reserve (Bag *bag, const char *name, WeakrefReservation **reservation, GError **error)
{
  gpointer object;

  *reservation = weakref_value_table_reserve (bag, name, &object, error);
  return object;
}

/* The object, or NULL. Waits as long as somebody has reserved the name, but reserves nothing. */
static gpointer
bag_get (Bag *bag, const char *name)
{
  WeakrefReservation *reservation;
  gpointer object = bag_reserve (bag, name, &reservation, NULL);

  g_clear_object (&reservation);
  return object;
}

static void
bag_add (WeakrefReservation *reservation, gpointer object)
{
  weakref_reservation_commit (reservation, object);
  g_object_unref (reservation);
}

/* What follows shows that the bag keeps the promises of the original. */

typedef struct
{
  Bag *bag;
  WeakrefReservation *reservation; /* of "inbox", by the main thread */
  gint n_added;                    /* (atomic) */
} Mail;

static GObject *
new_folder (void)
{
  return g_object_new (G_TYPE_OBJECT, NULL);
}

static gpointer
open_inbox_thread (gpointer data)
{
  Mail *mail = data;
  WeakrefReservation *reservation;
  gpointer folder = bag_reserve (mail->bag, "inbox", &reservation, NULL);

  if (reservation == NULL)
    return folder;

  folder = new_folder ();
  g_atomic_int_inc (&mail->n_added);
  bag_add (reservation, folder);
  return folder;
}

/* Four threads want the inbox while it is reserved. */
static void
open_inbox (Mail *mail, GThread *threads[4])
{
  guint i;

  g_assert_true (bag_reserve (mail->bag, "inbox", &mail->reservation, NULL) == NULL);
  for (i = 0; i < 4; i++)
    threads[i] = g_thread_new ("mail", open_inbox_thread, mail);
}

static void
check_all_get_it (Mail *mail)
{
  GObject *inbox = new_folder ();
  GThread *threads[4];
  guint i;

  open_inbox (mail, threads);
  bag_add (mail->reservation, inbox);
  for (i = 0; i < 4; i++)
    {
      g_assert_true (g_thread_join (threads[i]) == inbox);
      g_object_unref (inbox);
    }
  g_assert_true (mail->n_added == 0 && bag_get (mail->bag, "inbox") == inbox);
  g_print ("Reserved and added: all four who waited have the same folder\n");

  g_object_unref (inbox);
  g_object_unref (inbox);
  g_assert_true (bag_get (mail->bag, "inbox") == NULL);
  g_print ("Nobody uses it any more: it has left the bag\n");
}

static void
check_abort_wakes_them (Mail *mail)
{
  gpointer folders[4];
  GThread *threads[4];
  guint i;

  open_inbox (mail, threads);
  g_object_unref (mail->reservation); /* that is the abort */
  for (i = 0; i < 4; i++)
    {
      folders[i] = g_thread_join (threads[i]);
      g_assert_true (folders[i] == folders[0]);
    }
  g_assert_true (folders[0] != NULL && mail->n_added == 1);
  g_print ("Reserved and aborted: one of the four has added it, and all have the same folder\n");
  for (i = 0; i < 4; i++)
    g_object_unref (folders[i]);
}

static void
never_cb (gconstpointer name, GTask *task, gpointer data)
{
  g_assert_not_reached ();
}

static void
failed_cb (GObject *bag, GAsyncResult *result, gpointer n_failed)
{
  GError *error = NULL;

  g_assert_null (weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (bag), result, &error));
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED));
  g_error_free (error);
  ++*(guint *) n_failed;
}

/* More than the original can: there each of them would try in turn. */
static void
check_failure_is_for_all (Mail *mail)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "away");
  WeakrefReservation *reservation;
  guint n_failed = 0;
  guint i;

  bag_reserve (mail->bag, "sent", &reservation, NULL);
  for (i = 0; i < 4; i++)
    weakref_value_table_ensure_async (mail->bag, "sent", G_PRIORITY_DEFAULT, NULL, never_cb, NULL,
                                      NULL, failed_cb, &n_failed);
  weakref_reservation_fail (reservation, error);
  g_object_unref (reservation);
  while (n_failed < 4)
    g_main_context_iteration (NULL, TRUE);
  g_print ("Reserved and failed: all four who waited have the error\n");
}

static void
check_rekey (Mail *mail)
{
  GObject *drafts = new_folder ();
  GObject *other = new_folder ();
  char *name;

  weakref_value_table_insert (mail->bag, "drafts", drafts);
  weakref_value_table_insert (mail->bag, "archive", other);
  /* Onto a name that is taken: who has it loses it. */
  weakref_value_table_rekey (mail->bag, drafts, "archive");
  g_assert_true (weakref_value_table_lookup_key (mail->bag, drafts, (gpointer *) &name));
  g_assert_cmpuint (weakref_value_table_get_size (mail->bag), ==, 1);
  g_print ("Renamed: the drafts are now under '%s' alone\n", name);
  g_free (name);
  weakref_value_table_remove_object (mail->bag, drafts);
  g_assert_true (weakref_value_table_get_size (mail->bag) == 0);
  g_object_unref (drafts);
  g_object_unref (other);
}

int
main (void)
{
  Mail mail = { weakref_value_table_new (G_TYPE_STRING), NULL, 0 };

  check_all_get_it (&mail);
  check_abort_wakes_them (&mail);
  check_failure_is_for_all (&mail);
  check_rekey (&mail);
  g_object_unref (mail.bag);
  return 0;
}
