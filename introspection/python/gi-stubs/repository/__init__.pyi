# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The namespaces of which there are no stubs. Those of PyGObject-stubs are found first, where that is
# installed: its own file of this name is empty, and either may replace the other.

from typing import Any

def __getattr__(name: str) -> Any: ...
