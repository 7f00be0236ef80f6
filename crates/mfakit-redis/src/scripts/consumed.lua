-- Approvals of one user that were consumed, in a separate hash. Each field is found by its name, so that no script but a
-- revocation reads all of them:
--
--   ~{session}:{scope}:{approval}   1|consumed at|remembered until|digest|number
--   ={session}:{scope}:{digest}     approvals of this digest, the newest first. Each is remembered longer than the one
--                                   before it, so there is rarely more than one
--   {number}                        place of the approval that has this number
--   order                           1|first number|next number|time until which the last of them is remembered
--
-- Numbers are in the order of consumption. A number whose approval is gone is skipped.

-- Largest number of approvals that one consumption forgets.
local FORGOTTEN_AT_ONCE = 8

local function consumed_at(key, place)
  local record = redis.call('HGET', key, place)
  if not record then return nil end
  local part = split(record, 5, 'consumed approval')
  if part[1] ~= '1' then unreadable('version') end
  if not string.match(part[4], '^%x+$') then unreadable('consumed approval') end
  local _, _, approval = parts_of(place)
  return {
    place = place, approval = approval, record = record, at = int(part[2], 'consumed approval'),
    remembered_until = int(part[3], 'consumed approval'), digest = part[4], number = part[5],
  }
end

local function field_of_digest(session, scope, digest)
  return '=' .. session .. ':' .. scope .. ':' .. digest
end

-- Returns the approvals of a digest that are remembered, the newest first.
local function consumed_like(key, session, scope, digest, now)
  local alike = {}
  for approval in string.gmatch(redis.call('HGET', key, field_of_digest(session, scope, digest)) or '', '%x+') do
    local one = consumed_at(key, place_of(session, scope, approval))
    if one and now < one.remembered_until then alike[#alike + 1] = one end
  end
  return alike
end

-- Adds the changes that forget an approval.
local function forget_consumed(key, one, changed)
  local session, scope = parts_of(one.place)
  local field, left = field_of_digest(session, scope, one.digest), {}
  local listed = changed[field]
  if listed == nil then listed = redis.call('HGET', key, field) end
  for approval in string.gmatch(listed or '', '%x+') do
    if approval ~= one.approval then left[#left + 1] = approval end
  end
  changed[field] = #left > 0 and table.concat(left, ',')
  changed[one.place], changed[one.number] = false, false
end

-- Returns the changes that remember an approval, and the time until which the last one is remembered. The changes also forget
-- some approvals whose time is over, and the oldest ones if there are `most`.
local function remember_consumed(key, place, digest, remembered_until, most, now)
  local order, changed = redis.call('HGET', key, 'order'), {}
  local part = split(order or '1|1|1|0', 4, 'order')
  if part[1] ~= '1' then unreadable('version') end
  local first, number, ends_at = int(part[2], 'order'), int(part[3], 'order'), int(part[4], 'order')
  for _ = 1, FORGOTTEN_AT_ONCE do
    if first >= number then break end
    local of = redis.call('HGET', key, text(first))
    local one = of and consumed_at(key, of)
    local is_it = one and one.number == text(first)
    if is_it and now < one.remembered_until and number - first < most then break end
    changed[text(first)] = false
    if is_it then forget_consumed(key, one, changed) end
    first = first + 1
  end

  local session, scope, approval = parts_of(place)
  local alike = { { approval = approval, at = now, remembered_until = remembered_until } }
  for _, one in ipairs(consumed_like(key, session, scope, digest, now)) do
    if one.approval ~= approval and changed[one.place] ~= false then alike[#alike + 1] = one end
  end
  table.sort(alike, function(one, other)
    if one.at ~= other.at then return one.at > other.at end
    return one.approval > other.approval
  end)
  local listed, longest = {}, 0
  for _, one in ipairs(alike) do
    if one.remembered_until > longest then listed[#listed + 1], longest = one.approval, one.remembered_until end
  end
  ends_at = math.max(ends_at, remembered_until)
  changed[field_of_digest(session, scope, digest)] = table.concat(listed, ',')
  changed[place] = table.concat({ '1', text(now), text(remembered_until), digest, text(number) }, '|')
  changed[text(number)] = place
  changed.order = table.concat({ '1', text(first), text(number + 1), text(ends_at) }, '|')
  return changed, ends_at
end
