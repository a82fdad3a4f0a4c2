/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <glib.h>
#include <weakref-glib/weakref-version.h>

/* All symbols are hidden by default. A prototype with an availability macro is exported. */
#if defined(_WIN32)
#ifdef WEAKREF_COMPILATION
#define WEAKREF_EXTERN __declspec(dllexport) extern
#else
#define WEAKREF_EXTERN __declspec(dllimport) extern
#endif
#else
#define WEAKREF_EXTERN __attribute__ ((visibility ("default"))) extern
#endif

/**
 * WEAKREF_VERSION_1_0:
 *
 * A macro that evaluates to the 1.0 version of the library, in a format that can be used by the
 * preprocessor.
 *
 * Since: 1.0
 */
#define WEAKREF_VERSION_1_0 (G_ENCODE_VERSION (1, 0))

/**
 * WEAKREF_VERSION_MAX_ALLOWED:
 *
 * Define it to a `WEAKREF_VERSION_x_y` before the include to be warned of any function that is
 * newer than that version. The default is the version that you compile against.
 *
 * Since: 1.0
 */
#ifndef WEAKREF_VERSION_MAX_ALLOWED
#define WEAKREF_VERSION_MAX_ALLOWED                                                                \
  (G_ENCODE_VERSION (WEAKREF_MAJOR_VERSION, WEAKREF_MINOR_VERSION))
#endif

#if WEAKREF_VERSION_MAX_ALLOWED < WEAKREF_VERSION_1_0
#define WEAKREF_AVAILABLE_IN_1_0 G_UNAVAILABLE (1, 0) WEAKREF_EXTERN
#else
#define WEAKREF_AVAILABLE_IN_1_0 WEAKREF_EXTERN
#endif

/* This is like G_DECLARE_DERIVABLE_TYPE(), for a type that only this library derives from. The
 * structs are in a private header. */
#define WEAKREF_DECLARE_INTERNAL_TYPE(ModuleObjName, module_obj_name, MODULE, OBJ_NAME,            \
                                      ParentName)                                                  \
  GType module_obj_name##_get_type (void);                                                         \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                                 \
  typedef struct _##ModuleObjName ModuleObjName;                                                   \
  typedef struct _##ModuleObjName##Class ModuleObjName##Class;                                     \
  _GLIB_DEFINE_AUTOPTR_CHAINUP (ModuleObjName, ParentName)                                         \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModuleObjName##Class, g_type_class_unref)                         \
  G_GNUC_UNUSED static inline ModuleObjName *MODULE##_##OBJ_NAME (gpointer ptr)                    \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_CAST (ptr, module_obj_name##_get_type (), ModuleObjName);         \
  }                                                                                                \
  G_GNUC_UNUSED static inline gboolean MODULE##_IS_##OBJ_NAME (gpointer ptr)                       \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_TYPE (ptr, module_obj_name##_get_type ());                        \
  }                                                                                                \
  G_GNUC_END_IGNORE_DEPRECATIONS
