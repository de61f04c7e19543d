-- wrk script: reports of TRACES single-flow traces of 15 hops, each new, over HTTP Basic. All but
-- the id is made beforehand: what measures shall not be what is measured.
-- DTRACE_TRACES: how many; DTRACE_MEASUREMENT: of what; DTRACE_AUTHORIZATIONS: what the probes n1,
-- n2 and so on log in with, one after the other by turns.

local per_report = tonumber(os.getenv("DTRACE_TRACES") or "1")
local measurement = os.getenv("DTRACE_MEASUREMENT")
local path = os.getenv("DTRACE_PATH") or "/api/v1/probe/reports"
local span = 80000 -- seconds over which the traces are spread
local variants = 500

local threads = 0
function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end

local begins, starts, rests = {}, {}, {} -- of a trace: by its second, by its second, any
local heads, middles = {}, {} -- of a request and of a trace, by its probe
local count, probe = 0, 0

local function hops()
  local made = {}
  for ttl = 1, 15 do
    made[ttl] = string.format(
      '{"ttl":%d,"sent":1,"answers":[{"from":"10.0.%d.1","name":"r%d.example.net","kind":"%s",' ..
      '"rtt_us":%d,"reply_ttl":%d}]}',
      ttl, ttl, ttl, ttl == 15 and "port_unreachable" or "time_exceeded",
      10000 + ttl * 900 + math.random(0, 60), 64 - ttl)
  end
  return table.concat(made, ",")
end

function init()
  math.randomseed(os.time() + seed * 1000)
  local now = os.time()
  for i = 1, span do
    local high = string.format("%012x", (now - i) * 1000)
    begins[i] = string.format('{"id":"%s-%s-7%03x-8%03x-', high:sub(1, 8), high:sub(9, 12), seed,
      math.random(0, 4095))
    starts[i] = os.date("!%Y-%m-%dT%H:%M:%SZ", now - i)
  end
  for authorization in os.getenv("DTRACE_AUTHORIZATIONS"):gmatch("[^,]+") do
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: master\r\n" ..
      "Content-Type: application/json\r\nAuthorization: " .. authorization ..
      "\r\nContent-Length: "
    middles[#heads] = '","probe":"n' .. #heads .. '","measurement":{"id":"' .. measurement ..
      '","name":"bench"},"target":{"host":"10.0.15.1","address":"10.0.15.1"},' ..
      '"source":"192.0.2.1","method":"udp","started_at":"'
  end
  for i = 1, variants do
    rests[i] = '","took_us":' .. 24000 + math.random(0, 500) .. ',"stop_reason":"completed",' ..
      '"packets":{"sent":15,"answered":15},"paths":[{"flow":0,"source_port":24000,' ..
      '"destination_port":33434,"reached":true,"hops":[' .. hops() .. ']}]}'
  end
end

function request()
  probe = probe % #heads + 1
  local parts = {"["}
  for i = 1, per_report do
    count = count + 1
    local second = math.random(span)
    if i > 1 then parts[#parts + 1] = "," end
    parts[#parts + 1] = begins[second]
    parts[#parts + 1] = string.format("%012x", count)
    parts[#parts + 1] = middles[probe]
    parts[#parts + 1] = starts[second]
    parts[#parts + 1] = rests[math.random(variants)]
  end
  parts[#parts + 1] = "]"
  local body = table.concat(parts)
  return heads[probe] .. #body .. "\r\n\r\n" .. body
end
