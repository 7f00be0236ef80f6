-- KEYS: the budget. ARGV: time, what, its arguments.
local now = the_time(ARGV[1])
local fields, changed, ends_at = fields_of(KEYS[1]), {}, 0
if next(fields) and fields.v ~= '1' then unreadable('version') end
-- What was counted may have left its window before the code was typed.
local notes = ARGV[2] == 'complete' and ARGV[5] ~= '0'
if not next(fields) and not notes then return 0 end
changed.v = '1'
local done = fields.done and int(fields.done, 'completion') or 0
local released
if ARGV[2] == 'release' then
  released = 'e:' .. ARGV[3] .. ':'
elseif ARGV[2] == 'forget' then
  done = 0
elseif ARGV[2] == 'complete' then
  done = now + int(ARGV[5], 'argument')
else
  unreadable('argument')
end
for field, value in pairs(fields) do
  if string.sub(field, 1, 2) == 'e:' then
    local part = split(value, 3, 'event')
    local keep_until = int(part[2], 'event')
    if ARGV[2] == 'complete' and ARGV[4] == '0' and part[3] == ARGV[3] then
      changed[field] = false
    elseif released and string.sub(field, 1, #released) == released then
      changed[field] = false
    else
      ends_at = math.max(ends_at, keep_until)
    end
  end
end
changed.done = done > now and text(done)
write(KEYS[1], changed, math.max(ends_at, done), now)
return 1
