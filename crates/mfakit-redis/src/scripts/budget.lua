-- One budget. Its counted events and the memory of a completed challenge are separate hashes, because the memory lasts far
-- longer. A hash in which nothing counts has no key.
--
-- Events:
--   v                       version, 1
--   e:{challenge}:{number}  at|keep until|number
--
-- Memory:
--   v                       version, 1
--   done                    time until which a completed challenge is remembered

local Budget = {}
Budget.__index = Budget

local function versioned(key)
  local fields = fields_of(key)
  if next(fields) and fields.v ~= '1' then unreadable('version') end
  return fields
end

local function budget_of(key, memory_key, now)
  local memory = versioned(memory_key)
  local self = setmetatable({
    key = key, memory_key = memory_key, fields = versioned(key), changed = {}, events = {},
    done = memory.done and int(memory.done, 'completion') or 0,
  }, Budget)
  if next(memory) and self.done == 0 then unreadable('completion') end
  for field, value in pairs(self.fields) do
    if string.sub(field, 1, 2) == 'e:' then
      local part = split(value, 3, 'event')
      local event = { at = int(part[1], 'event'), keep_until = int(part[2], 'event'), number = part[3] }
      if now < event.keep_until then self.events[field] = event else self.changed[field] = false end
    end
  end
  if now >= self.done then self.done = 0 end
  return self
end

-- Sets the time until which a completed challenge is remembered. 0 forgets it.
function Budget:remember_until(done, now)
  if done > now then
    write(self.memory_key, { v = '1', done = text(done) }, done, now)
  else
    drop(self.memory_key)
  end
end

function Budget:drop(field)
  self.events[field], self.changed[field] = nil, false
end

-- Returns the time at which the budget has room for one more event.
function Budget:next_at(limits, now)
  local times = {}
  for _, event in pairs(self.events) do times[#times + 1] = event.at end
  table.sort(times)
  return next_at(limits, times, now)
end

function Budget:count(challenge, event)
  local field = free_field(self.fields, 'e:' .. challenge)
  self.events[field] = event
  self.changed[field] = table.concat({ text(event.at), text(event.keep_until), event.number }, '|')
end

function Budget:save(now)
  if not next(self.events) then
    drop(self.key)
    return
  end
  local ends_at = now
  for _, event in pairs(self.events) do ends_at = math.max(ends_at, event.keep_until) end
  if not self.fields.v then self.changed.v = '1' end
  write(self.key, self.changed, ends_at, now)
end
