-- purpose: for each product the few that people have together with it, and how strongly each
--   pulls: weighted co-occurrence, damped by how common both are (rare pairs are doubted, hits do
--   not win everywhere), times what sells now. Only products that may be shown. The strongest
--   pull is 10^12; whole numbers, so that no order of adding can change a sum.
-- cost: one pass over `pairs`, one sort within each product.
SELECT
  k.i,
  k.j,
  CAST(ROUND(k.pull / MAX(k.pull) OVER () * 1e12) AS BIGINT) AS pull
FROM (
  SELECT
    ranked.i,
    ranked.j,
    ranked.likeness * POWER(COALESCE(o.popularity, 0) + 1e-6, params.popularity_power) AS pull
  FROM (
    SELECT
      c.i,
      c.j,
      c.together
        / (POWER(a.norm + 1.0, 0.5) * POWER(b.norm + params.doubt, params.rarity_power)) AS likeness,
      ROW_NUMBER() OVER (
        PARTITION BY c.i
        ORDER BY c.together / POWER(b.norm + params.doubt, params.rarity_power) DESC, c.j
      ) AS place
    FROM (
      SELECT i, j, together FROM pairs
      UNION ALL
      SELECT j AS i, i AS j, together FROM pairs
    ) AS c
    JOIN goods AS g ON g.p = c.j AND g.sellable
    JOIN norms AS a ON a.p = c.i
    JOIN norms AS b ON b.p = c.j
    CROSS JOIN params
    WHERE c.together > 0
  ) AS ranked
  LEFT JOIN popular AS o ON o.p = ranked.j
  CROSS JOIN params
  WHERE ranked.place <= params.neighbours
) AS k
WHERE k.pull > 0
