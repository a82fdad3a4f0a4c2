/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The block: watches that start while the object is being disposed. */

#include "block-common.h"

/* A GWeakNotify, a TestProbeFunc and others that start a watch on their object. */
static gpointer interest; /* the target, for a GFunc */

static void
interest_cb (gpointer watch, gpointer name)
{
  watch_new (interest, name);
}

static void
interest_notify_cb (gpointer name, GObject *target)
{
  test_log ("notify");
  watch_new (target, name);
}

static void
interest_dispose_cb (TestProbe *probe, gpointer name)
{
  watch_new (probe, name);
}

/* A probe that starts a watch on itself once, at the end of its dispose. */
typedef struct
{
  TestProbe parent_instance;
  const char *name;
} LateProbe;

typedef TestProbeClass LateProbeClass;

static GType late_probe_get_type (void);
G_DEFINE_TYPE (LateProbe, late_probe, TEST_TYPE_PROBE)

static void
late_probe_dispose (GObject *object)
{
  const char *name = g_steal_pointer (&((LateProbe *) object)->name);

  G_OBJECT_CLASS (late_probe_parent_class)->dispose (object);
  if (name != NULL)
    watch_new (object, name);
}

static void
late_probe_class_init (LateProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = late_probe_dispose;
}

static void
late_probe_init (LateProbe *self)
{
}

static TestProbe *
late_probe_new (const char *name, const char *watch_name)
{
  LateProbe *self = g_object_new (late_probe_get_type (), "name", name, NULL);

  self->name = watch_name;

  return (TestProbe *) self;
}

static void
test_interest_in_the_dispose_of_the_last_unref (void)
{
  TestProbe *a = test_probe_new ("a");

  watch_new (a, "1");
  test_probe_set_on_dispose (a, interest_dispose_cb, "2");

  /* The old life is over. The new one ends its block. */
  g_object_unref (a);
  assert_log ("-a x1 !1 x2 !2 ~a");
}

static void
test_interest_late_in_the_dispose_of_the_last_unref (void)
{
  TestProbe *a = late_probe_new ("a", "2");

  watch_new (a, "1");
  g_object_unref (a);
  assert_log ("-a x1 !1 x2 !2 ~a");
}

static void
test_interest_in_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *block = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));

  test_probe_set_on_dispose (a, interest_dispose_cb, "2");

  /* It is still the old life. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x2 x1 !2 !1");
  assert_dead (block);
  weakref_block_unref (block);

  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_late_in_run_dispose (void)
{
  TestProbe *a = late_probe_new ("a", "2");
  WeakrefBlock *first = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));
  WeakrefBlock *now;

  /* This is a new life. It depends on the version of GLib whether the rest of the dispose ends it.
   * In any case it is announced once, and does not disturb the next life. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  assert_dead (first);

  now = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (now != first);
  assert_alive (now, a);
  weakref_block_unref (now);
  weakref_block_unref (first);

  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

static void
test_interest_in_an_earlier_weak_notify (void)
{
  TestProbe *a = test_probe_new ("a");

  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");
  watch_new (a, "1");

  g_object_unref (a);
  assert_log ("-a notify x1 !1 x2 !2 ~a");
}

static void
test_interest_in_a_later_weak_notify (void)
{
  TestProbe *a = test_probe_new ("a");

  watch_new (a, "1");
  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");

  g_object_unref (a);
  assert_log ("-a x1 !1 notify x2 !2 ~a");
}

static void
test_interest_in_an_earlier_weak_notify_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");

  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");
  watch_new (a, "1");

  /* Still the old life. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a notify x2 x1 !2 !1");
  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_in_a_later_weak_notify_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *now;

  watch_new (a, "1");
  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");

  /* The rest of the dispose ends this life, and GLib does not notify of it. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1 notify");

  now = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  assert_log ("x2 !2");
  assert_alive (now, a);
  weakref_block_unref (now);

  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_in_an_announcement (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one;
  Watch *two;

  one = watch_new (a, "1");
  two = watch_new (a, "2");
  interest = a;
  one->then = interest_cb;
  one->then_data = (gpointer) "late1";
  two->then = interest_cb;
  two->then_data = (gpointer) "late2";

  /* It belongs to another life. It is not lost, and it is not mixed with those of this life. */
  g_object_unref (a);
  assert_log ("-a x2 x1 !2 !1 xlate1 xlate2 !late1 !late2 ~a");
}

static void
test_interest_in_an_announcement_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");

  interest = a;
  one->then = interest_cb;
  one->then_data = (gpointer) "late";

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  watch_new (a, "2");
  assert_log ("xlate !late");
  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

static void
test_interest_in_what_is_disposed_just_now (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *first = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));
  Watch *two = g_new0 (Watch, 1);

  /* The block has been found. Then the object is disposed, and then the watch starts. */
  two->name = "2";
  two->watch.place.link.block = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (weakref_watch_get_block (&two->watch) == first);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  assert_dead (first);

  weakref_watch_start (&two->watch, &watch_funcs, a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (weakref_watch_get_block (&two->watch) != first);
  g_assert_false (weakref_block_is_dead (weakref_watch_get_block (&two->watch)));

  g_object_unref (a);
  assert_log ("x2 !2 ~a");
  weakref_block_unref (first);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/block");

  test_case_as ("interest/in-dispose-of-last-unref", interest_in_the_dispose_of_the_last_unref);
  test_case_as ("interest/late-in-dispose-of-last-unref",
                interest_late_in_the_dispose_of_the_last_unref);
  test_case_as ("interest/in-run-dispose", interest_in_run_dispose);
  test_case_as ("interest/late-in-run-dispose", interest_late_in_run_dispose);
  test_case_as ("interest/in-earlier-weak-notify", interest_in_an_earlier_weak_notify);
  test_case_as ("interest/in-later-weak-notify", interest_in_a_later_weak_notify);
  test_case_as ("interest/in-earlier-weak-notify-of-run-dispose",
                interest_in_an_earlier_weak_notify_of_run_dispose);
  test_case_as ("interest/in-later-weak-notify-of-run-dispose",
                interest_in_a_later_weak_notify_of_run_dispose);
  test_case_as ("interest/in-announcement", interest_in_an_announcement);
  test_case_as ("interest/in-announcement-of-run-dispose",
                interest_in_an_announcement_of_run_dispose);
  test_case_as ("interest/in-what-is-disposed-just-now", interest_in_what_is_disposed_just_now);

  return g_test_run ();
}
