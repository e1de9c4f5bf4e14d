-- purpose: the category each of these people was most busy with in the last 90 days (a purchase
--   weighs more than a look), else the one they bought most of.
-- cost: one pass over `past`, a sort within each person's categories, one by number.
SELECT ranked.number, names.category
FROM (
  SELECT
    c.number,
    c.shelf,
    ROW_NUMBER() OVER (
      PARTITION BY c.number
      ORDER BY c.lately DESC, c.ever DESC, c.shelf
    ) AS place
  FROM (
    SELECT
      h.number,
      g.shelf,
      SUM(h.lately * (1 + 4 * h.bought)) AS lately,
      SUM(1 + 4 * h.bought) AS ever
    FROM past AS h
    JOIN goods AS g ON g.p = h.p AND g.shelf IS NOT NULL
    GROUP BY h.number, g.shelf
  ) AS c
) AS ranked
JOIN (SELECT DISTINCT shelf, category FROM goods) AS names ON names.shelf = ranked.shelf
WHERE ranked.place = 1
ORDER BY ranked.number
