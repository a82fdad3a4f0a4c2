// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import Weakref from 'gi://Weakref';

// The recipe of doc/bindings.md.
export function listProxies(set) {
    const proxies = new Gio.ListStore({item_type: Weakref.Proxy});
    const update = (_, position, removed, added) => {
        const items = Array.from({length: added}, (__, i) => set.get_item(position + i));
        proxies.splice(position, removed, items.map(item => new Weakref.Proxy(item)));
    };
    set.connect('items-changed', update);
    update(set, 0, 0, set.get_n_items());
    return proxies;
}
