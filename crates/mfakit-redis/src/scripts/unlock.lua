-- KEYS: the user. ARGV: time.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
if not person.fields.v then return 0 end
person:clear_failures()
person:save(now)
return 1
