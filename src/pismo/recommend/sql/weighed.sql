-- purpose: each person's history with the weight it has in pairs of products: a half after
--   `pair_half_life` days, a third after two of them, as memory fades; and less from people who
--   take a bit of everything. People have numbers here, which engines join faster than ids; any
--   numbers will do.
-- cost: one pass over history, one hash aggregate by person.
SELECT
  n.person,
  h.p,
  h.weight / (1.0 + h.age / params.pair_half_life) AS weight,
  POWER(1.0 / n.things, params.breadth_power) AS say
FROM history AS h
JOIN (
  SELECT subscriber_id, COUNT(*) AS things, ROW_NUMBER() OVER (ORDER BY 1) AS person
  FROM history
  GROUP BY subscriber_id
) AS n ON n.subscriber_id = h.subscriber_id
CROSS JOIN params
WHERE n.things > 1
