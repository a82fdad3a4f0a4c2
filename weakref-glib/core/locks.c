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

/* How the library locks. What is done under a lock of ours takes a few dozen instructions, mostly.
 * A thread that sleeps until a lock is free, and has to be woken, takes hundreds of times as long,
 * and so does the one that wakes it. So a thread first tries again for some microseconds. Two
 * threads that look up in one table of 10,000 objects took four times as long without that, with
 * GLib 2.74 on two processors.
 *
 * What the library does about fork(). The child has a copy of all locks, but only one thread. If
 * another thread of the parent had a lock at that moment, this lock is never released in the child,
 * and what was being changed under it stays half changed. So the thread that forks takes all locks
 * of the library before, and releases them afterwards, in the parent and in the child.
 *
 * The locks of tables are taken first, then those that may be taken inside them. The locks of
 * blocks are the last, because no lock is taken inside them. Two locks of the same group are taken
 * together only here. So their order does not matter, as long as only one thread at a time is here.
 * The list lock, which is taken first, makes sure of that.
 *
 * This does not make everything safe. The locks of GLib and those of the program are not taken. In
 * the child of a process with threads, GLib itself may wait for ever, and POSIX allows only exec()
 * and _exit(). What we make sure of is this: a child does not wait for ever in this library because
 * of what another thread of the parent was doing in it.
 *
 * It costs a link in a list for each table, and some time at each fork. */

GMutex weakref_locks[WEAKREF_N_LOCKS];
WeakrefBlockLock weakref_block_locks[1 << WEAKREF_N_BLOCK_LOCK_BITS];

/* How often a thread tries, and how long it waits between two tries. */
#define N_TRIES 64
#define N_PAUSES 8

static GMutex list_lock;
static WeakrefNode *listed_locks; /* list lock */
static gint process_id;           /* (atomic) */
static guint n_tries;             /* (const) from the start of the library on */

static inline void
pause_processor (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield" ::: "memory");
#else
  __asm__ volatile("" ::: "memory");
#endif
}

/* Waits for a lock that another thread has. */
void
weakref_lock_contended (GMutex *mutex)
{
  guint i;
  guint j;

  for (i = 0; i < n_tries; i++)
    {
      for (j = 0; j < N_PAUSES; j++)
        pause_processor ();
      if (g_mutex_trylock (mutex))
        return;
    }

  g_mutex_lock (mutex);
}

/* Adds the lock of a table. No thread has the locks of two tables at the same time. */
void
weakref_locks_add (WeakrefListedLock *listed, GMutex *lock)
{
  listed->lock = lock;

  g_mutex_lock (&list_lock);
  weakref_list_push (&listed_locks, &listed->node);
  g_mutex_unlock (&list_lock);
}

/* To be called before the lock is cleared. No thread has the lock. */
void
weakref_locks_remove (WeakrefListedLock *listed)
{
  g_mutex_lock (&list_lock);
  weakref_list_take (&listed->node);
  g_mutex_unlock (&list_lock);
}

/* Returns the number of this process without a system call. */
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

/* This runs when the library is loaded, because there is no function that every use of the library
 * calls first. */
__attribute__ ((constructor)) static void
locks_init (void)
{
  /* With one processor, the thread that has the lock does not go on meanwhile. */
  n_tries = g_get_num_processors () > 1 ? N_TRIES : 0;
#ifdef G_OS_UNIX
  g_atomic_int_set (&process_id, getpid ());
  pthread_atfork (fork_prepare_cb, fork_done_cb, fork_child_cb);
#else
  g_atomic_int_set (&process_id, _getpid ());
#endif
}
