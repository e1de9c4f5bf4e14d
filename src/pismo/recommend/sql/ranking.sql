-- purpose: what may be shown, by what sells most now.
-- cost: one sort of products.
SELECT
  g.p,
  g.category,
  ROW_NUMBER() OVER (ORDER BY COALESCE(o.popularity, 0) DESC, g.p) AS place
FROM goods AS g
LEFT JOIN popular AS o ON o.p = g.p
WHERE g.sellable AND NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = g.p)
