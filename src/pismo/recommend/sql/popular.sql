-- purpose: how much each product is bought now: buyers, each halved every `popularity_half_life`
--   days since they last bought it.
-- cost: one pass over history.
SELECT
  h.p,
  CAST(SUM(CAST(ROUND(POWER(0.5, h.age / params.popularity_half_life) * 1e9) AS BIGINT)) AS DOUBLE)
    / 1e9 AS popularity
FROM history AS h
CROSS JOIN params
WHERE h.bought = 1
GROUP BY h.p
