/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/locks.h>

#ifdef G_OS_UNIX
#include <pthread.h>
#include <unistd.h>
#else
#include <process.h>
#endif

/* What fork() has to know. The child has a copy of all locks, but only of one thread: what another
 * thread held at that moment, or was changing under it, stays so for ever. So the thread that forks
 * takes all locks of the library before, and gives them back after, in the parent and in the child.
 *
 * The order is that of the library: first those of tables, then those that are taken inside of
 * them. Within each group no thread ever has two, except here, so that their order does not matter;
 * and only one thread is here at a time, because the C library forks with a lock of its own, or, if
 * not, because of the list lock, which is the first.
 *
 * This does not make everything safe. The locks of GLib are not taken, nor those of a program. In a
 * child of a process with threads GLib itself may wait for ever, and POSIX promises nothing but
 * exec() and _exit(). What it does promise: a child does not hang in *this* library because of what
 * another thread was doing here.
 *
 * Costs: nothing but a link in a list for each table, and the time of a fork. */

GMutex weakref_locks[WEAKREF_N_LOCKS];
WeakrefBlockLock weakref_block_locks[1 << WEAKREF_N_BLOCK_LOCK_BITS];

static GMutex list_lock;
static WeakrefNode *listed_locks; /* list lock */
static gint process_id;           /* (atomic) */

/* @lock is that of a table, of which no thread takes another one's inside. */
void
weakref_locks_add (WeakrefListedLock *listed, GMutex *lock)
{
  listed->lock = lock;

  g_mutex_lock (&list_lock);
  weakref_list_push (&listed_locks, &listed->node);
  g_mutex_unlock (&list_lock);
}

/* Nobody holds the lock any more. */
void
weakref_locks_remove (WeakrefListedLock *listed)
{
  g_mutex_lock (&list_lock);
  weakref_list_take (&listed->node);
  g_mutex_unlock (&list_lock);
}

/* The number of this process, without a system call. */
gint
weakref_process_get_id (void)
{
  return g_atomic_int_get (&process_id);
}

#ifdef G_OS_UNIX

static void
fork_prepare_cb (void)
{
  WeakrefNode *node;
  guint i;

  g_mutex_lock (&list_lock);
  for (node = listed_locks; node != NULL; node = node->next)
    g_mutex_lock (((WeakrefListedLock *) node)->lock);
  for (i = 0; i < WEAKREF_N_LOCKS; i++)
    g_mutex_lock (&weakref_locks[i]);
  for (i = 0; i < G_N_ELEMENTS (weakref_block_locks); i++)
    g_mutex_lock (&weakref_block_locks[i].mutex);
}

static void
fork_done_cb (void)
{
  WeakrefNode *node;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (weakref_block_locks); i++)
    g_mutex_unlock (&weakref_block_locks[i].mutex);
  for (i = 0; i < WEAKREF_N_LOCKS; i++)
    g_mutex_unlock (&weakref_locks[i]);
  for (node = listed_locks; node != NULL; node = node->next)
    g_mutex_unlock (((WeakrefListedLock *) node)->lock);
  g_mutex_unlock (&list_lock);
}

static void
fork_child_cb (void)
{
  g_atomic_int_set (&process_id, getpid ());
  fork_done_cb ();
}

#endif

/* When the library is loaded: there is nothing that every use of it passes. */
__attribute__ ((constructor)) static void
locks_init (void)
{
#ifdef G_OS_UNIX
  g_atomic_int_set (&process_id, getpid ());
  pthread_atfork (fork_prepare_cb, fork_done_cb, fork_child_cb);
#else
  g_atomic_int_set (&process_id, _getpid ());
#endif
}
