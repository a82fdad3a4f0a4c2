// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported compile */

// Compiles a function in the global scope, calls it, and returns the result. The function can't use
// the names of the file around it.
//
// In the scope of a file that GJS imports, the engine looks up each name each time, and does not
// optimize. A short method that is called often takes nearly twice the time there.
function compile(func) {
    return new Function(`return (${func})();`)();
}
