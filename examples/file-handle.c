/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A file handle that is closed when its owner goes: the owner is an object of somebody else's type,
 * which knows nothing of the file. Closing by hand, once and in time, is possible too. */

#include <fcntl.h>

#include <weakref-glib/weakref-glib.h>
#include <glib/gstdio.h>

static void
close_cb (gpointer data)
{
  g_print ("closed\n");
  g_close (GPOINTER_TO_INT (data), NULL);
}

/* Has @owner own @fd. */
static WeakrefFinalizer *
own_handle (gpointer owner, int fd)
{
  return weakref_finalizer_new (owner, close_cb, GINT_TO_POINTER (fd), NULL);
}

static const char *
state (int fd)
{
  return fcntl (fd, F_GETFD) == -1 ? "closed" : "open";
}

int
main (void)
{
  GSimpleAction *owner = g_simple_action_new ("save", NULL);
  GSimpleAction *other = g_simple_action_new ("print", NULL);
  int fd = g_open (g_get_tmp_dir (), O_RDONLY, 0);
  g_autoptr (WeakrefFinalizer) finalizer = NULL;

  /* The library keeps the finalizer, so nobody else has to. */
  g_object_unref (own_handle (owner, fd));
  g_print ("the handle is %s\n", state (fd));

  g_print ("the owner goes\n");
  g_object_unref (owner);
  g_print ("the handle is %s\n", state (fd));

  fd = g_open (g_get_tmp_dir (), O_RDONLY, 0);
  finalizer = own_handle (other, fd);
  g_print ("another handle is %s\n", state (fd));

  g_print ("run by hand: %s\n", weakref_finalizer_run (finalizer) ? "yes" : "too late");
  g_print ("and once more: %s\n", weakref_finalizer_run (finalizer) ? "yes" : "too late");
  g_print ("another handle is %s\n", state (fd));

  g_print ("its owner goes\n");
  g_object_unref (other);

  return 0;
}
