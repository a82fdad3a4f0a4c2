/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: "notify", and bindings. */

#include "proxy-common.h"

static void
test_notify_with_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify::number", "detail");
  log_notify (proxy, "notify", "all");
  g_object_set (a, "text", "x", NULL);
  assert_log ("all:text");
  g_object_set (a, "number", 8, NULL);
  assert_log ("detail:number all:number");
  g_object_set (a, "topic", "x", NULL);
  assert_log ("all:topic");
  g_object_set (a, "quiet", 1, NULL);
  assert_log ("");

  assert_drop (proxy, "free:detail free:all");
  assert_drop (a, "-a ~a");
}

static void
test_notify_once_when_set_through_the_proxy (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  log_notify (a, "notify", "a");
  g_object_set (proxy, "number", 8, NULL);
  assert_log ("a:number p:number");
  g_object_set (proxy, "quiet", 2, NULL);
  assert_log ("");

  assert_drop (proxy, "free:p");
  assert_drop (a, "-a free:a ~a");
}

static void
test_notify_freezes_with_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  g_object_freeze_notify (G_OBJECT (a));
  g_object_set (a, "number", 8, NULL);
  g_object_set (proxy, "number", 9, NULL);
  assert_log ("");
  g_object_thaw_notify (G_OBJECT (a));
  assert_log ("p:number");

  g_object_freeze_notify (G_OBJECT (proxy));
  g_object_set (a, "number", 8, NULL);
  g_object_set (a, "number", 9, NULL);
  assert_log ("");
  g_object_thaw_notify (G_OBJECT (proxy));
  assert_log ("p:number");

  assert_drop (proxy, "free:p");
  assert_drop (a, "-a ~a");
}

static void
test_notify_nothing_when_dead (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  assert_drop (a, "-a p:alive p:target ~a");
  g_object_set (proxy, "number", 8, NULL);
  assert_log ("");
  assert_drop (proxy, "free:p");
}

static void
test_binds_both_ways (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GBinding *binding = g_object_bind_property (proxy, "text", b, "text",
                                              G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  g_object_set (a, "text", "from a", NULL);
  assert_string (b, "text", "from a");
  g_object_set (b, "text", "from b", NULL);
  assert_string (a, "text", "from b");

  /* The other way round. */
  g_object_bind_property (b, "number", proxy, "number", G_BINDING_DEFAULT);
  g_object_set (b, "number", 99, NULL);
  g_assert_cmpint (get_int (a, "number"), ==, 99);

  assert_drop (a, "-a ~a");
  g_object_set (b, "number", 98, "text", "x", NULL);
  g_binding_unbind (binding);
  assert_drop (b, "-b ~b");
  g_object_unref (proxy);
}

static void
test_binding_group (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GBindingGroup *group = g_binding_group_new ();

  g_binding_group_bind (group, "text", b, "text", G_BINDING_DEFAULT);
  g_binding_group_set_source (group, proxy);
  g_object_set (a, "text", "from a", NULL);
  assert_string (b, "text", "from a");
  g_object_unref (group);

  /* The other way round. */
  group = g_binding_group_new ();
  g_binding_group_bind (group, "text", proxy, "text", G_BINDING_BIDIRECTIONAL);
  g_binding_group_set_source (group, b);
  g_object_set (b, "text", "from b", NULL);
  assert_string (a, "text", "from b");
  g_object_set (a, "text", "back", NULL);
  assert_string (b, "text", "back");

  assert_drop (a, "-a ~a");
  g_object_set (b, "text", "alone", NULL);
  g_object_unref (group);

  group = g_binding_group_new ();
  g_binding_group_bind (group, "text", b, "text", G_BINDING_DEFAULT);
  g_binding_group_set_source (group, proxy);
  g_binding_group_set_source (group, NULL);
  g_object_unref (group);
  g_object_unref (proxy);
  assert_drop (b, "-b ~b");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (notify_with_detail);
  test_case (notify_once_when_set_through_the_proxy);
  test_case (notify_freezes_with_the_target);
  test_case (notify_nothing_when_dead);
  test_case (binds_both_ways);
  test_case (binding_group);

  return g_test_run ();
}
