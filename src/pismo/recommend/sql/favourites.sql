-- purpose: the category each of these people was most busy with in the last 90 days (a purchase
--   weighs more than a look), else the one they bought most of. What is compared is one number:
--   busy lately, busy ever, and the shelf, of which the first in order wins.
-- cost: one pass over `past`, two hash aggregates, a sort by number.
SELECT best.number, names.category
FROM (
  SELECT c.number, MAX(c.busy) AS busy
  FROM (
    SELECT
      s.number,
      (s.lately * (5 * params.history + 1) + s.ever) * params.slots + params.slots - s.shelf AS busy
    FROM (
      SELECT
        h.number,
        g.shelf,
        CAST(SUM(h.lately * (1 + 4 * h.bought)) AS BIGINT) AS lately,
        CAST(SUM(1 + 4 * h.bought) AS BIGINT) AS ever
      FROM past AS h
      JOIN goods AS g ON g.p = h.p AND g.shelf IS NOT NULL
      GROUP BY h.number, g.shelf
    ) AS s
    CROSS JOIN params
  ) AS c
  GROUP BY c.number
) AS best
CROSS JOIN params
JOIN (SELECT DISTINCT shelf, category FROM goods) AS names
  ON names.shelf = params.slots - best.busy % params.slots
ORDER BY best.number
