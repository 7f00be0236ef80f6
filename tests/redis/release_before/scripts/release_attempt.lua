-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, challenge, session, scope, number of the
-- attempt, era, 'unsent' or 'sent', lock after, disable after.
local now = current_time(ARGV[1])
local place = ARGV[3] .. ':' .. ARGV[4]
local lock_after, disable_after = int(ARGV[8], 'argument'), int(ARGV[9], 'argument')
local user = user_of(KEYS[1])
local kept, kept_until

if ARGV[7] == 'unsent' then
  local live, spent = user:challenge_of(place), spent_at(KEYS[3], place)
  if live and live.id == ARGV[2] then
    if live.used > 0 then
      user.changed['a:' .. place], user.changed['n:' .. place] = text(live.used - 1), text(user:returned(place) + 1)
    end
    user:settle(place, ARGV[5], '')
  elseif spent and spent.challenge.id == ARGV[2] and now < spent.challenge.expires_at then
    spent.challenge.used = math.max(spent.challenge.used - 1, 0)
    kept, kept_until = spent_changes(KEYS[3], place, spent, now)
  end
end
if text(user.era) == ARGV[6] and user.count > 0 then
  if user.count >= disable_after or user.count % lock_after == 0 then user.lock = 'open' end
  user.count = user.count - 1
  if user.count == 0 then user.forget_at = 0 end
  user:put_failures()
end
even_if_full(KEYS[1])
if kept then write(KEYS[3], kept, kept_until, now) end
if next(user.changed) then user:save(now) end
return 1
