# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attached metadata, like metadata.c."""

from gi.repository import Gio, Weakref


def print_all(title):
    print(f'{title}: {len(stars)}')
    for file, value in stars.items():
        print(f'  {file.get_basename()}: {value}')
        del file


stars = Weakref.WeakKeyDictionary()
song = Gio.File.new_for_path('/music/song')
draft = Gio.File.new_for_path('/music/draft')

stars[song] = '****'
stars[draft] = '*'
print('the draft has', stars[draft])

del draft
print_all('the draft was dropped')

stars[song] = '*****'
print_all('the song was heard again')

del song
print_all('the song was dropped')
