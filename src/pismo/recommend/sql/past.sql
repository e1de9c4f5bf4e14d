-- purpose: the history of the people asked for, by their numbers, in their order, so that a shard
--   reads its part only; and what each of it says about what they would like next: 10^5 for a
--   purchase of today, half as much `own_half_life` days later, a third after two of them.
-- cost: one pass over history, one sort by number.
SELECT
  o.number,
  h.p,
  h.bought,
  CASE WHEN h.age <= 90 THEN 1 ELSE 0 END AS lately,
  CAST(ROUND(h.weight / (1.0 + h.age / params.own_half_life) * 1e5) AS BIGINT) AS say
FROM history AS h
JOIN people AS o ON o.subscriber_id = h.subscriber_id
CROSS JOIN params
ORDER BY o.number
