/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What C++'s std::weak_ptr costs. It has no callbacks, and is a plain value of two words. */

#include <memory>
#include <thread>
#include <vector>

#include "other.h"

struct Thing
{
  virtual ~Thing () = default;
};

static void
measure_one ()
{
  auto thing = std::make_shared<Thing> ();
  std::weak_ptr<Thing> ref = thing;
  int n = SCALE (20000);

  FOR_ROUNDS
    {
      start ();
      for (int i = 0; i < n; i++)
        KEEP (ref.lock ().get ());
      stop (n);
    }
  report ("C++", "get the target, and drop it", "ns", best);

  FOR_ROUNDS
    {
      start ();
      for (int i = 0; i < n; i++)
        {
          std::weak_ptr<Thing> second = thing;

          KEEP (&second);
        }
      stop (n);
    }
  report ("C++", "a second plain ref, and drop it", "ns", best);

  FOR_ROUNDS
    {
      start ();
      for (int i = 0; i < n; i++)
        {
          thing = std::make_shared<Thing> ();
          ref = thing;
          thing.reset ();
          ref.reset ();
        }
      stop (n);
    }
  report ("C++", "birth of an object, first ref, death", "ns", best);
}

static void
measure_many (int         n,
              const char *operation)
{
  auto thing = std::make_shared<Thing> ();
  std::vector<std::weak_ptr<Thing>> refs (n, thing);

  FOR_ROUNDS
    {
      start ();
      for (int i = 0; i < 2000; i++)
        {
          std::weak_ptr<Thing> one_more = thing;

          KEEP (&one_more);
        }
      stop (2000);
    }
  report ("C++", operation, "ns", best);
}

int
main (int    argc,
      char **argv)
{
  init (argc, argv);

  /* In a process that never had a second thread, libstdc++ does without atomic operations. */
  std::thread ([] {}).join ();

  measure_one ();
  measure_many (SCALE (1000), "make and drop a ref, 1,000 others");
  measure_many (SCALE (4000), "make and drop a ref, 4,000 others");
  measure_many (SCALE (16000), "make and drop a ref, 16,000 others");
  measure_many (SCALE (64000), "make and drop a ref, 64,000 others");
  report ("C++", "one more ref with a callback", "bytes", sizeof (std::weak_ptr<Thing>));

  return 0;
}
