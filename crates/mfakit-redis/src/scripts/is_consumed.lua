-- KEYS: the user's actions, the user's consumed approvals. ARGV: time, place. Writes nothing. Returns whether the approval was
-- consumed and is remembered. Another release leaves its record among the actions.
local now, record = current_time(ARGV[1]), redis.call('HGET', KEYS[1], ARGV[2])
local consumed, action = consumed_at(KEYS[2], ARGV[2]), record and action_in(record)
if consumed and now < consumed.remembered_until then return 1 end
return action and action.is_consumed and now < action.expires_at and 1 or 0
