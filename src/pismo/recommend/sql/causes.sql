-- purpose: for each near pick, the product of the person's history that brought it most.
-- cost: picks of the shard times their history, a sort within each pick.
SELECT ranked.subscriber_id, ranked.p, ranked.because, ranked.bought
FROM (
  SELECT
    c.subscriber_id,
    c.p,
    h.p AS because,
    h.bought,
    ROW_NUMBER() OVER (
      PARTITION BY c.subscriber_id, c.p
      ORDER BY h.weight * POWER(0.5, h.age / params.own_half_life) * s.likeness DESC, h.p
    ) AS place
  FROM chosen AS c
  JOIN shard_history AS h ON h.subscriber_id = c.subscriber_id
  JOIN alike AS s ON s.i = h.p AND s.j = c.p
  CROSS JOIN params
  WHERE c.level = 0
) AS ranked
WHERE ranked.place = 1
