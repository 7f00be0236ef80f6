-- KEYS: the user. ARGV: time, era, lock after, disable after.
local now = current_time(ARGV[1])
local user = user_of(KEYS[1])
if text(user.era) ~= ARGV[2] or user.count == 0 then return 0 end
if user.count >= int(ARGV[4], 'argument') or user.count % int(ARGV[3], 'argument') == 0 then
  user.lock = 'open'
end
user.count = user.count - 1
if user.count == 0 then user.forget_at = 0 end
user:put_failures()
user:save(now)
return 1
