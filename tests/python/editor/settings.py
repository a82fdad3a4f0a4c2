# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings of the editor: objects of Python, with nothing of GObject in them."""

import weakref


class Section(dict):
    """A section of a file of settings, which tells those who listen of changes."""

    def __init__(self, **values):
        super().__init__(values)
        self.listeners = weakref.WeakSet()  # functions, and objects that can be called

    def change(self, key, value):
        self[key] = value
        for listener in self.listeners:
            listener(key, value)


class SettingsFile:
    def __init__(self, name):
        self.name = name
        self.sections = {}

    def get_section(self, name, **defaults):
        return self.sections.setdefault(name, Section(**defaults))


class Settings:
    """Gives a file by its name: the same one to all who have it at the same time."""

    def __init__(self):
        self.files = weakref.WeakValueDictionary()

    def get_file(self, name):
        found = self.files.get(name)
        if found is None:
            found = self.files[name] = SettingsFile(name)
        return found
