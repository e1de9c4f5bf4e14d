-- purpose: for each product the few that people have together with it, and how strongly each
--   pulls: weighted co-occurrence, damped by how common both are (rare pairs are doubted, hits do
--   not win everywhere), times what sells now. Only products that may be shown. The strongest
--   pull is 10^12; whole numbers, so that no order of adding can change a sum.
-- cost: one pass over `pairs`, the first few of each product; the rest is of those few.
SELECT
  k.i,
  k.j,
  CAST(ROUND(k.pull / MAX(k.pull) OVER () * 1e12) AS BIGINT) AS pull
FROM (
  SELECT
    ranked.i,
    ranked.j,
    ranked.together
      / (POWER(a.norm + 1.0, 0.5) * POWER(b.norm + params.doubt, params.rarity_power))
      * POWER(COALESCE(o.popularity, 0) + 1e-6, params.popularity_power) AS pull
  FROM (
    SELECT
      c.i,
      c.j,
      c.together,
      ROW_NUMBER() OVER (PARTITION BY c.i ORDER BY c.together / d.damping DESC, c.j) AS place
    FROM (
      SELECT i, j, together FROM pairs
      UNION ALL
      SELECT j AS i, i AS j, together FROM pairs
    ) AS c
    JOIN (
      SELECT n.p, POWER(n.norm + params.doubt, params.rarity_power) AS damping
      FROM norms AS n
      JOIN goods AS g ON g.p = n.p AND g.sellable
      CROSS JOIN params
    ) AS d ON d.p = c.j
    WHERE c.together > 0
  ) AS ranked
  JOIN norms AS a ON a.p = ranked.i
  JOIN norms AS b ON b.p = ranked.j
  LEFT JOIN popular AS o ON o.p = ranked.j
  CROSS JOIN params
  WHERE ranked.place <= params.neighbours
) AS k
WHERE k.pull > 0
