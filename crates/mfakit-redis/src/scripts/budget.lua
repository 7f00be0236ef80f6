-- Events that are counted against one budget, in one hash. An empty budget has no key.
--
--   v                       version, 1
--   e:{challenge}:{number}  at|keep until|number
--   done                    time until which a completed challenge is remembered

local Budget = {}
Budget.__index = Budget

local function budget_of(key, now)
  local self = setmetatable({ key = key, fields = fields_of(key), changed = {}, events = {} }, Budget)
  if next(self.fields) and self.fields.v ~= '1' then unreadable('version') end
  for field, value in pairs(self.fields) do
    if string.sub(field, 1, 2) == 'e:' then
      local part = split(value, 3, 'event')
      local event = { at = int(part[1], 'event'), keep_until = int(part[2], 'event'), number = part[3] }
      if now < event.keep_until then self.events[field] = event else self.changed[field] = false end
    end
  end
  local done = self.fields.done and int(self.fields.done, 'completion') or 0
  self:remember_until(now < done and done or 0)
  return self
end

-- Sets the time until which a completed challenge is remembered. 0 forgets it.
function Budget:remember_until(done)
  self.done, self.changed.done = done, done > 0 and text(done)
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
  if not next(self.events) and self.done == 0 then
    drop(self.key)
    return
  end
  local ends_at = self.done
  for _, event in pairs(self.events) do ends_at = math.max(ends_at, event.keep_until) end
  self.changed.v = '1'
  write(self.key, self.changed, ends_at, now)
end
