-- KEYS: the budget's events, its memory. ARGV: time, challenge, number, limits, time to keep an event. Writes nothing if it rejects.
local now = current_time(ARGV[1])
local limits, keep = limits_of(ARGV[4]), int(ARGV[5], 'argument')
local budget = budget_of(KEYS[1], KEYS[2], now)
local completed = budget.done > 0 and '1' or '0'
local retry_at = budget:next_at(limits, now)
if now < retry_at then return { 'exhausted', text(retry_at), completed } end
budget:count(ARGV[2], { at = now, keep_until = now + keep, number = ARGV[3] })
budget:save(now)
return { 'reserved', text(budget:next_at(limits, now)), completed }
