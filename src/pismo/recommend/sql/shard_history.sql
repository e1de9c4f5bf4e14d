-- purpose: the history of the people of one shard, and what each of it says about what they would
--   like next: 10^5 for a purchase of today, half as much `own_half_life` days later.
-- cost: one pass over history.
SELECT
  s.number,
  h.p,
  h.bought,
  CAST(ROUND(h.weight * POWER(0.5, h.age / params.own_half_life) * 1e5) AS BIGINT) AS say
FROM history AS h
JOIN shard AS s ON s.subscriber_id = h.subscriber_id
CROSS JOIN params
