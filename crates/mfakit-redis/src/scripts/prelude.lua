-- Beginning of every script. Everything is read and checked before the first write, because Redis does not roll back a
-- script that fails halfway.

local HOUR = 3600000

local function unreadable(what)
  error('MFAKIT unreadable ' .. what)
end

-- Reads a whole number, which is the form of times (in ms) and counts.
local function int(text, what)
  if type(text) ~= 'string' or not string.match(text, '^%d+$') or #text > 15 then unreadable(what) end
  return tonumber(text)
end

local function text(number)
  return string.format('%.0f', number)
end

-- Returns the parts of a text between bars. The last part may contain bars.
local function split(line, parts, what)
  local found, from = {}, 1
  for at = 1, parts - 1 do
    local bar = string.find(line, '|', from, true)
    if not bar then unreadable(what) end
    found[at] = string.sub(line, from, bar - 1)
    from = bar + 1
  end
  found[parts] = string.sub(line, from)
  return found
end

-- Returns the server's time, unless a test passes its own.
local function current_time(override)
  if override ~= '' then return int(override, 'argument') end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Returns whether a comma-separated list contains a text.
local function lists(list, wanted)
  for listed in string.gmatch(list, '%x+') do
    if listed == wanted then return true end
  end
  return false
end

local function clamp(value, low, high)
  return math.max(low, math.min(value, high))
end

-- Reads limits, such as '3:600000,5:3600000'.
local function limits_of(argument)
  local limits = {}
  for count, window in string.gmatch(argument, '(%d+):(%d+)') do
    limits[#limits + 1] = { count = tonumber(count), window = tonumber(window) }
  end
  return limits
end

-- Returns the time at which the limits allow one more event after these, oldest first.
local function next_at(limits, times, now)
  local latest = now
  for _, limit in ipairs(limits) do
    local leaves = times[#times - limit.count + 1]
    if leaves then latest = math.max(latest, clamp(leaves + limit.window, now, now + limit.window)) end
  end
  return latest
end

local function fields_of(key)
  local flat, fields = redis.call('HGETALL', key), {}
  for at = 1, #flat, 2 do fields[flat[at]] = flat[at + 1] end
  return fields
end

-- Returns an unused field with this prefix, because the same challenge may be counted twice.
local function free_field(fields, name)
  local number = 1
  while fields[name .. ':' .. number] do number = number + 1 end
  return name .. ':' .. number
end

-- Begins the writes of a script that only ends or releases something, so that a full server accepts it: Redis rejects a
-- command that may need memory only if it is the first write of its script. This one needs none, and changes nothing.
local function even_if_full(key)
  redis.call('HDEL', key, '')
end

-- Lets a key expire an hour after nothing in it counts.
local function expire(key, ends_at, now)
  redis.call('PEXPIRE', key, text(math.max(ends_at - now, 0) + HOUR))
end

-- Deletes all fields of a hash, and so the key itself.
local function drop(key)
  local names = {}
  for field in pairs(fields_of(key)) do names[#names + 1] = field end
  for at = 1, #names, 1000 do redis.call('HDEL', key, unpack(names, at, math.min(at + 999, #names))) end
end

-- Writes changed fields, and lets the key expire an hour after nothing in it counts. `false` deletes a field.
local function write(key, changed, ends_at, now)
  local put, drop = {}, {}
  for field, value in pairs(changed) do
    if value == false then
      drop[#drop + 1] = field
    else
      put[#put + 1] = field
      put[#put + 1] = value
    end
  end
  -- `unpack` is limited to a few thousand values.
  for at = 1, #put, 1000 do redis.call('HSET', key, unpack(put, at, math.min(at + 999, #put))) end
  for at = 1, #drop, 1000 do redis.call('HDEL', key, unpack(drop, at, math.min(at + 999, #drop))) end
  if ends_at == 'never' then
    redis.call('PERSIST', key)
  else
    expire(key, ends_at, now)
  end
end

-- Places: the fields of records that belong to a session, a scope, and an approval if they are bound to an action.
--
--   {session}:{scope}                unbound
--   ~{session}:{scope}:{approval}    bound. The release before reads no session in it: it never returns such a record,
--                                    and every revocation of the user deletes it.
local function place_of(session, scope, approval)
  if approval == '' then return session .. ':' .. scope end
  return '~' .. session .. ':' .. scope .. ':' .. approval
end

-- Returns the session, the scope and the approval of a place, or nothing.
local function parts_of(place)
  local session, scope, approval = string.match(place, '^~(%x+):([^:]+):(%x+)$')
  if session then return session, scope, approval end
  session, scope = string.match(place, '^(%x+):([^:]+)$')
  return session, scope, ''
end

-- Returns the time at which a grant expires, or nothing if its record cannot be read.
local function grant_ends_at(record)
  local ends_at = string.match(record, '^[12]|[^|]*|[^|]*|%d+|(%d+)|')
  return ends_at and #ends_at <= 15 and tonumber(ends_at)
end

-- Returns the user's expired grants, as changes that delete them, and the time at which the last grant expires. Records
-- that cannot be read are kept, for the call that reads them to report.
--
--   {session}:{scope}               1|binding|method|verified at|expires at|token
--   ~{session}:{scope}:{approval}   2|binding|method|verified at|expires at|token|digest
local function grants_of(key, now)
  local expired, ends_at = {}, now
  for field, record in pairs(fields_of(key)) do
    local expires_at = grant_ends_at(record)
    if expires_at and now >= expires_at then
      expired[field] = false
    elseif expires_at then
      ends_at = math.max(ends_at, expires_at)
    end
  end
  return expired, ends_at
end
