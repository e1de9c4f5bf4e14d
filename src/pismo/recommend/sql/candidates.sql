-- purpose: for the people of one shard, products like those in their history, scored: recent
--   history counts more, what sells now counts more. Not what they own, nor what was shown.
-- cost: history of the shard times `neighbours` rows into one hash aggregate.
SELECT
  scored.subscriber_id,
  scored.p,
  scored.near * POWER(COALESCE(pop.popularity, 0) + 1e-6, params.popularity_power) AS score
FROM (
  SELECT
    h.subscriber_id,
    s.j AS p,
    CAST(SUM(CAST(ROUND(
      h.weight * POWER(0.5, h.age / params.own_half_life) * s.likeness * 1e12
    ) AS BIGINT)) AS DOUBLE) AS near
  FROM shard_history AS h
  JOIN alike AS s ON s.i = h.p
  CROSS JOIN params
  GROUP BY h.subscriber_id, s.j
) AS scored
LEFT JOIN popular AS pop ON pop.p = scored.p
CROSS JOIN params
WHERE NOT EXISTS (
  SELECT 1 FROM unwanted AS u
  WHERE u.subscriber_id = scored.subscriber_id AND u.p = scored.p
)
