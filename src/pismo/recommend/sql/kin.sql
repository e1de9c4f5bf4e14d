-- purpose: what keeps a product out of a letter that has others already: its shelf (its own if it
--   has no category), and its family (NULL if nothing else can be of it; what is pinned may be).
-- cost: one pass over products.
SELECT
  g.p,
  COALESCE(g.shelf, -g.p) AS shelf,
  CASE
    WHEN g.family IN (SELECT family FROM goods GROUP BY family HAVING COUNT(*) > 1)
      OR g.p IN (SELECT p FROM pinned)
    THEN g.family
  END AS family
FROM goods AS g
