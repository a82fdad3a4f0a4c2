/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-radar.h>

#include <weakref-glib/radar/radar-private.h>
#include <weakref-glib/weakref-ref.h>

/* The two functions behind the assertions for tests. They check that objects die between the two
 * calls, and in which order. */

#define MAX_ITERATIONS 10000 /* a source may always be ready, and a test must end */

G_DEFINE_ENUM_TYPE (WeakrefRadarVerdict,
                    weakref_radar_verdict,
                    G_DEFINE_ENUM_VALUE (WEAKREF_RADAR_VERDICT_DIES, "dies"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_RADAR_VERDICT_DIES_BEFORE, "dies-before"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_RADAR_VERDICT_DIES_WITH, "dies-with"))

/* This is counted, because the callback for a death may run in another thread after the end of the
 * trial. */
typedef struct
{
  gint n_deaths; /* (atomic) */
  gint order[2]; /* (atomic): 1 if the object died first, 2 if it died second, 0 if it is alive */
} Deaths;

struct _WeakrefRadarTrial
{
  Deaths *deaths;      /* (owned) (atomic-counted) */
  WeakrefRef *refs[2]; /* (owned) (nullable) */
};

static void
first_died_cb (WeakrefRef *ref, gpointer user_data)
{
  Deaths *deaths = user_data;

  g_atomic_int_set (&deaths->order[0], g_atomic_int_add (&deaths->n_deaths, 1) + 1);
}

static void
second_died_cb (WeakrefRef *ref, gpointer user_data)
{
  Deaths *deaths = user_data;

  g_atomic_int_set (&deaths->order[1], g_atomic_int_add (&deaths->n_deaths, 1) + 1);
}

/**
 * weakref_radar_begin_trial: (skip)
 * @first: (type GObject.Object): an object
 * @second: (type GObject.Object) (nullable): another object, or %NULL
 *
 * The first half of `weakref_radar_assert_dies()` and the similar macros. Use it to make your own
 * assertion.
 *
 * It may be called from any thread.
 *
 * Returns: (transfer full): a trial, which `weakref_radar_end_trial()` frees
 *
 * Since: 1.0
 */
WeakrefRadarTrial *
weakref_radar_begin_trial (gpointer first, gpointer second)
{
  WeakrefRadarTrial *trial;

  g_return_val_if_fail (G_IS_OBJECT (first), NULL);
  g_return_val_if_fail (second == NULL || G_IS_OBJECT (second), NULL);

  trial = g_new0 (WeakrefRadarTrial, 1);
  trial->deaths = g_atomic_rc_box_new0 (Deaths);
  trial->refs[0] =
    weakref_ref_new_full (first, NULL, first_died_cb, g_atomic_rc_box_acquire (trial->deaths),
                          (GDestroyNotify) g_atomic_rc_box_release);
  if (second != NULL)
    trial->refs[1] =
      weakref_ref_new_full (second, NULL, second_died_cb, g_atomic_rc_box_acquire (trial->deaths),
                            (GDestroyNotify) g_atomic_rc_box_release);

  return trial;
}

static char *
describe_survivor (gpointer object)
{
  GVariant *report = weakref_radar_inspect_for (object, 1);
  char *one = weakref_report_to_text (report);
  char *text = g_strconcat ("should have died, and is alive: ", one, NULL);

  g_free (one);
  g_variant_unref (report);

  return text;
}

/**
 * weakref_radar_end_trial: (skip)
 * @trial: (transfer full): what `weakref_radar_begin_trial()` returned
 * @verdict: what has to be true
 *
 * Dispatches the ready sources of the thread-default main context, then checks @verdict.
 *
 * Call it in the thread that began the trial.
 *
 * Returns: (transfer full) (nullable): a message that says what is wrong, or %NULL if @verdict is
 *   true
 *
 * Since: 1.0
 */
char *
weakref_radar_end_trial (WeakrefRadarTrial *trial, WeakrefRadarVerdict verdict)
{
  gpointer survivors[2] = { NULL, NULL };
  char *message = NULL;
  guint i;

  g_return_val_if_fail (trial != NULL, NULL);

  for (i = 0;
       i < MAX_ITERATIONS && g_main_context_iteration (g_main_context_get_thread_default (), FALSE);
       i++)
    ;

  /* The references of the trial are dropped first. Otherwise the report would name them. */
  for (i = 0; i < G_N_ELEMENTS (trial->refs); i++)
    {
      if (trial->refs[i] != NULL)
        survivors[i] = weakref_ref_get (trial->refs[i]);
      g_clear_object (&trial->refs[i]);
    }

  for (i = 0; i < G_N_ELEMENTS (survivors); i++)
    {
      if (survivors[i] != NULL && message == NULL)
        message = describe_survivor (survivors[i]);
      g_clear_object (&survivors[i]);
    }

  if (message == NULL && verdict == WEAKREF_RADAR_VERDICT_DIES_BEFORE &&
      g_atomic_int_get (&trial->deaths->order[0]) > g_atomic_int_get (&trial->deaths->order[1]))
    message = g_strdup ("should have died before the other object, and died after it");

  g_atomic_rc_box_release (trial->deaths);
  g_free (trial);

  return message;
}
