-- Challenges of one user that a right code has redeemed, in a separate hash that expires soon after the last of them:
--
--   {session}:{scope}   1|used|proof|nonce|grant|challenge: number of attempts used, proof that recognizes the code,
--                       nonce from which the token is derived, and the records of the grant and of the challenge

local function spent_in(line)
  local part = split(line, 11, 'spent challenge')
  if part[1] ~= '1' or part[5] ~= '1' then unreadable('version') end
  if not string.match(part[3], '^%x+$') or not string.match(part[4], '^%x+$') then unreadable('spent challenge') end
  return {
    challenge = challenge_in(part[11], part[2]), proof = part[3], nonce = part[4],
    grant = table.concat(part, '|', 5, 10), granted_until = int(part[9], 'spent challenge'),
  }
end

-- Returns the spent challenge of a session and scope, over or not.
local function spent_at(key, place)
  local line = redis.call('HGET', key, place)
  return line and spent_in(line) or nil
end

-- Returns whether the grant of a spent challenge is still the current one, and has not expired.
local function is_current(spent, grant, now)
  return grant == spent.grant and now < spent.granted_until
end

-- Returns the changes that keep a spent challenge and delete expired ones, and the time at which the last one expires.
local function spent_changes(key, place, spent, now)
  local changed, ends_at = {}, spent.challenge.expires_at
  for field, line in pairs(fields_of(key)) do
    local expires_at = spent_in(line).challenge.expires_at
    if now >= expires_at then
      changed[field] = false
    else
      ends_at = math.max(ends_at, expires_at)
    end
  end
  changed[place] = table.concat(
    { '1', text(spent.challenge.used), spent.proof, spent.nonce, spent.grant, spent.challenge.record }, '|')
  return changed, ends_at
end
