-- KEYS: the user. ARGV: time, era, lock after, disable after.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
if text(person.era) ~= ARGV[2] or person.count == 0 then return 0 end
if person.count >= int(ARGV[4], 'argument') or person.count % int(ARGV[3], 'argument') == 0 then
  person.lock = 'open'
end
person.count = person.count - 1
if person.count == 0 then person.forget_at = 0 end
person:put_failures()
person:save(now)
return 1
