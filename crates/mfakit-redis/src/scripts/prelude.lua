-- What every script begins with. Everything is read and checked before the first write, since Redis takes nothing
-- back when a script stops in the middle.

local HOUR = 3600000

local function unreadable(what)
  error('MFAKIT unreadable ' .. what)
end

-- A whole number, which is how times (in ms) and counts are kept.
local function int(text, what)
  if type(text) ~= 'string' or not string.match(text, '^%d+$') or #text > 15 then unreadable(what) end
  return tonumber(text)
end

local function text(number)
  return string.format('%.0f', number)
end

-- The parts of a text between bars; the last of them may hold bars itself.
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

-- The server's own time, unless a test says what time it is.
local function the_time(said)
  if said ~= '' then return int(said, 'argument') end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function clamp(value, low, high)
  return math.max(low, math.min(value, high))
end

-- Limits as in '3:600000,5:3600000'.
local function limits_of(argument)
  local limits = {}
  for count, window in string.gmatch(argument, '(%d+):(%d+)') do
    limits[#limits + 1] = { count = tonumber(count), window = tonumber(window) }
  end
  return limits
end

-- When one more is allowed after what happened at these times, oldest first.
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

-- Writes what has changed, and sees to it that the key goes away by itself, an hour after nothing in it counts.
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
  if #put > 0 then redis.call('HSET', key, unpack(put)) end
  if #drop > 0 then redis.call('HDEL', key, unpack(drop)) end
  if ends_at == 'never' then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIRE', key, text(math.max(ends_at - now, 0) + HOUR))
  end
end
