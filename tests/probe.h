/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "assertions.h"

G_BEGIN_DECLS

/* The language of the tests.
 *
 * A probe is an object that logs its ends: "-name" when it is disposed for the first time, "~name"
 * when it is finalized. Callbacks log what they like with test_log(). assert_log (f, "…") compares
 * and empties the log; at the end of a test it must be empty, and every probe finalized. */

#define TEST_TYPE_PROBE (test_probe_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestProbe, test_probe, TEST, PROBE, GObject)

struct _TestProbeClass
{
  GObjectClass parent_class;
};

typedef void (*TestProbeFunc) (TestProbe *probe, gpointer user_data);

TestProbe *test_probe_new (const char *name);
const char *test_probe_get_name (TestProbe *probe);
/* Whether its dispose has begun, and it was not resurrected since then. Any thread may call this.
 */
gboolean test_probe_was_disposed (TestProbe *probe);
/* Calls @func at the start of the dispose, before the parent class disposes anything. */
void test_probe_set_on_dispose (TestProbe *probe, TestProbeFunc func, gpointer user_data);
/* The dispose takes a reference, once, and hands it over through @location: before chaining up, or
 * instead of it. */
void test_probe_resurrect (TestProbe *probe, TestProbe **location, gboolean chain_up);
guint test_probe_count_alive (void);

void test_log (const char *format, ...) G_GNUC_PRINTF (1, 2);
char *test_log_steal (void);

/* assert_log ("-a ~a"); */
#define assert_log(expected)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_log_got = test_log_steal ();                                                      \
    g_assert_cmpstr (assert_log_got, ==, expected);                                                \
    g_free (assert_log_got);                                                                       \
  }                                                                                                \
  G_STMT_END

/* Drops the last reference, and asserts what is logged while it does: assert_drop (a, "-a ~a"). */
#define assert_drop(object, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gpointer assert_drop_object = (object);                                                        \
    g_object_add_weak_pointer (assert_drop_object, &assert_drop_object);                           \
    g_object_unref (assert_drop_object);                                                           \
    g_assert_null (assert_drop_object);                                                            \
    assert_log (expected);                                                                         \
  }                                                                                                \
  G_STMT_END

/* Probes that are dropped in threads would fill the log. So they are only counted. */
void test_log_set_probes (gboolean log_probes);

/* Calls g_test_init (). The tests of this program are in @directory, such as "/weakref/ref". */
void test_init (int *argc, char ***argv, const char *directory);
/* Adds the function test_NAME () as the test case DIRECTORY/NAME, with "-" for each "_". The test
 * case fails if it leaves a logged event unread, or a probe alive. */
#define test_case(name) test_add_in_directory (#name, test_##name)
/* The same, as DIRECTORY/PATH: test_case_as ("context/default", context_default). */
#define test_case_as(path, name) test_add_in_directory (path, test_##name)
void test_add_in_directory (const char *name, void (*func) (void));
/* Adds a test case by its whole path. */
void test_add (const char *path, void (*func) (void));
/* Runs everything that is due in the default main context. */
void test_iterate (void);

/* Returns how often a test repeats something: @n times, multiplied by the environment variable
 * WEAKREF_TEST_SCALE. That is 1 by default, less under valgrind, and more for a stress test. The
 * result is at least @min, because the test shows nothing with fewer. */
guint test_scale (guint n, guint min);

/* A meeting point: a thread that waits at a gate goes on when another thread has opened it. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean is_open; /* lock */
} TestGate;

void test_gate_init (TestGate *gate);
void test_gate_open (TestGate *gate);
void test_gate_wait (TestGate *gate);
void test_gate_clear (TestGate *gate);

/* Runs @func in @n_threads threads, which begin at the same moment, and joins them. */
void test_threads (guint n_threads, GThreadFunc func, gpointer data);

G_END_DECLS
