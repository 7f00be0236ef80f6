-- KEYS: the budget. ARGV: time, challenge, number, limits, how long an event is kept.
--
--   v                1, the version
--   e:{challenge}:{number}    at|keep until|number
--   done             until when it is remembered that a challenge was met
local now = the_time(ARGV[1])
local limits, keep = limits_of(ARGV[4]), int(ARGV[5], 'argument')
local fields, changed, times, ends_at = fields_of(KEYS[1]), {}, {}, 0
if next(fields) and fields.v ~= '1' then unreadable('version') end
for field, value in pairs(fields) do
  if string.sub(field, 1, 2) == 'e:' then
    local part = split(value, 3, 'event')
    local at, keep_until = int(part[1], 'event'), int(part[2], 'event')
    if now >= keep_until then
      changed[field] = false
    else
      times[#times + 1] = at
      ends_at = math.max(ends_at, keep_until)
    end
  end
end
table.sort(times)
local done = fields.done and int(fields.done, 'completion') or 0
local retry_at = next_at(limits, times, now)
if now < retry_at then return { 'exhausted', text(retry_at) } end
times[#times + 1] = now
changed.v = '1'
changed[free_field(fields, 'e:' .. ARGV[2])] = table.concat({ text(now), text(now + keep), ARGV[3] }, '|')
write(KEYS[1], changed, math.max(ends_at, now + keep, done), now)
return { 'reserved', text(next_at(limits, times, now)), now < done and '1' or '0' }
