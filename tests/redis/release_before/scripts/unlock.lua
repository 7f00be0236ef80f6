-- KEYS: the user. ARGV: time.
local now = current_time(ARGV[1])
local user = user_of(KEYS[1])
if not user.fields.v then return 0 end
user:clear_failures()
even_if_full(KEYS[1])
user:save(now)
return 1
