-- KEYS: the user's actions. ARGV: time, place. Writes nothing. Returns whether the action was consumed and would not have
-- expired.
local now, record = current_time(ARGV[1]), redis.call('HGET', KEYS[1], ARGV[2])
local action = record and action_in(record)
return action and action.is_consumed and now < action.expires_at and 1 or 0
