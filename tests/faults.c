/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

/* What callbacks do that they had better not: each fault in each callback that there is, when the
 * target goes and when it is disposed by force. All is called as often as it has to be, nothing is
 * freed twice, and nothing stays. */

typedef struct _Fault Fault;

struct _Fault
{
  TestProbe *target;      /* (owned) (nullable): until it dies */
  GObject *weak;          /* (owned) (nullable): what calls back */
  void (*act) (Fault *f); /* what its first callback does; NULL: nothing */
  const struct _Source *source;
  Fault *other; /* of another target and the same source, which does nothing */
  GMainLoop *loop;
  gboolean by_force;     /* the target is disposed, and lives on */
  gboolean quit_in_vain; /* the loop had to be ended by us */
  guint n_called;
  guint n_data; /* how often something was made that frees its data */
  guint n_freed;
};

/* Something that calls back when its target dies. */
typedef struct _Source
{
  const char *name;
  gpointer (*make) (Fault *f, TestProbe *target);
  gboolean once; /* one call for one death */
  gboolean late; /* a forced dispose is no death */
} Source;

static void
called (Fault *f)
{
  f->n_called++;
  if (f->act != NULL && f->n_called == 1)
    f->act (f);
}

static void
freed_cb (gpointer f)
{
  ((Fault *) f)->n_freed++;
}

static void
ref_cb (WeakrefRef *ref, gpointer f)
{
  called (f);
}

static gpointer
make_ref (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_ref_new_full (target, NULL, ref_cb, f, freed_cb);
}

static gpointer
make_ref_with_context (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_ref_new_full (target, g_main_context_default (), ref_cb, f, freed_cb);
}

/* Its data is the last thing that knows of the death. */
static void
data_cb (gpointer f)
{
  freed_cb (f);
  called (f);
}

static void
nothing_cb (WeakrefRef *ref, gpointer f)
{
}

static gpointer
make_ref_with_data (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_ref_new_full (target, NULL, nothing_cb, f, data_cb);
}

static void
notify_cb (GObject *weak, GParamSpec *pspec, gpointer f)
{
  called (f);
}

static gpointer
make_notified (Fault *f, TestProbe *target)
{
  WeakrefRef *ref = weakref_ref_new_full (target, NULL, NULL, NULL, NULL);

  g_signal_connect (ref, "notify::alive", G_CALLBACK (notify_cb), f);

  return ref;
}

static void
finalizer_cb (gpointer f)
{
  called (f);
}

static gpointer
make_finalizer (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_finalizer_new (target, finalizer_cb, f, freed_cb);
}

static gpointer
make_finalizer_with_context (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_finalizer_new_full (target, g_main_context_default (), WEAKREF_PHASE_DISPOSE,
                                     finalizer_cb, f, freed_cb);
}

static gpointer
make_late_finalizer (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_finalizer_new_full (target, NULL, WEAKREF_PHASE_FINALIZE, finalizer_cb, f,
                                     freed_cb);
}

static void
proxy_cb (WeakrefProxy *proxy, gpointer f)
{
  called (f);
}

static gpointer
make_proxy (Fault *f, TestProbe *target)
{
  f->n_data++;
  return weakref_proxy_new_full (target, NULL, proxy_cb, f, freed_cb);
}

static gpointer
make_key_table (Fault *f, TestProbe *target)
{
  WeakrefKeyTable *table = weakref_key_table_new (data_cb);

  f->n_data++;
  weakref_key_table_insert (table, target, f);

  return table;
}

static void
items_changed_cb (GListModel *list, guint position, guint removed, guint added, gpointer f)
{
  called (f);
}

static gpointer
make_set (Fault *f, TestProbe *target)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  weakref_set_add (set, target);
  g_signal_connect (set, "items-changed", G_CALLBACK (items_changed_cb), f);

  return set;
}

static gpointer
make_bond (Fault *f, TestProbe *target)
{
  TestProbe *owned = test_probe_new ("owned");
  WeakrefBond *bond = weakref_bond_new (target, owned, NULL);

  g_signal_connect (bond, "notify::alive", G_CALLBACK (notify_cb), f);
  g_object_unref (owned);

  return bond;
}

static gpointer
make_cache (Fault *f, TestProbe *target)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 0);

  weakref_cache_set_memory_monitor (cache, NULL);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "key", target);
  g_signal_connect (cache, "notify::n-in-use", G_CALLBACK (notify_cb), f);

  return cache;
}

static const Source sources[] = {
  { "ref", make_ref, TRUE, FALSE },
  { "ref with a context", make_ref_with_context, TRUE, FALSE },
  { "data of a ref", make_ref_with_data, TRUE, FALSE },
  { "notification of a ref", make_notified, TRUE, FALSE },
  { "finalizer", make_finalizer, TRUE, FALSE },
  { "finalizer with a context", make_finalizer_with_context, TRUE, FALSE },
  { "finalizer of the memory", make_late_finalizer, TRUE, TRUE },
  { "proxy", make_proxy, TRUE, FALSE },
  { "value of a key table", make_key_table, TRUE, FALSE },
  { "set", make_set, FALSE, FALSE },
  { "bond", make_bond, TRUE, FALSE },
  { "cache", make_cache, FALSE, FALSE },
};

static gboolean
kill_cb (gpointer data)
{
  Fault *f = data;

  if (f->by_force)
    g_object_run_dispose (G_OBJECT (f->target));
  else
    g_clear_object (&f->target);

  return G_SOURCE_REMOVE;
}

/* After everything else. */
static gboolean
quit_cb (gpointer data)
{
  Fault *f = data;

  f->quit_in_vain = TRUE;
  g_main_loop_quit (f->loop);

  return G_SOURCE_REMOVE;
}

static void
fault_start (Fault *f, const Source *source)
{
  f->source = source;
  f->target = test_probe_new ("target");
  f->weak = source->make (f, f->target);
}

static void
faults_stop (Fault *f)
{
  g_clear_object (&f->target);
  g_clear_object (&f->other->target);
  test_iterate ();
  g_clear_object (&f->weak);
  g_clear_object (&f->other->weak);
  test_iterate ();
  g_assert_cmpuint (f->n_freed, ==, f->n_data);
  g_assert_cmpuint (f->other->n_freed, ==, f->other->n_data);
}

/* @act in the callback of each source; @n_calls in all, by one or by more than that. */
static void
commit (void (*act) (Fault *f), guint n_calls, gboolean quits)
{
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 2 * G_N_ELEMENTS (sources); i++)
    {
      const Source *source = &sources[i / 2];
      Fault other = { .act = NULL };
      Fault f = { .other = &other, .by_force = i % 2 };
      guint id;

      g_test_message ("%s, %s", source->name, f.by_force ? "disposed" : "dropped");
      f.loop = g_main_loop_new (NULL, FALSE);
      fault_start (&other, source);
      fault_start (&f, source);
      /* What is notified of the beginning. */
      test_iterate ();
      f.n_called = other.n_called = 0;
      f.act = act;

      g_idle_add (kill_cb, &f);
      id = g_idle_add_full (G_MAXINT, quit_cb, &f, NULL);
      g_main_loop_run (f.loop);
      if (!f.quit_in_vain)
        g_source_remove (id);
      if (quits)
        g_assert_true (f.quit_in_vain == (source->late && f.by_force));

      faults_stop (&f);
      if (source->once)
        g_assert_cmpuint (f.n_called, ==, n_calls);
      else
        g_assert_cmpuint (f.n_called, >=, n_calls);
      g_assert_cmpuint (other.n_called, >=, 1);
      g_main_loop_unref (f.loop);
    }
  test_log_set_probes (TRUE);
}

static void
drop_owner (Fault *f)
{
  g_clear_object (&f->weak);
}

static void
test_drops_its_owner (void)
{
  commit (drop_owner, 1, FALSE);
}

static void
drop_another_target (Fault *f)
{
  g_clear_object (&f->other->target);
}

static void
test_drops_another_target (void)
{
  commit (drop_another_target, 1, FALSE);
}

static void
drop_everything (Fault *f)
{
  g_clear_object (&f->weak);
  g_clear_object (&f->other->weak);
  g_clear_object (&f->other->target);
  /* Somebody has to be called for it. */
  f->other->n_called++;
}

static void
test_drops_everything (void)
{
  commit (drop_everything, 1, FALSE);
}

static void
dispose_everything (Fault *f)
{
  g_object_run_dispose (G_OBJECT (f->weak));
  g_object_run_dispose (G_OBJECT (f->other->target));
  /* In the middle of its dispose, or after it. */
  if (f->target != NULL)
    g_object_run_dispose (G_OBJECT (f->target));
}

static void
test_disposes_everything (void)
{
  commit (dispose_everything, 1, FALSE);
}

/* With the same target, if it lives on. */
static void
register_again (Fault *f)
{
  TestProbe *target = f->target != NULL ? f->target : f->other->target;
  GObject *old = f->weak;

  f->weak = f->source->make (f, target);
  g_object_unref (old);
}

static void
test_registers_again (void)
{
  /* The second call is for the second death, or for that of the other target. */
  commit (register_again, 2, FALSE);
}

static void
quit (Fault *f)
{
  g_main_loop_quit (f->loop);
}

static void
test_quits_the_main_loop (void)
{
  commit (quit, 1, TRUE);
}

static void
iterate (Fault *f)
{
  test_iterate ();
}

static void
test_iterates_the_main_context (void)
{
  commit (iterate, 1, FALSE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/faults");

  test_case_as ("callback-drops-its-owner", drops_its_owner);
  test_case_as ("callback-drops-another-target", drops_another_target);
  test_case_as ("callback-drops-everything", drops_everything);
  test_case_as ("callback-disposes-everything", disposes_everything);
  test_case_as ("callback-registers-again", registers_again);
  test_case_as ("callback-quits-the-main-loop", quits_the_main_loop);
  test_case_as ("callback-iterates-the-main-context", iterates_the_main_context);

  return g_test_run ();
}
