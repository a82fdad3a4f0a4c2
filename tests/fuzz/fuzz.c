/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

#ifndef FUZZ_WITH_LIBFUZZER
#include "../probe.h"
#endif

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Runs what waits in the context. */
static void
op_iterate (void)
{
  guint i;

  while (g_main_context_iteration (NULL, FALSE))
    ;

  if (depth > 0)
    return;

  sets_check ();
  async_check ();
  waits_check ();
  for (i = 0; i < N_SLOTS; i++)
    {
      Ref *ref = &world.refs[i];
      Finalizer *slot = &world.finalizers[i];

      if (ref->record != NULL && is_noticed (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called, ==, 1);
      if (slot->finalizer != NULL && slot->record->target->object == NULL)
        g_assert_true (finalizer_is_over (slot->record));
    }
}

void
run_ops (guint n)
{
  while (n-- > 0 && program_left > 0)
    {
      switch (next (27))
        {
        case 0:
        case 1:
        case 2:
        case 3:
          op_object ();
          break;
        case 4:
        case 5:
        case 6:
          op_ref ();
          break;
        case 7:
        case 8:
          op_finalizer ();
          break;
        case 9:
        case 10:
          op_value_table ();
          break;
        case 11:
          op_key_table ();
          break;
        case 12:
          op_number_table ();
          break;
        case 13:
          op_set ();
          break;
        case 14:
          op_set ();
          break;
        case 15:
          op_iterate ();
          break;
        case 16:
        case 17:
        case 18:
          op_bond ();
          break;
        case 19:
        case 20:
          op_cache ();
          break;
        case 21:
        case 22:
        case 23:
          op_async ();
          break;
        case 24:
        case 25:
          op_tie ();
          break;
        default:
          if (next (8) == 0)
            op_exit ();
          else
            op_proxy ();
        }

      if (depth > 0)
        continue;

      while (orphans->len > 0)
        adopt (g_ptr_array_steal_index (orphans, 0));
      refs_check ();
      proxies_check ();
      finalizers_check ();
      bonds_check ();
      caches_check ();
      ties_check ();
      key_tables_check ();
    }
}

static void
drop_everything (void)
{
  guint i;

  async_end_all ();
  do
    {
      while (orphans->len > 0)
        adopt (g_ptr_array_steal_index (orphans, 0));
      for (i = 0; i < N_SLOTS; i++)
        {
          Target *target = g_steal_pointer (&world.objects[i]);

          if (target != NULL)
            g_object_unref (target->object);
        }
      for (i = ROOMY_CACHE; i <= TIGHT_CACHE; i++)
        {
          caches_let_go (i);
          weakref_cache_trim (world.tables[i], 0);
        }
    }
  while (orphans->len > 0);

  op_iterate ();
  g_assert_cmpuint (weakref_value_table_get_size (world.tables[STRING_TABLE]), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (world.tables[VALUE_TABLE]), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (world.tables[ROOMY_CACHE])),
                    ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (world.tables[TIGHT_CACHE])),
                    ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (world.key_table), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (world.number_table), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (world.sets[0]), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (world.sets[1]), ==, 0);

  for (i = 0; i < N_SLOTS; i++)
    {
      ref_drop (&world.refs[i]);
      proxy_drop (&world.proxies[i]);
      finalizer_drop (&world.finalizers[i]);
      bond_drop (&world.bonds[i]);
    }
  for (i = 0; i < N_TABLES; i++)
    g_clear_object (&world.tables[i]);
  for (i = 0; i < 2; i++)
    {
      g_clear_object (&world.sets[i]);
      g_array_unref (world.members[i]);
    }
  async_free ();
  ties_free ();
  g_clear_object (&world.key_table);
  g_clear_object (&world.number_table);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  for (i = 0; i < targets->len; i++)
    g_assert_null (((Target *) g_ptr_array_index (targets, i))->object);
  for (i = 0; i < records->len; i++)
    {
      const Record *record = g_ptr_array_index (records, i);

      g_assert_cmpuint (record->destroyed, ==, 1);
      if (record->must_settle)
        g_assert_cmpuint (record->called + record->prevented, ==, 1);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint i;

  memset (&world, 0, sizeof world);
  program = data;
  program_left = size;
  targets = g_ptr_array_new_with_free_func (g_free);
  records = g_ptr_array_new_with_free_func (g_free);
  orphans = g_ptr_array_new ();
  for (i = 0; i < N_TABLES; i++)
    table_new (i);
  for (i = 0; i < 2; i++)
    {
      world.members[i] = g_array_new (FALSE, FALSE, sizeof (Entry));
      set_new (i);
    }
  key_tables_new ();
  async_new ();
  ties_new ();

  run_ops (G_MAXUINT);
  drop_everything ();

  g_ptr_array_unref (orphans);
  g_ptr_array_unref (records);
  g_ptr_array_unref (targets);

  return 0;
}

#ifndef FUZZ_WITH_LIBFUZZER

#define N_PROGRAMS 500
#define PROGRAM_SIZE 2000

static void
test_chance (void)
{
  guint8 data[PROGRAM_SIZE];
  guint i;
  guint j;

  for (i = 0; i < test_scale (N_PROGRAMS, 10); i++)
    {
      for (j = 0; j < PROGRAM_SIZE; j++)
        data[j] = (guint8) g_test_rand_int ();
      LLVMFuzzerTestOneInput (data, sizeof data);
    }
}

static void
test_file (gconstpointer path)
{
  GError *error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const guint8 *) data, size);
  g_free (data);
}

int
main (int argc, char **argv)
{
  gint i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weakref/fuzz/programs-by-chance-do-as-the-model-says", test_chance);
  for (i = 1; i < argc; i++)
    {
      char *path = g_strdup_printf ("/weakref/fuzz/%s", argv[i]);

      g_test_add_data_func (path, argv[i], test_file);
      g_free (path);
    }

  return g_test_run ();
}

#endif
