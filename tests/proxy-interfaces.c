/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: list models, actions and action groups. */

#include "proxy-common.h"

static void
log_items_changed_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  test_log ("%u-%u+%u=%u", position, removed, added, g_list_model_get_n_items (model));
}

static void
test_list_model (void)
{
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (store);
  GListModel *model = G_LIST_MODEL (proxy);
  gpointer item;

  g_signal_connect_data (model, "items-changed", G_CALLBACK (log_items_changed_cb),
                         (gpointer) "items", closure_freed_cb, 0);
  g_assert_true (g_list_model_get_item_type (model) == TEST_TYPE_PROBE);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_list_store_append (store, a);
  g_list_store_append (store, b);
  assert_log ("0-0+1=1 1-0+1=2");
  g_list_store_remove (store, 0);
  assert_log ("0-1+0=1");
  item = g_list_model_get_item (model, 0);
  g_assert_true (item == b);
  g_object_unref (item);
  g_assert_null (g_list_model_get_item (model, 1));

  assert_drop (a, "-a ~a");
  g_object_unref (b);
  assert_drop (store, "-b ~b 0-1+0=0");
  g_assert_null (g_list_model_get_item (model, 0));
  g_assert_true (g_list_model_get_item_type (model) == TEST_TYPE_PROBE);
  assert_drop (proxy, "free:items");
}

static void
test_list_model_in_a_context (void)
{
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (store, g_main_context_default (), NULL, NULL, NULL);

  /* An item that nobody was told of is announced as removed, too. */
  g_list_store_append (store, a);
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  g_list_store_append (store, a);
  assert_log ("1-0+1=2");
  g_object_unref (a);
  assert_drop (store, "-a ~a");
  test_iterate ();
  assert_log ("0-2+0=0");
  g_object_unref (proxy);
}

/* A list that removes its items one by one in its dispose. */
typedef TestProbe TestList;
typedef TestProbeClass TestListClass;

static guint test_list_size;

static GType test_list_get_type (void);

static GType
test_list_get_item_type (GListModel *model)
{
  return TEST_TYPE_PROBE;
}

static guint
test_list_get_n_items (GListModel *model)
{
  return test_list_size;
}

static gpointer
test_list_get_item (GListModel *model, guint position)
{
  return position < test_list_size ? g_object_ref (model) : NULL;
}

static void
test_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = test_list_get_item_type;
  iface->get_n_items = test_list_get_n_items;
  iface->get_item = test_list_get_item;
}

G_DEFINE_TYPE_WITH_CODE (TestList,
                         test_list,
                         TEST_TYPE_PROBE,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, test_list_model_init))

static void
test_list_class_init (TestListClass *klass)
{
}

static void
test_list_init (TestList *self)
{
  test_list_size = 2;
}

static void
empty_list_cb (TestProbe *list, gpointer user_data)
{
  while (test_list_size > 0)
    {
      test_list_size--;
      g_list_model_items_changed (G_LIST_MODEL (list), 0, 1, 0);
    }
}

static void
test_dying_list_is_empty_at_once (void)
{
  TestProbe *a = g_object_new (test_list_get_type (), "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* No signal says that one item is left when none can be had. */
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  test_probe_set_on_dispose (a, empty_list_cb, NULL);
  assert_drop (a, "-a 0-2+0=0 ~a");
  g_object_unref (proxy);

  /* In a g_object_run_dispose() the items can still be had. */
  a = g_object_new (test_list_get_type (), "name", "a", NULL);
  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  test_probe_set_on_dispose (a, empty_list_cb, NULL);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a 0-1+0=1 0-1+0=0");
  assert_drop (a, "~a");
  g_object_unref (proxy);
}

static void
log_activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  test_log ("activate:%s", g_variant_get_string (parameter, NULL));
}

static void
test_action (void)
{
  GSimpleAction *simple =
    g_simple_action_new_stateful ("paint", G_VARIANT_TYPE_STRING, g_variant_new_string ("red"));
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GAction *action = G_ACTION (proxy);
  GVariant *state;
  GVariantType *type;

  g_signal_connect (simple, "activate", G_CALLBACK (log_activate_cb), NULL);
  log_notify (proxy, "notify::enabled", "p");
  log_notify (proxy, "notify::state", "p");
  g_assert_cmpstr (g_action_get_name (action), ==, "paint");
  g_assert_true (g_variant_type_equal (g_action_get_parameter_type (action), "s"));
  g_assert_true (g_variant_type_equal (g_action_get_state_type (action), "s"));
  g_assert_null (g_action_get_state_hint (action));
  g_assert_true (g_action_get_enabled (action));

  g_action_activate (action, g_variant_new_string ("x"));
  assert_log ("activate:x");
  g_simple_action_set_enabled (simple, FALSE);
  assert_log ("p:enabled");
  g_assert_false (g_action_get_enabled (action));
  g_simple_action_set_enabled (simple, TRUE);
  assert_log ("p:enabled");
  g_action_change_state (action, g_variant_new_string ("blue"));
  assert_log ("p:state");
  state = g_action_get_state (action);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);

  assert_drop (simple, "p:enabled");
  g_assert_false (g_action_get_enabled (action));
  g_assert_cmpint (get_int (action, "enabled"), ==, FALSE);
  g_assert_cmpstr (g_action_get_name (action), ==, "paint");
  assert_string (action, "name", "paint");
  g_object_get (action, "state", &state, "parameter-type", &type, NULL);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_assert_true (g_variant_type_equal (type, "s"));
  g_variant_unref (state);
  g_variant_type_free (type);
  g_object_get (action, "state-type", &type, NULL);
  g_assert_true (g_variant_type_equal (type, "s"));
  g_variant_type_free (type);
  state = g_action_get_state (action);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);
  g_action_activate (action, g_variant_new_string ("y"));
  g_action_change_state (action, g_variant_new_string ("green"));
  assert_log ("");
  assert_drop (proxy, "free:p free:p");
}

static void
log_word_cb (gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static void
test_simple_action_keeps_its_defaults (void)
{
  GSimpleAction *simple = g_simple_action_new_stateful ("on", NULL, g_variant_new_boolean (FALSE));
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GVariant *state;

  /* It toggles its state if no handler is connected to it. A handler of the proxy does not count.
   */
  g_action_activate (G_ACTION (proxy), NULL);
  state = g_action_get_state (G_ACTION (simple));
  g_assert_true (g_variant_get_boolean (state));
  g_variant_unref (state);
  g_signal_connect_swapped (proxy, "activate", G_CALLBACK (log_word_cb), (gpointer) "proxy");
  g_action_activate (G_ACTION (simple), NULL);
  state = g_action_get_state (G_ACTION (simple));
  g_assert_false (g_variant_get_boolean (state));
  g_variant_unref (state);

  g_signal_connect_swapped (simple, "activate", G_CALLBACK (log_word_cb), (gpointer) "target");
  g_action_activate (G_ACTION (simple), NULL);
  assert_log ("proxy target");
  g_action_activate (G_ACTION (proxy), NULL);
  assert_log ("proxy target");

  g_object_unref (proxy);
  g_action_activate (G_ACTION (simple), NULL);
  assert_log ("target");
  g_object_unref (simple);
}

static void
log_action_cb (GActionGroup *group, const char *name, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, name);
}

static void
log_action_enabled_cb (GActionGroup *group, const char *name, gboolean enabled, gpointer user_data)
{
  test_log ("%s:%d", name, enabled);
}

static void
test_action_group (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  GSimpleAction *paint = g_simple_action_new ("paint", G_VARIANT_TYPE_STRING);
  GSimpleAction *move = g_simple_action_new ("move", NULL);
  WeakrefProxy *proxy;
  GActionGroup *group;
  const GVariantType *type;
  gulong id;
  char **names;

  g_action_map_add_action (G_ACTION_MAP (simple), G_ACTION (paint));
  proxy = weakref_proxy_new (simple);
  group = G_ACTION_GROUP (proxy);
  g_signal_connect (group, "action-added", G_CALLBACK (log_action_cb), (gpointer) "added");
  id = g_signal_connect (group, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "removed");
  g_signal_connect (group, "action-enabled-changed", G_CALLBACK (log_action_enabled_cb), NULL);

  names = g_action_group_list_actions (group);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  g_assert_cmpstr (names[0], ==, "paint");
  g_strfreev (names);
  g_assert_true (g_action_group_has_action (group, "paint"));
  g_assert_false (g_action_group_has_action (group, "move"));
  /* Whoever is given the type may read it when the target is gone. */
  type = g_action_group_get_action_parameter_type (group, "paint");
  g_assert_true ((const char *) type == g_intern_string ("s"));
  g_signal_connect (paint, "activate", G_CALLBACK (log_activate_cb), NULL);
  g_action_group_activate_action (group, "paint", g_variant_new_string ("x"));
  assert_log ("activate:x");
  g_simple_action_set_enabled (paint, FALSE);
  assert_log ("paint:0");
  g_assert_false (g_action_group_get_action_enabled (group, "paint"));

  g_action_map_add_action (G_ACTION_MAP (simple), G_ACTION (move));
  assert_log ("added:move");
  g_action_map_remove_action (G_ACTION_MAP (simple), "paint");
  assert_log ("removed:paint");

  assert_drop (simple, "removed:move");
  names = g_action_group_list_actions (group);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_strfreev (names);
  g_assert_false (g_action_group_has_action (group, "move"));
  g_action_group_activate_action (group, "move", NULL);
  /* Its handlers are still connected, because widgets disconnect theirs by number. */
  g_signal_handler_disconnect (group, id);

  g_object_unref (proxy);
  g_object_unref (paint);
  g_object_unref (move);
}

static void
test_action_in_a_group (void)
{
  GSimpleAction *simple = g_simple_action_new ("paint", G_VARIANT_TYPE_STRING);
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GSimpleActionGroup *group = g_simple_action_group_new ();

  g_signal_connect (simple, "activate", G_CALLBACK (log_activate_cb), NULL);
  g_signal_connect (group, "action-enabled-changed", G_CALLBACK (log_action_enabled_cb), NULL);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (proxy));
  g_action_group_activate_action (G_ACTION_GROUP (group), "paint", g_variant_new_string ("x"));
  assert_log ("activate:x");

  assert_drop (simple, "paint:0");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (group), "paint"));
  g_action_map_remove_action (G_ACTION_MAP (group), "paint");
  g_assert_false (g_action_group_has_action (G_ACTION_GROUP (group), "paint"));
  g_object_unref (group);
  g_assert_cmpuint (G_OBJECT (proxy)->ref_count, ==, 1);
  g_object_unref (proxy);
}

static void
test_action_group_takes_leave_of_what_was_seen (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  const GActionEntry entries[] = { { .name = "a" }, { .name = "b" }, { .name = "c" } };
  WeakrefProxy *listed;
  WeakrefProxy *asked;

  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 3, NULL);
  listed = weakref_proxy_new (simple);
  asked = weakref_proxy_new_full (simple, NULL, NULL, NULL, NULL);
  g_signal_connect (listed, "action-removed::a", G_CALLBACK (log_action_cb), (gpointer) "listed");
  g_signal_connect (listed, "action-removed::c", G_CALLBACK (log_action_cb), (gpointer) "listed");
  g_signal_connect (asked, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "asked");
  g_strfreev (g_action_group_list_actions (G_ACTION_GROUP (listed)));
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (asked), "b"));
  g_action_map_remove_action (G_ACTION_MAP (simple), "c");
  assert_log ("listed:c asked:c");

  /* Newest first. */
  assert_drop (simple, "asked:b listed:a");
  g_object_unref (listed);
  g_object_unref (asked);
}

static void
test_action_group_with_state (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  const GActionEntry entries[] = { { .name = "mode", .parameter_type = "s", .state = "'red'" } };
  WeakrefProxy *proxy;
  GActionGroup *group;
  GVariant *state;

  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 1, NULL);
  proxy = weakref_proxy_new (simple);
  group = G_ACTION_GROUP (proxy);
  g_assert_true ((const char *) g_action_group_get_action_state_type (group, "mode") ==
                 g_intern_string ("s"));
  g_action_group_change_action_state (group, "mode", g_variant_new_string ("blue"));
  state = g_action_group_get_action_state (group, "mode");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);

  /* What floats does not leak. */
  g_object_unref (simple);
  g_action_group_change_action_state (group, "mode", g_variant_new_string ("green"));
  g_action_group_activate_action (group, "mode", g_variant_new_string ("green"));
  g_assert_null (g_action_group_get_action_state (group, "mode"));
  g_object_unref (proxy);

  /* Nothing is removed that nobody asked for. */
  simple = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 1, NULL);
  proxy = weakref_proxy_new (simple);
  g_signal_connect (proxy, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "removed");
  assert_drop (simple, "");
  g_object_unref (proxy);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (list_model);
  test_case (list_model_in_a_context);
  test_case (dying_list_is_empty_at_once);
  test_case (action);
  test_case (simple_action_keeps_its_defaults);
  test_case (action_group);
  test_case (action_group_with_state);
  test_case (action_in_a_group);
  test_case (action_group_takes_leave_of_what_was_seen);

  return g_test_run ();
}
