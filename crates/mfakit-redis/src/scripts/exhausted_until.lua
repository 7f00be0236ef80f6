-- KEYS: the budget's events, its memory. ARGV: time, limits. Writes nothing. Returns the time at which the budget has room again, or nothing.
local now = current_time(ARGV[1])
local retry_at = budget_of(KEYS[1], KEYS[2], now):next_at(limits_of(ARGV[2]), now)
return now < retry_at and text(retry_at)
