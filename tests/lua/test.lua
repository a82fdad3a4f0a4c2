-- SPDX-FileCopyrightText: 2026 The weakref-glib authors
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Lua has the library through lgi and the typelib alone.

local has_lgi, lgi = pcall(require, 'lgi')
if not has_lgi then
   print('1..0 # SKIP lgi is not installed for ' .. _VERSION)
   return
end

local Gio, GObject, Weakref = lgi.Gio, lgi.GObject, lgi.require('Weakref', '1.0')

local function new(name)
   return Gio.SimpleAction.new(name)
end

-- Twice, for what a finalizer let go of.
local function collect()
   collectgarbage()
   collectgarbage()
end

local function str(text)
   return GObject.Value(GObject.Type.STRING, text)
end

local tests = {
   {'a ref gives its target until that dies', function()
      local target = new('a')
      local ref = Weakref.Ref.new(target)
      assert(ref:get() == target)
      assert(ref.alive and ref.target == target)
      assert(Weakref.Ref.new(target) == ref)
      target = nil
      collect()
      assert(ref:get() == nil)
      assert(not ref.alive)
   end},

   {'a ref follows the object, not its wrapper', function()
      local store = Gio.ListStore.new(GObject.Type.OBJECT)
      store:append(new('a'))
      local ref = Weakref.Ref.new(store:get_item(0))
      collect()
      assert(ref:get().name == 'a')
      collect()
      store:remove_all()
      assert(ref:get() == nil)
   end},

   {'a callback gets its ref, dead, also during garbage collection', function()
      local target = new('a')
      local ref, got
      ref = Weakref.Ref.new_full(target, nil, function(self)
         got = {self, self:get()}
      end)
      target = nil
      collect()
      assert(got[1] == ref)
      assert(got[2] == nil)
   end},

   {'a finalizer runs once', function()
      local target = new('a')
      local n = 0
      local finalizer = Weakref.Finalizer.new_full(target, nil, 'DISPOSE', function() n = n + 1 end)
      local detached = Weakref.Finalizer.new_full(target, nil, 'DISPOSE', function() n = n + 10 end)
      assert(finalizer:peek() == target)
      assert(detached:detach())
      target = nil
      collect()
      assert(n == 1)
      assert(not finalizer:run())
   end},

   {'a value table drops an entry when its value dies', function()
      local table = Weakref.ValueTable.new(GObject.Type.STRING)
      local a, b = new('a'), new('b')
      assert(table:insert(str('one'), a))
      assert(table:insert(str('two'), b))
      assert(table:lookup(str('one')) == a)
      assert(table:ensure(str('one'), function() error('not called') end) == a)
      assert(#table:dup_values() == 2)
      a = nil
      collect()
      assert(table:lookup(str('one')) == nil)
      assert(table:get_size() == 1)
      -- Not dup_keys(): lgi does not copy the boxed elements of an array before it frees that.
      local keys = {}
      table:foreach(function(key, object) keys[key.value] = object end)
      assert(keys.two == b and next(keys, 'two') == nil)
      local c = table:ensure(str('three'), function(key) return new(key.value) end)
      assert(c.name == 'three' and table:contains(str('three')))
   end},

   {'a value table says what is wrong with a key', function()
      local table = Weakref.ValueTable.new(GObject.Type.STRING)
      local ok, err = table:insert(GObject.Value(GObject.Type.DOUBLE, 1.5), new('a'))
      assert(not ok)
      assert(err:matches(Weakref.Error, 'KEY_TYPE'))
      assert(table:get_size() == 0)
   end},

   {'a key table drops a value with its key', function()
      local table = Weakref.KeyTable.new()
      local a, value = new('a'), new('value')
      local ref = Weakref.Ref.new(value)
      assert(table:insert(a, GObject.Value(Gio.SimpleAction, value)))
      value = nil
      collect()
      assert(table:lookup(a).value.name == 'value')
      collect()
      assert(ref.alive)
      a = nil
      collect()
      assert(not ref.alive)
      assert(table:get_size() == 0)
   end},

   {'a set shrinks by itself', function()
      local set = Weakref.Set.new(GObject.Type.OBJECT)
      local a, b = new('a'), new('b')
      assert(set:add(a) and set:add(b) and not set:add(a))
      assert(set.n_items == 2 and set:get_item(1) == b)
      collect()
      a = nil
      collect()
      assert(set:get_size() == 1)
      assert(set:contains(b) and set:dup_items()[1] == b)
   end},

   {'tables and sets follow the object, not its wrapper', function()
      local store = Gio.ListStore.new(GObject.Type.OBJECT)
      local values = Weakref.ValueTable.new(GObject.Type.STRING)
      local keys, set = Weakref.KeyTable.new(), Weakref.Set.new(GObject.Type.OBJECT)
      local n = 0
      local function fill()
         local object = new('a')
         store:append(object)
         values:insert(str('a'), object)
         keys:insert(object, str('text'))
         set:add(object)
         Weakref.Finalizer.new_full(object, nil, 'DISPOSE', function() n = n + 1 end)
      end
      local function sizes()
         collect()
         return ('%d%d%d%d'):format(values:get_size(), keys:get_size(), set:get_size(), n)
      end
      fill()
      assert(sizes() == '1110')
      assert(values:lookup(str('a')) == store:get_item(0))
      assert(keys:lookup(store:get_item(0)).value == 'text')
      assert(set:contains(store:get_item(0)))
      collect()
      store:remove_all()
      assert(sizes() == '0001')
   end},

   {'a proxy stands in for its target', function()
      local target, other = new('a'), new('b')
      local proxy = Weakref.Proxy.new(target)
      assert(proxy.target == target and proxy.alive)
      proxy:bind_property('enabled', other, 'enabled', 'DEFAULT')
      target.enabled = false
      assert(not other.enabled)
      target = nil
      collect()
      assert(not proxy.alive)
      local ok, err = proxy:dup_target()
      assert(not ok and err:matches(Weakref.Error, 'DEAD'))
   end},

   {'a bond keeps both as long as one is held', function()
      local owner, owned = new('owner'), new('owned')
      local refs = {Weakref.Ref.new(owner), Weakref.Ref.new(owned)}
      local bond = Weakref.Bond.new(owner, owned)
      local ok, err = Weakref.Bond.new(owned, owner)
      assert(not ok and err:matches(Weakref.Error, 'CYCLE'))
      owner = nil
      collect()
      assert(bond.owner.name == 'owner' and bond.owned == owned)
      collect()
      owned = nil
      collect()
      assert(refs[1]:get() == nil and refs[2]:get() == nil)
      assert(not bond.alive)
   end},

   {'a cache keeps what is idle', function()
      local cache = Weakref.Cache.new(GObject.Type.STRING, 1)
      local function use(name)
         assert(cache:ensure(str(name), function(key) return new(key.value) end).name == name)
         collect()
      end
      cache:set_memory_monitor(nil)
      use('a')
      assert(cache.n_idle == 1 and cache.n_in_use == 0)
      local a = cache:lookup(str('a'))
      assert(cache.n_idle == 0 and cache.n_in_use == 1 and cache.hits == 1)
      use('b')
      use('c')
      assert(cache.evictions == 1 and not cache:contains(str('b')))
      assert(cache:lookup(str('a')) == a)
      collect()
      cache:trim(0)
      assert(cache:get_size() == 1)
      a = nil
      collect()
      assert(cache.n_idle == 1)
      cache:trim(0)
      assert(cache:get_size() == 0)
   end},
}

print('1..' .. #tests)
local failed = false
for i, case in ipairs(tests) do
   local name, func = table.unpack(case)
   local ok, message = xpcall(func, debug.traceback)
   if not ok then
      failed = true
      print('# ' .. message:gsub('\n', '\n# '))
   end
   print((ok and 'ok ' or 'not ok ') .. i .. ' ' .. name)
end
os.exit(not failed, true)
