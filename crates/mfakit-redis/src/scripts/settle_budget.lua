-- KEYS: the budget's events, its memory. ARGV: time, change, arguments of the change.
local now = current_time(ARGV[1])
local budget = budget_of(KEYS[1], KEYS[2], now)
local function drop_if(matches)
  for field, event in pairs(budget.events) do
    if matches(field, event) then budget:drop(field) end
  end
end
if ARGV[2] == 'release' then
  even_if_full(KEYS[1])
  local released = 'e:' .. ARGV[3] .. ':'
  drop_if(function(field) return string.sub(field, 1, #released) == released end)
elseif ARGV[2] == 'complete' then
  local remember_for = int(ARGV[5], 'argument')
  -- The counted event may have left its window before the code was entered.
  budget:remember_until(now + remember_for, now)
  if ARGV[4] == '0' then drop_if(function(_, event) return event.number == ARGV[3] end) end
elseif ARGV[2] == 'forget' then
  even_if_full(KEYS[2])
  budget:remember_until(0, now)
else
  unreadable('argument')
end
budget:save(now)
return 1
